import type { InvokeCommandInput } from '@aws-sdk/client-lambda'
import type { Aws } from '../aws.ts'
import type { LambdaFunction, Snapshot } from './function.ts'
import { lambdaError } from './functionname.ts'
import { asHookEvent, runHook } from './hook.ts'
import { platformLines } from './platformlog.ts'
import { type Run, runFunction } from './run.ts'

export interface Invocation {
  StatusCode: number
  ExecutedVersion: string
  FunctionError?: string
  /** The end of the log in base64, for LogType Tail. */
  LogResult?: string
  Payload: Uint8Array
}

const LOG_TAIL_BYTES = 4096
const MOST_BYTES = 6 * 1024 * 1024

/**
 * Runs a function: with a hook event as a hook. `ran` hears of it for the metrics.
 * @throws ResourceConflictException for a version that is not Active, RequestTooLargeException
 */
export async function invoke(
  aws: Aws,
  fn: LambdaFunction,
  snapshot: Snapshot,
  input: Omit<InvokeCommandInput, 'FunctionName'>,
  ran: (ms: number, isError: boolean, at: number) => void = () => {}
): Promise<Invocation> {
  if (snapshot.state === 'Inactive' && snapshot.settings.SnapStart?.ApplyOn === 'PublishedVersions')
    throw lambdaError(
      'SnapStartNotReadyException',
      'Lambda is initializing your function. It will be ready to invoke once your function state becomes ACTIVE.',
      409
    )
  if (snapshot.state !== 'Active')
    throw lambdaError(
      'ResourceConflictException',
      `The operation cannot be performed at this time. The function is currently in the following state: ${snapshot.state}`,
      409
    )
  const isSynchronous = (input.InvocationType ?? 'RequestResponse') === 'RequestResponse'
  if (isSynchronous && ((input.Payload as Uint8Array | undefined)?.length ?? 0) > MOST_BYTES)
    throw lambdaError(
      'RequestTooLargeException',
      `Request must be smaller than ${MOST_BYTES} bytes for the InvokeFunction operation`,
      413
    )
  const event = parsed(input.Payload as Uint8Array | undefined)
  const empty = { ExecutedVersion: snapshot.version, Payload: new Uint8Array() }
  if (input.InvocationType === 'DryRun') return { ...empty, StatusCode: 204 }
  const at = aws.clock.now()
  const running = execute(aws, fn, snapshot, event).then(run => {
    ran(aws.clock.now() - at, run.error !== undefined, at)
    return run
  })
  if (input.InvocationType === 'Event') return { ...empty, StatusCode: 202 }
  const { answer: payload, error, log } = await running
  return {
    StatusCode: 200,
    ExecutedVersion: snapshot.version,
    ...(error && { FunctionError: 'Unhandled' }),
    ...(input.LogType === 'Tail' && {
      LogResult: Buffer.from(log.join('')).subarray(-LOG_TAIL_BYTES).toString('base64')
    }),
    Payload: new TextEncoder().encode(payload)
  }
}

/** Runs a function, with the platform's log lines around its own. Never rejects. */
async function execute(
  aws: Aws,
  fn: LambdaFunction,
  snapshot: Snapshot,
  event: unknown
): Promise<Run & { log: string[] }> {
  const { settings, version } = snapshot
  const id = aws.random.uuid()
  const day = new Date(aws.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')
  const stream = `${day}/[${version}]${aws.random.text(32, '0123456789abcdef')}`
  const log: string[] = []
  const write = (line: string) => {
    log.push(`${line}\n`)
    aws.logs.write(settings.LoggingConfig?.LogGroup ?? `/aws/lambda/${fn.name}`, stream, `${line}\n`)
  }
  const platform = platformLines(settings, id, version)
  const initMs = await coldStart(aws, snapshot)
  const started = aws.clock.now()
  platform.start(aws.clock.now(), write)
  const hookEvent = asHookEvent(event)
  const outcome = await (hookEvent
    ? runHook(aws, settings, hookEvent, id, write)
    : runFunction(aws, settings, version, id, write))
  platform.end(aws.clock.now(), { ms: aws.clock.now() - started, initMs, error: outcome.error }, write)
  return { ...outcome, log }
}

/** The first run of a version takes longer; gives by how much, milliseconds. */
async function coldStart(aws: Aws, snapshot: Snapshot): Promise<number> {
  const ms = Number(snapshot.settings.Environment?.Variables?.SIMULATOR_INIT_SECONDS ?? 0) * 1000
  if (snapshot.isWarm || ms === 0) return 0
  snapshot.isWarm = true
  await aws.clock.sleep(ms)
  return ms
}

function parsed(payload: Uint8Array | undefined): unknown {
  if (!payload || payload.length === 0) return {}
  try {
    return JSON.parse(new TextDecoder().decode(payload))
  } catch (error) {
    throw lambdaError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`
    )
  }
}
