import { execFileSync } from 'node:child_process'

/** Digits of a hash that make the first seed: enough that two commits hardly ever play the same seeds. */
const digits = 7

/** So many seeds, from where the first digits of a hash point. Throws when the hash is not one, or `count` is not a whole number from 1. */
export function freshSeeds(count: number, hash: string): [first: number, last: number] {
  if (!/^[0-9a-f]{7,64}$/.test(hash))
    throw new Error(`'${hash}' is not a hash of at least ${digits} hex digits`)
  if (!Number.isSafeInteger(count) || count < 1) throw new Error('--fresh takes how many seeds to play')
  const first = Number.parseInt(hash.slice(0, digits), 16)
  return [first, first + count - 1]
}

/** The hash of the commit that is checked out. Throws without git. */
export const commitHash = (): string =>
  execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
