import nodePath, { type PlatformPath } from 'node:path'

/**
 * A program as a word for bash, seen from a folder. Node's own path is used for Node: npm's link to it, node_modules/.bin/node, does not
 * work in Git Bash (npm/cli#6324), and is missing when npm ci --ignore-scripts has installed the packages.
 */
export function nodeHere(
  program: string,
  folder: string,
  { isAbsolute, relative, sep }: PlatformPath = nodePath
): string {
  const fromHere = relative(folder, program)
  const isBelow = !fromHere.startsWith('..') && !isAbsolute(fromHere)
  const word = (isBelow ? fromHere : program).replaceAll(sep, '/')
  return /[^\w./:-]/.test(word) ? `'${word}'` : word
}
