import type { Clock } from './clock.ts'
import { plain } from './text/safe.ts'

/** Gets a line for each request that is sent. There is one only when the job runs with debug logging. */
export interface Trace {
  clock: Clock
  /** Takes one line per request, once it was answered or has failed. */
  tell(line: string): void
}

/** What a service's answers and errors say about a request. */
export interface Signs {
  /** The request id, which the service's support asks for. `end` is the answer or the error. */
  id(end: unknown): string | undefined
  /** Why it failed, in a word. */
  failure(error: unknown): string
}

/**
 * Sends a request and reports its name, how it ended, how long it took and its id, but never its content. Returns and throws what
 * `send` does. The line is made safe for the log, because the answer may come from a proxy.
 */
export async function traced<Answer>(
  { clock, tell }: Trace,
  name: string,
  send: () => Promise<Answer>,
  { id, failure }: Signs
): Promise<Answer> {
  const begun = clock.now()
  const ended = (how: string, end: unknown) => {
    const known = id(end)
    const took = `${Math.round(clock.now() - begun)} ms`
    tell(plain(`${name}: ${how} in ${took}, ${known === undefined ? 'no request id' : `request ${known}`}`))
  }
  try {
    const answer = await send()
    ended('answered', answer)
    return answer
  } catch (error) {
    ended(failure(error), error)
    throw error
  }
}

/** Errors of services have names, and network errors have codes (`ECONNRESET`). */
export function nameOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: unknown }
  return typeof code === 'string' ? code : (name ?? 'failed')
}
