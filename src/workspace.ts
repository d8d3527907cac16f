import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { FileContent } from './inputs/reader.ts'

/** More than any input can need, bytes. */
const mostBytes = 50 * 1024 * 1024

/** Reads files of the job's workspace, by paths from its root. */
export const workspaceFile =
  ({ GITHUB_WORKSPACE = '.' }: Readonly<Record<string, string | undefined>>) =>
  (path: string): FileContent => {
    const file = resolve(GITHUB_WORKSPACE, path)
    try {
      const { size } = statSync(file)
      if (size > mostBytes) return { problem: `the file has ${size} bytes` }
      // Editors on Windows put a mark before the text.
      return { text: readFileSync(file, 'utf8').replace(/^\ufeff/, '') }
    } catch (error) {
      return {
        problem: problems[(error as { code?: string }).code ?? ''] ?? `it cannot be read (${String(error)})`
      }
    }
  }

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read'
}
