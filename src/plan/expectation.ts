import { decimalOf } from '../text/exactjson.ts'

/** Where an answer does not contain what is expected: the first such place. */
export interface Difference {
  /** Such as `.headers["content-type"]` or `.items[0].id`; empty for the answer as a whole. */
  path: string
  expected: unknown
  /** Undefined: there is nothing. JSON has no such value. */
  found: unknown
}

/**
 * Compares an answer with what it must contain, both with their numbers as they were written: they must be the same to the last digit. An
 * object may have more members than are expected; a list must be as long as the expected one. Undefined: it contains everything.
 */
export function difference(expected: unknown, found: unknown, path = ''): Difference | undefined {
  const differs = { path, expected, found }
  const [number, numberFound] = [decimalOf(expected), decimalOf(found)]
  if (number !== undefined || numberFound !== undefined) return number === numberFound ? undefined : differs
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length) return differs
    return first(expected.map((each, index) => [each, found[index], `${path}[${index}]`]))
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return differs
    return first(
      Object.entries(expected).map(([name, each]) => [
        each,
        Object.hasOwn(found, name) ? (found as Record<string, unknown>)[name] : undefined,
        `${path}${/^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`}`
      ])
    )
  }
  return expected === found ? undefined : differs
}

function first(parts: readonly [expected: unknown, found: unknown, path: string][]): Difference | undefined {
  for (const part of parts) {
    const differs = difference(...part)
    if (differs) return differs
  }
  return undefined
}
