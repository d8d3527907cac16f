import type { RecordedRequest } from '../../simulator/aws.ts'
import type { Fault } from '../../simulator/faults.ts'

interface Entry {
  at: number
  who: string
  text(): string
}

/** All that happened, in order, with virtual times. It is written out only when somebody reads it. */
export class Chronicle {
  readonly #begunAt: () => number
  readonly #entries: Entry[] = []

  constructor(begunAt: () => number) {
    this.#begunAt = begunAt
  }

  note(at: number, who: string, text: () => string): void {
    this.#entries.push({ at, who, text })
  }

  request(request: RecordedRequest, fault: Fault | undefined): void {
    this.note(request.at, runOf(request), () => {
      const hit = fault ? `  <- ${fault.kind}${fault.ms ? ` ${fault.ms} ms` : ''}` : ''
      return `-> ${request.operation} ${about(request)}${request.errorName ?? request.status}${hit}`
    })
  }

  /** `  12.345s  4711  line`; foreign text is spelled as JSON would, so that a trace can be read anywhere. */
  lines(): string[] {
    return this.#entries.map(({ at, who, text }) => {
      const seconds = ((at - this.#begunAt()) / 1000).toFixed(3).padStart(10)
      return `${seconds}s  ${who.padEnd(10)}  ${JSON.stringify(text()).slice(1, -1).replaceAll('\\"', '"')}`
    })
  }
}

/** Which run of ours sent a request, by its user agent. */
export const runOf = ({ userAgent = '' }: RecordedRequest): string =>
  /\brun\/(\d+)\.1/.exec(userAgent)?.[1] ?? '?'

function about({ input }: RecordedRequest): string {
  const { deploymentId, Qualifier, autoRollbackEnabled } = (input ?? {}) as Record<string, unknown>
  return [deploymentId, Qualifier, autoRollbackEnabled]
    .filter(each => each !== undefined)
    .map(each => `${each} `)
    .join('')
}
