import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'

export interface LogEvent {
  logStreamName: string
  timestamp: number
  message: string
  ingestionTime: number
  eventId: string
}

export interface FilterLogEventsInput {
  logGroupName?: string
  logGroupIdentifier?: string
  logStreamNames?: string[]
  logStreamNamePrefix?: string
  startTime?: number
  endTime?: number
  filterPattern?: string
  nextToken?: string
  limit?: number
  startFromHead?: boolean
  interleaved?: boolean
  unmask?: boolean
}

const MOST_EVENTS = 10_000

/** The part of CloudWatch Logs that is needed to read what a function wrote. */
export class Logs {
  readonly #aws: Aws
  readonly #groups = new Map<string, LogEvent[]>()

  constructor(aws: Aws) {
    this.#aws = aws
  }

  /** Writes one event at the current time; the first event creates the group. */
  write(group: string, stream: string, message: string): void {
    const now = Math.round(this.#aws.clock.now())
    const events = this.#groups.get(group) ?? []
    this.#groups.set(group, events)
    const eventId = String(events.length + 1).padStart(56, '3')
    events.push({ logStreamName: stream, timestamp: now, message, ingestionTime: now, eventId })
  }

  /**
   * Filter patterns may contain terms and quoted phrases, all of which must occur.
   * @throws ResourceNotFoundException for an unknown group, InvalidParameterException for what is not supported or wrong.
   */
  filterLogEvents(input: FilterLogEventsInput): {
    events: LogEvent[]
    searchedLogStreams: never[]
    nextToken?: string
  } {
    const name = input.logGroupName ?? input.logGroupIdentifier?.replace(/^arn:.*:log-group:/, '')
    if (!name || (input.logGroupName && input.logGroupIdentifier))
      throw invalid('Exactly one of logGroupName and logGroupIdentifier must be given.')
    const limit = input.limit ?? MOST_EVENTS
    if (limit < 1 || limit > MOST_EVENTS)
      throw invalid(`1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint`)
    const group = this.#groups.get(name)
    if (!group) throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.')
    const terms = patternTerms(input.filterPattern ?? '')
    const found = group.filter(
      event =>
        event.timestamp >= (input.startTime ?? 0) &&
        event.timestamp <= (input.endTime ?? Number.POSITIVE_INFINITY) &&
        (!input.logStreamNames || input.logStreamNames.includes(event.logStreamName)) &&
        event.logStreamName.startsWith(input.logStreamNamePrefix ?? '') &&
        terms.every(term => event.message.includes(term))
    )
    const from = input.nextToken ? Number(input.nextToken) : 0
    if (!Number.isInteger(from) || from < 0) throw invalid('The specified nextToken is invalid.')
    const more = found.length > from + limit
    return {
      events: found.slice(from, from + limit),
      searchedLogStreams: [],
      ...(more && { nextToken: String(from + limit) })
    }
  }
}

function patternTerms(pattern: string): string[] {
  if (/^\s*[{[%]/.test(pattern) || /(^|\s)[-?]/.test(pattern))
    throw invalid('The simulator reads filter patterns of plain terms and quoted phrases only.')
  return [...pattern.matchAll(/"([^"]*)"|(\S+)/g)].map(match => match[1] ?? match[2] ?? '')
}

function invalid(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message)
}
