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
      const found = statSync(file)
      // Reading a pipe could block forever.
      if (!found.isFile()) return { problem: found.isDirectory() ? 'it is a folder' : 'it is not a file' }
      if (found.size > mostBytes) return { problem: `the file has ${found.size} bytes` }
      return { text: textOf(readFileSync(file)) }
    } catch (error) {
      return { problem: problemOf(error) }
    }
  }

/** Windows PowerShell writes UTF-16, and editors on Windows put a mark before UTF-8. */
function textOf(bytes: Buffer): string {
  const mark = bytes.toString('latin1', 0, 2)
  const encoding = mark === '\xff\xfe' ? 'utf-16le' : mark === '\xfe\xff' ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

export const problemOf = (error: unknown): string =>
  problems[(error as { code?: string }).code ?? ''] ?? `it cannot be read (${String(error)})`

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  EBUSY: 'another program has locked it'
}
