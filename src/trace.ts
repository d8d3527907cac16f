import type { Clock } from './clock.ts'
import { plain } from './text/safe.ts'

/** Who is told of each request that goes out. There is none unless the job runs with debug logging. */
export interface Trace {
  clock: Clock
  /** Takes one line for a request, once it was answered or failed. */
  tell(line: string): void
}

/** What a service's answers and errors say of a request. */
export interface Signs {
  /** The id that the service's support asks for; `end` is the answer or the error. */
  id(end: unknown): string | undefined
  /** Why it failed, in a word. */
  failure(error: unknown): string
}

/**
 * Sends a request and tells what it was, how it ended, how long it took and its id; never what it held. Gives and throws what `send`
 * does. Safe for the log: a proxy may have made up what the answer says.
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

/** Errors of services have names, and those of the network have codes (`ECONNRESET`). */
export function nameOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: unknown }
  return typeof code === 'string' ? code : (name ?? 'failed')
}
