import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type Block, blocksOf } from '../../scripts/docs/blocks.ts'

export const root = join(import.meta.dirname, '..', '..')

export const text = (path: string): string => readFileSync(join(root, path), 'utf8')

export interface Action {
  inputs: Record<string, { description: string; required?: boolean; default?: string }>
  outputs: Record<string, { description: string }>
  runs: { using: string; main: string; post: string }
}

export const action = (): Action => parse(text('action.yml'))

/** Paths of the TypeScript files under a folder, relative to the repository. */
export function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => join(folder, path))
    .sort()
}

/** What git tracks, or would track after `git add`. Without git (a downloaded archive) there is nothing to ask. */
export function tracked(): string[] {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8'
  })
    .split('\0')
    .filter(path => path !== '' && statSync(join(root, path), { throwIfNoEntry: false })?.isFile())
}

/** The Markdown pages that git tracks. */
export const pages = (): string[] => tracked().filter(path => path.endsWith('.md'))

export interface PageBlock extends Block {
  page: string
  /** For the name of a test. */
  name: string
}

/** The fenced blocks of all pages, or of those in one language. */
export const blocks = (language?: string): PageBlock[] =>
  pages()
    .flatMap(page =>
      blocksOf(text(page)).map(block => ({ ...block, page, name: `${page}, line ${block.line}` }))
    )
    .filter(block => language === undefined || block.language === language)

/** The rows of the tables under a heading that begin with code, each as its cells. */
export function tableRows(path: string, heading: string): string[][] {
  const lines = text(path).split('\n')
  const from = lines.findIndex(line => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading)
  const level = lines[from]?.indexOf(' ') ?? 0
  const length = lines.slice(from + 1).findIndex(line => /^#/.test(line) && line.indexOf(' ') <= level)
  return lines
    .slice(from + 1, length < 0 ? undefined : from + 1 + length)
    .filter((line, index, all) => line.startsWith('| `') && !all[index + 1]?.startsWith('| ---'))
    .map(line => line.slice(2, -2).split(/ \| /))
}
