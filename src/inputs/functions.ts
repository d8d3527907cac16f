import { writtenExactly } from '../text/exactjson.ts'
import { isInput, jsonInputs } from './table.ts'

/** One entry of `functions`: inputs by name, as they would be written for a step. */
export type Entry = Readonly<Record<string, string>>

export type Entries =
  | { kind: 'list'; entries: readonly [Entry, ...Entry[]] }
  | { kind: 'problem'; problem: string }

/** Reads the list (YAML, which includes JSON). The parser is loaded only when there is a list. */
export async function readEntries(text: string): Promise<Entries | undefined> {
  if (!text.trim()) return undefined
  const { parse } = await import('yaml')
  try {
    // The parser's warnings would go to stderr raw, with the user's text in them, and the runner reads that for commands.
    return entriesFrom(
      parse(text, { intAsBigInt: true, maxAliasCount: 100, schema: 'core', logLevel: 'error' })
    )
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return problem(`got text that is not YAML (${reason})`)
  }
}

function entriesFrom(list: unknown): Entries {
  if (!Array.isArray(list)) return problem(`got ${kindOf(list)}`)
  const entries: Entry[] = []
  for (const [index, each] of list.entries()) {
    if (typeof each !== 'object' || each === null || Array.isArray(each))
      return problem(`entry ${index + 1} is ${kindOf(each)}`)
    const entry: Record<string, string> = {}
    for (const [name, value] of Object.entries(each)) {
      const written = isInput(name) && jsonInputs.includes(name) ? jsonOf(value) : textOf(value)
      if (written === undefined) return problem(`${name} of entry ${index + 1} is ${kindOf(value)}`)
      entry[name] = written
    }
    entries.push(entry)
  }
  const [first, ...more] = entries
  return first ? { kind: 'list', entries: [first, ...more] } : problem('got an empty list')
}

/** A list inside an entry stands for the lines of a step's input. Versions may be written as numbers. */
function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return textOf(Number(value))
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (!Array.isArray(value)) return undefined
  const lines = value.map(textOf)
  return lines.every(line => line !== undefined) ? lines.join('\n') : undefined
}

/** JSON may be written as YAML. A text is JSON already, or a path; a list of texts is one of paths. */
function jsonOf(value: unknown): string | undefined {
  const isPaths = Array.isArray(value) && value.every(each => typeof each === 'string')
  return typeof value === 'object' && value !== null && !isPaths ? writtenExactly(value) : textOf(value)
}

const problem = (got: string): Entries => ({
  kind: 'problem',
  problem: `functions: ${got}; accepted is a YAML or JSON list whose entries give inputs by name, such as '- function-name: orders'`
})

const kindOf = (value: unknown): string =>
  value === null
    ? 'nothing'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'a mapping'
        : `a ${typeof value === 'bigint' ? 'number' : typeof value}`
