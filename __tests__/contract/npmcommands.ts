import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readOptions } from '../../simulator/demo/options.ts'
import { root, text } from './files.ts'

const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> }

/** What is wrong with an `npm` command, given its words. */
export function npmProblems(words: readonly string[]): string[] {
  const [, command = '', ...rest] = words
  switch (command) {
    case 'ci':
      return rest.length === 0 || rest.join(' ') === '--ignore-scripts'
        ? []
        : [`npm ci takes nothing here: ${rest.join(' ')}`]
    case 'test':
      return given(rest)
        .filter(path => !existsSync(join(root, path)))
        .map(path => `there is no ${path}`)
    case 'run': {
      const [script = '', ...more] = rest
      const line = scripts[script]
      return line === undefined ? [`there is no script ${script}`] : optionProblems(script, line, given(more))
    }
    default:
      return [`npm ${command} is not what the pages should ask for`]
  }
}

/** The words after `--`; without it, npm would take the options for itself. */
const given = (words: readonly string[]): readonly string[] =>
  words[0] === '--' ? words.slice(1) : words.map(word => `${word} (not after --)`)

function optionProblems(script: string, line: string, words: readonly string[]): string[] {
  if (script === 'demo') {
    const read = readOptions(words, false)
    return read.kind === 'wrong' ? [read.problem] : []
  }
  const [, file] = /node (\S+\.ts)$/.exec(line) ?? []
  const source = file === undefined ? '' : text(file)
  return words
    .filter(word => word.startsWith('--'))
    .filter(word => !declares(source, word.slice(2)))
    .map(word => `${word} is no option of npm run ${script}`)
}

/** As an option of `parseArgs`, or looked for among the arguments. */
const declares = (source: string, option: string): boolean =>
  new RegExp(`^\\s*'?${option}'?: \\{ type: '`, 'm').test(source) ||
  new RegExp(`options: \\{ '?${option}'?: \\{ type: '`).test(source) ||
  source.includes(`includes('--${option}')`)

/** What is wrong with `bash PATH` or `node PATH`. */
export const fileProblems = ([program, path = '']: readonly string[]): string[] =>
  statSync(join(root, path), { throwIfNoEntry: false })?.isFile()
    ? []
    : [`${program} ${path}: there is no such file`]
