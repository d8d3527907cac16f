import type { Clock } from '../clock.ts'
import type { Cause } from '../deployment/outcome.ts'
import type { PassedTest } from '../deployment/record.ts'
import { Failure } from '../failure.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import type { TestChoice, TestEvent } from '../inputs/tests.ts'
import { difference } from '../plan/expectation.ts'
import type { FunctionVersion } from '../plan/holdings.ts'
import { parsedExactly } from '../text/exactjson.ts'
import { shortened } from '../text/safe.ts'
import { milliseconds } from '../text/units.ts'
import type { ReadinessPort } from './readiness.ts'

/** What testing a version asks of Lambda. */
export interface TestPort extends ReadinessPort {
  /** Invokes a version, and waits for its answer. Throws Failure, `unsent` when the signal aborts. */
  invoke(
    functionName: string,
    version: string,
    payload: string,
    options: InvokeOptions
  ): Promise<InvokeResult>
}

export interface InvokeOptions {
  /** How long to wait for the answer, ms. */
  limitMs: number
  signal: AbortSignal
}

export type InvokeResult =
  | ({ kind: 'answered' } & Answer)
  /** No answer came, or Lambda could not start the function. Whether it has run is not known. */
  | { kind: 'lost'; code: string; message: string }

interface Answer {
  /** JSON, but for runtimes of one's own. */
  answer: string
  /** The function ended with an error, and the answer says which. */
  isError: boolean
  /** The end of what the function wrote, oldest line first. */
  lines: readonly string[]
  /** As Lambda reports it, ms; undefined when it does not. */
  durationMs?: number
  /** How long Lambda took to start the function; undefined when it was running already. */
  initMs?: number
}

export interface TestOptions {
  lambda: TestPort
  clock: Clock
  /** The job was cancelled, or another function of the step is not released. */
  signal: AbortSignal
  tell(line: string): void
}

export type TestResult = { kind: 'passed' | 'cancelled' } | { kind: 'failed'; cause: Cause }

/** The pauses before an event whose answer was lost is sent again, ms. AWS's own clients send it as often. */
const pauses = [2_000, 15_000]
/** The longest that Lambda lets a function run, seconds. */
const longestSeconds = 900
/** What Lambda may take beyond that, to start the function and to answer, ms. */
const marginMs = 60_000

/**
 * Invokes a version with each event in turn, until one fails. `passed` is told of each that passes. Throws Failure when AWS does not
 * let it be invoked.
 */
export async function testVersion(
  request: ReleaseRequest,
  { events, expected }: TestChoice,
  target: FunctionVersion,
  passed: (test: PassedTest) => void,
  options: TestOptions
): Promise<TestResult> {
  const { clock, signal, tell } = options
  const failed = (event: TestEvent, problem: Problem): TestResult => ({
    kind: 'failed',
    cause: causeOf(request, target, event, problem)
  })
  for (const event of events) {
    if (signal.aborted) return { kind: 'cancelled' }
    const begunAt = clock.now()
    const result = await resultOf(event, request, target, options)
    if ('reason' in result) return failed(event, result)
    const problem = problemOf(result, expected, target)
    if (problem) return failed(event, problem)
    const { durationMs = clock.now() - begunAt, initMs } = result
    passed({ durationMs, ...(initMs !== undefined && { initMs }) })
    tell(
      `Version ${target.version} of ${request.functionName} passed ${event.name} in ${milliseconds(durationMs)}${initMs === undefined ? '' : `, after a cold start of ${milliseconds(initMs)}`}`
    )
  }
  return { kind: 'passed' }
}

/** Why a test has failed. */
interface Problem extends Pick<Cause, 'answer' | 'log' | 'message'> {
  /** Without a full stop. */
  reason: string
}

/**
 * Sends the event until there is an answer. After each that was lost, a read waits until AWS answers again, so that an outage does not
 * use up the tries.
 */
async function resultOf(
  { name, payload }: TestEvent,
  { functionName }: ReleaseRequest,
  { version, timeoutSeconds = longestSeconds }: FunctionVersion,
  { lambda, clock, signal, tell }: TestOptions
): Promise<Answer | Problem> {
  const limitMs = timeoutSeconds * 1_000 + marginMs
  for (let lost = 0; ; lost++) {
    const result = await lambda.invoke(functionName, version, payload, { limitMs, signal }).catch(notRun)
    if ('reason' in result || result.kind === 'answered') return result
    const { code, message } = result
    const pause = pauses[lost]
    if (pause === undefined)
      return {
        reason: `${lost + 1} times no answer came (${code}); whether it has run is not known`,
        message
      }
    tell(`No answer from version ${version} of ${functionName} to ${name} (${code}); sending it again`)
    await clock.sleep(pause, signal)
    if (!signal.aborted) await lambda.version(functionName, version)
  }
}

/** Lambda has refused this request for good, so that it is the event or the version that is at fault. */
function notRun(failure: unknown): Problem {
  if (!(failure instanceof Failure) || failure.kind !== 'rejected') throw failure
  return { reason: `Lambda did not run it (${failure.code})`, message: failure.message }
}

function problemOf(
  { answer, isError, lines }: Answer,
  expected: TestChoice['expected'],
  target: FunctionVersion
): Problem | undefined {
  const reason = isError ? errorIn(answer, target) : unexpected(answer, expected)
  return reason === undefined ? undefined : { reason, answer: shortened(answer, longestAnswer), log: lines }
}

/** What is shown of an answer, and of a value in it, characters. */
const longestAnswer = 1_000
const longestValue = 150

function errorIn(answer: string, { timeoutSeconds }: FunctionVersion): string {
  const { errorType, errorMessage } = (parsed(answer)?.value ?? {}) as Record<string, unknown>
  const message = typeof errorMessage === 'string' ? errorMessage : ''
  if (/Task timed out after/.test(message) && timeoutSeconds !== undefined)
    return `it ran into its timeout of ${timeoutSeconds} seconds`
  const said = [errorType, message]
    .filter(each => typeof each === 'string' && each !== '')
    .join(': ')
    .replace(/\s+/g, ' ')
  return said ? `it failed with ${shortened(said, 2 * longestValue)}` : 'it failed with an error'
}

function unexpected(answer: string, expected: TestChoice['expected']): string | undefined {
  if (!expected) return undefined
  const json = parsed(answer)
  if (!json) return 'its answer is not JSON'
  const differs = difference(expected.value, json.value)
  if (!differs) return undefined
  const found = differs.found === undefined ? 'nothing' : inShort(differs.found)
  return differs.path === ''
    ? `its answer is ${found}, not ${inShort(differs.expected)}`
    : `its answer has ${found} at ${differs.path}, not ${inShort(differs.expected)}`
}

const inShort = (value: unknown): string => shortened(JSON.stringify(value), longestValue)

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: parsedExactly(text) }
  } catch {
    return undefined
  }
}

function causeOf(
  request: ReleaseRequest,
  { version }: FunctionVersion,
  { name }: TestEvent,
  { reason, ...seen }: Problem
): Cause {
  return {
    code: 'TEST_FAILED',
    what: `Version ${version} of ${request.functionName} failed ${name}: ${reason}.`,
    next: 'Correct the function, or the test, then release again. Nothing was deployed.',
    ...seen
  }
}
