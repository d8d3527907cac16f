import { parsedExactly } from '../text/exactjson.ts'
import type { FileContent, Reader } from './reader.ts'

/** An event that the new version is invoked with. */
export interface TestEvent {
  /** As messages call it, such as `test event 2 of 3 (events/refund.json)`. */
  name: string
  /** JSON. */
  payload: string
}

/** How the new version itself is tested before any traffic moves. */
export interface TestChoice {
  events: readonly [TestEvent, ...TestEvent[]]
  /** What each answer must contain, with its numbers as they were written. Undefined: any answer will do that is not an error. */
  expected?: { value: unknown }
}

const mostEvents = 100
/** The limit of a synchronous invocation: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const mostBytes = 6 * 1024 * 1024
const accepted = 'JSON, or the path of a file with JSON (one path per line)'

/** Reads and checks them; `read` collects what is wrong. Undefined: the version is not tested. */
export function testsGiven(read: Reader): TestChoice | undefined {
  const expected = expectationGiven(read)
  const events = eventsGiven(read)
  if (!events) return undefined
  return { events, ...(expected && { expected }) }
}

function eventsGiven(read: Reader): TestChoice['events'] | undefined {
  const name = 'test-event'
  const text = read.text(name)
  if (!text) {
    if (read.text('test-expect'))
      read.problem('test-expect', read.text('test-expect'), 'nothing without test-event')
    return undefined
  }
  const found = isJson(text) ? eventsIn(text) : fromFiles(read, text)
  if (!found) return undefined
  const tooLong = found.find(({ payload }) => Buffer.byteLength(payload) > mostBytes)
  if (tooLong)
    read.problem(name, `an event of ${Buffer.byteLength(tooLong.payload)} bytes`, `at most ${mostBytes}`)
  if (found.length > mostEvents) read.problem(name, `${found.length} events`, `at most ${mostEvents}`)
  const [first, ...more] = found.map(({ payload, path }, index) => ({
    name: nameOf(index, found.length, path),
    payload
  }))
  if (!first) read.problem(name, text, `${accepted}: the list has no events`)
  return first && [first, ...more]
}

interface Found {
  payload: string
  path?: string
}

const nameOf = (index: number, count: number, path: string | undefined): string => {
  const name = count === 1 ? 'the test event' : `test event ${index + 1} of ${count}`
  return path === undefined ? name : `${name} (${path})`
}

/** The events of all files, in order; undefined when there is a problem. */
function fromFiles(read: Reader, text: string): Found[] | undefined {
  // What begins like this is meant to be JSON, and its lines are no paths.
  if (/^[[{"]/.test(text)) {
    read.problem('test-event', text, `${accepted}: this is no JSON${placeOfError(text)}`)
    return undefined
  }
  const paths = text
    .split('\n')
    .map(each => each.trim())
    .filter(Boolean)
  const found = paths.map(path => {
    const events = eventsOf(read.file(path))
    if (typeof events !== 'string') return events.map(each => ({ ...each, path }))
    read.problem('test-event', path, `${accepted}: ${events}`)
    return undefined
  })
  return found.every(each => each !== undefined) ? found.flat() : undefined
}

/** The events of a file, or why there are none. */
function eventsOf(file: FileContent): Found[] | string {
  if ('problem' in file) return file.problem
  if (!isJson(file.text)) return `the file holds no JSON${placeOfError(file.text)}`
  const events = eventsIn(file.text)
  return events.length > 0 ? events : 'the list has no events'
}

/** A list holds several events. */
function eventsIn(json: string): Found[] {
  const value = parsedExactly(json)
  return (Array.isArray(value) ? value : [value]).map(each => ({ payload: JSON.stringify(each) }))
}

function expectationGiven(read: Reader): TestChoice['expected'] {
  const text = read.text('test-expect')
  if (!text) return undefined
  if (isJson(text)) return { value: parsedExactly(text) }
  read.problem('test-expect', text, `JSON, such as {"statusCode": 200}: this is no JSON${placeOfError(text)}`)
  return undefined
}

const isJson = (text: string): boolean => errorIn(text) === undefined

function errorIn(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return String(error)
  }
}

/** The parser's message repeats a part of the text, which may be a part of a secret. */
function placeOfError(text: string): string {
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(errorIn(text) ?? '') ?? []
  return line === undefined ? '' : ` (line ${line}, column ${column})`
}
