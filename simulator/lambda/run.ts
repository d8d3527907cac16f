import type { Aws } from '../aws.ts'
import type { Snapshot } from './function.ts'

/** How a run of a function ended. */
export interface Run {
  /** What goes over the wire. */
  answer: string
  error?: boolean
}

/** Takes a line that the function writes. */
export type Write = (line: string) => void

/**
 * Behaves as the function's environment says: `SIMULATOR_ANSWER` (what it answers, by default its name and version),
 * `SIMULATOR_THROW` (the message of an error that it throws), `SIMULATOR_SECONDS` (default 0) and `SIMULATOR_LOG`. Like a real
 * function, it is cut off at its time-out.
 */
export async function runFunction(
  aws: Aws,
  settings: Snapshot['settings'],
  version: string,
  requestId: string,
  write: Write
): Promise<Run> {
  const variables = settings.Environment?.Variables ?? {}
  for (const line of (variables.SIMULATOR_LOG ?? '').split('\n')) if (line) write(line)
  const cut = await runFor(aws, Number(variables.SIMULATOR_SECONDS ?? 0), settings, requestId, write)
  if (cut) return cut
  const message = variables.SIMULATOR_THROW
  if (message) return thrown(aws, message, requestId, write)
  return {
    answer: variables.SIMULATOR_ANSWER ?? JSON.stringify({ function: settings.FunctionName, version })
  }
}

/** Lets time pass; gives how the run ended if it was cut off at the function's time-out. */
export async function runFor(
  aws: Aws,
  seconds: number,
  { Timeout = 3 }: Snapshot['settings'],
  requestId: string,
  write: Write
): Promise<Run | undefined> {
  await aws.clock.sleep(Math.min(seconds, Timeout) * 1000)
  if (seconds <= Timeout) return undefined
  const what = `Task timed out after ${Timeout.toFixed(2)} seconds`
  write(`${new Date(aws.clock.now()).toISOString()} ${requestId} ${what}`)
  return {
    answer: JSON.stringify({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: ${what}`
    }),
    error: true
  }
}

/** The end of a run that threw, as the runtime for Node.js tells it. */
export function thrown(aws: Aws, errorMessage: string, requestId: string, write: Write): Run {
  const error = {
    errorType: 'Error',
    errorMessage,
    trace: [`Error: ${errorMessage}`, '    at Runtime.handler (file:///var/task/index.mjs:7:9)']
  }
  const { trace: stack, ...rest } = error
  write(
    `${new Date(aws.clock.now()).toISOString()}\t${requestId}\tERROR\tInvoke Error \t${JSON.stringify({ ...rest, stack })}`
  )
  return { answer: JSON.stringify(error), error: true }
}
