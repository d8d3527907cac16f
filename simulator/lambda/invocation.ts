import type { InvokeCommandInput } from '@aws-sdk/client-lambda'
import type { Aws } from '../aws.ts'
import type { LambdaFunction, Snapshot } from './function.ts'
import { lambdaError } from './functionname.ts'
import { asHookEvent, type Run, runHook } from './hook.ts'

export interface Invocation {
  StatusCode: number
  ExecutedVersion: string
  FunctionError?: string
  /** The end of the log in base64, for LogType Tail. */
  LogResult?: string
  Payload: Uint8Array
}

const LOG_TAIL_BYTES = 4096

/**
 * Runs a function: with a hook event as a hook; otherwise the answer is the name and version that ran. `ran` hears of it for the
 * metrics.
 * @throws ResourceConflictException for a version that is not Active
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
  const event = parsed(input.Payload as Uint8Array | undefined)
  const answer = { ExecutedVersion: snapshot.version, Payload: new Uint8Array() }
  if (input.InvocationType === 'DryRun') return { ...answer, StatusCode: 204 }
  const at = aws.clock.now()
  const running = execute(aws, fn, snapshot, event).then(run => {
    ran(aws.clock.now() - at, run.error !== undefined, at)
    return run
  })
  if (input.InvocationType === 'Event') return { ...answer, StatusCode: 202 }
  const { payload, error, log } = await running
  return {
    StatusCode: 200,
    ExecutedVersion: snapshot.version,
    ...(error && { FunctionError: 'Unhandled' }),
    ...(input.LogType === 'Tail' && {
      LogResult: Buffer.from(log.join('')).subarray(-LOG_TAIL_BYTES).toString('base64')
    }),
    Payload: new TextEncoder().encode(JSON.stringify(payload))
  }
}

/** Runs a function, with the platform's log lines around its own. Never rejects. */
async function execute(aws: Aws, fn: LambdaFunction, snapshot: Snapshot, event: unknown): Promise<Run> {
  const { settings, version } = snapshot
  const id = aws.random.uuid()
  const day = new Date(aws.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')
  const stream = `${day}/[${version}]${aws.random.text(32, '0123456789abcdef')}`
  const log: string[] = []
  const write = (line: string) => {
    log.push(`${line}\n`)
    aws.logs.write(settings.LoggingConfig?.LogGroup ?? `/aws/lambda/${fn.name}`, stream, `${line}\n`)
  }
  const started = aws.clock.now()
  write(`START RequestId: ${id} Version: ${version}`)
  const hookEvent = asHookEvent(event)
  const outcome = hookEvent
    ? await runHook(aws, settings, hookEvent, id, write)
    : { payload: { function: fn.name, version } }
  const ms = aws.clock.now() - started
  write(`END RequestId: ${id}`)
  write(
    `REPORT RequestId: ${id}\tDuration: ${ms.toFixed(2)} ms\tBilled Duration: ${Math.ceil(ms)} ms\tMemory Size: ${settings.MemorySize} MB\tMax Memory Used: 64 MB`
  )
  return { ...outcome, log }
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
