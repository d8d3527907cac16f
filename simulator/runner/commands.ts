/**
 * Workflow commands as the GitHub runner finds them in a log line.
 * A port of TryParseV2 and TryParse in actions/runner, src/Runner.Common/ActionCommand.cs (read at 2.336.0).
 */
export interface Command {
  /** As written; the runner ignores its case. */
  name: string
  /** Keys in lower case, because the runner ignores their case. */
  properties: Map<string, string>
  data: string
}

/** Names that the runner acts on (src/Runner.Common/ExtensionManager.cs, and stop-commands). */
export const registered: readonly string[] = [
  'set-env',
  'set-output',
  'save-state',
  'add-path',
  'add-mask',
  'add-matcher',
  'remove-matcher',
  'warning',
  'error',
  'notice',
  'debug',
  'group',
  'endgroup',
  'echo',
  'stop-commands'
]

/** For command names, .NET's ordinal comparison that ignores case differs only in ASCII. */
export const fold = (text: string): string => text.replace(/[A-Z]/g, letter => letter.toLowerCase())

// .NET's white space: U+0085 counts, U+FEFF does not, unlike JavaScript's.
const LEADING_SPACE = /^[\t-\r\x85\p{Z}]+/u
const SURROUNDING_SPACE = /^[\t-\r\x85\p{Z}]+|[\t-\r\x85\p{Z}]+$/gu

// The runner looks for '::' with a culture-sensitive comparison, which skips invisible characters. Where exactly such a
// match begins is up to ICU, so this accepts every possible match: whatever is a command there is also one here.
const INVISIBLE = '(?:(?![\\t-\\r\\x85])[\\p{Cc}\\p{Cf}])*'
const STARTS_WITH_COLONS = new RegExp(`^${INVISIBLE}:${INVISIBLE}:`, 'u')
const COLONS = new RegExp(`${INVISIBLE}:${INVISIBLE}:`, 'u')

// 'a==b' is a=b and 'a=' is nothing: .NET's Split into two parts with empty entries removed.
const PROPERTY = /^=*([^=]+)=+([^=].*)$/s

type Escape = readonly [code: string, meaning: string]
const CR: Escape = ['%0D', '\r']
const LF: Escape = ['%0A', '\n']
const PERCENT: Escape = ['%25', '%']
const DATA_ESCAPES: readonly Escape[] = [CR, LF, PERCENT]
const PROPERTY_ESCAPES: readonly Escape[] = [CR, LF, ['%3A', ':'], ['%2C', ','], PERCENT]
const OLD_ESCAPES: readonly Escape[] = [['%3B', ';'], CR, LF, ['%5D', ']'], PERCENT]

const decode = (text: string, escapes: readonly Escape[]) =>
  escapes.reduce((done, [code, meaning]) => done.replaceAll(code, meaning), text)

/**
 * The command in a line of stdout or stderr, or undefined when the line is plain text.
 * While commands are stopped, `extra` is the token that resumes them.
 */
export function parseCommand(line: string, extra?: string): Command | undefined {
  const known = (name: string) =>
    registered.includes(fold(name)) || (extra !== undefined && fold(name) === fold(extra))
  return parseColons(line, known) ?? parseBrackets(line, known)
}

/** `::name key=value,key=value::data`, first thing on the line. */
function parseColons(line: string, known: (name: string) => boolean): Command | undefined {
  const text = line.replace(LEADING_SPACE, '')
  if (!STARTS_WITH_COLONS.test(text)) return undefined
  const rest = text.slice(2)
  const end = COLONS.exec(rest)
  if (!end) return undefined
  const head = splitHead(rest.slice(0, end.index))
  if (!known(head.name)) return undefined
  return {
    name: head.name,
    properties: properties(head.properties.replace(SURROUNDING_SPACE, ''), ',', PROPERTY_ESCAPES),
    data: decode(rest.slice(end.index + 2), DATA_ESCAPES)
  }
}

/** `##[name key=value;key=value]data`, anywhere in the line, the first `##[` only. */
function parseBrackets(line: string, known: (name: string) => boolean): Command | undefined {
  const start = line.indexOf('##[')
  const end = start < 0 ? -1 : line.indexOf(']', start)
  if (end < 0) return undefined
  const head = splitHead(line.slice(start + 3, end))
  if (!known(head.name)) return undefined
  return {
    name: head.name,
    properties: properties(head.properties, ';', OLD_ESCAPES),
    data: decode(line.slice(end + 1), OLD_ESCAPES)
  }
}

function splitHead(head: string) {
  const space = head.indexOf(' ')
  return space < 0
    ? { name: head, properties: '' }
    : { name: head.slice(0, space), properties: head.slice(space + 1) }
}

function properties(text: string, separator: string, escapes: readonly Escape[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const part of text.split(separator)) {
    const [, key, value] = PROPERTY.exec(part) ?? []
    if (key !== undefined && value !== undefined) found.set(fold(key), decode(value, escapes))
  }
  return found
}
