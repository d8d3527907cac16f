import { isInput, jsonInputs } from './table.ts'
import { readYaml, Written, writeJson } from './written.ts'

/** One entry of `functions`: inputs by name, as they would be written for a step. */
export type Entry = Readonly<Record<string, string>>

export type Entries =
  | { kind: 'list'; entries: readonly [Entry, ...Entry[]] }
  | { kind: 'problem'; problem: string }

/** Reads the list (YAML, which includes JSON). */
export async function readEntries(text: string): Promise<Entries | undefined> {
  if (!text.trim()) return undefined
  try {
    return entriesFrom(await readYaml(text))
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    return problem(`got text that is not YAML (${reason})`)
  }
}

function entriesFrom(list: unknown): Entries {
  if (!Array.isArray(list)) return problem(`got ${kindOf(list)}`)
  const entries: Entry[] = []
  for (const [index, each] of list.entries()) {
    if (!isMapping(each)) return problem(`entry ${index + 1} is ${kindOf(each)}`)
    const entry: Record<string, string> = {}
    for (const [name, value] of Object.entries(each)) {
      const where = `${name} of entry ${index + 1}`
      const given = isInput(name) && jsonInputs.includes(name) ? jsonOf(value) : textOf(value)
      if (given === undefined) return problem(`${where} is ${kindOf(value)}`)
      if (typeof given !== 'string')
        return problem(`${where} has ${given.unfit}`, 'a number as JSON writes it')
      entry[name] = given
    }
    entries.push(entry)
  }
  const [first, ...more] = entries
  return first ? { kind: 'list', entries: [first, ...more] } : problem('got an empty list')
}

/** What is no text is taken as it is written. A list inside an entry stands for the lines of a step's input. */
function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return value
  if (value instanceof Written) return value.text
  if (!Array.isArray(value)) return undefined
  const lines = value.map(textOf)
  return lines.every(line => line !== undefined) ? lines.join('\n') : undefined
}

/** JSON may be written as YAML. A text is JSON already, or a path; a list of texts is one of paths. */
function jsonOf(value: unknown): string | { unfit: string } | undefined {
  const isPaths = Array.isArray(value) && value.every(each => typeof each === 'string')
  if (typeof value !== 'object' || value === null || isPaths) return textOf(value)
  const written = writeJson(value)
  return 'json' in written ? written.json : written
}

const accepted = "a YAML or JSON list whose entries give inputs by name, such as '- function-name: orders'"

const problem = (got: string, wanted = accepted): Entries => ({
  kind: 'problem',
  problem: `functions: ${got}; accepted is ${wanted}`
})

const isMapping = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Written)

const kindOf = (value: unknown): string =>
  value === null
    ? 'nothing'
    : Array.isArray(value)
      ? 'a list'
      : isMapping(value)
        ? 'a mapping'
        : `a ${value instanceof Written ? value.kind : typeof value}`
