import type { Clock } from '../clock.ts'

export interface Trace {
  clock: Clock
  /** Takes one line for a request, once it was answered or failed. */
  tell(line: string): void
}

/** Closest to the network that still knows the command: waiting for a turn is no part of a request's duration. */
export const position = { step: 'initialize', priority: 'low', name: 'trace' } as const

/** AWS's support asks for a request's id, and only the answer holds it. */
interface Answer {
  $metadata?: { requestId?: string | undefined }
}

/** Middleware for the SDK's clients: tells each request's command, how it ended, how long it took and its id; never what it held. */
export function traced({ clock, tell }: Trace) {
  return <Command, Result extends { output: object }>(
    next: (command: Command) => Promise<Result>,
    { commandName }: { commandName?: string }
  ) =>
    async (command: Command): Promise<Result> => {
      const begun = clock.now()
      const ended = (end: string, { $metadata }: Answer) => {
        const took = `${Math.round(clock.now() - begun)} ms`
        const name = commandName?.replace(/Command$/, '') ?? 'Request'
        const id = $metadata?.requestId === undefined ? 'no request id' : `request ${$metadata.requestId}`
        tell(`${name}: ${end} in ${took}, ${id}`)
      }
      try {
        const result = await next(command)
        ended('answered', result.output)
        return result
      } catch (error) {
        ended(nameOf(error), error as Answer)
        throw error
      }
    }
}

/** AWS's errors have names, and those of the network have codes (`ECONNRESET`). */
function nameOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: unknown }
  return typeof code === 'string' ? code : (name ?? 'failed')
}
