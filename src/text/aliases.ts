import { plain } from './safe.ts'

/** How many are named. */
const mostNamed = 3

/** `alias beta`, `aliases beta and gamma`, `aliases beta, gamma, delta and 9 more`. Safe for the log. */
export function aliasesText(names: readonly string[]): string {
  const named = names.slice(0, mostNamed).map(plain)
  const more = names.length - named.length
  const last = more > 0 ? `${more} more` : named.length > 1 ? named.pop() : undefined
  const noun = names.length === 1 ? 'alias' : 'aliases'
  return `${noun} ${named.join(', ')}${last === undefined ? '' : ` and ${last}`}`
}
