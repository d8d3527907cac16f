import type { Clock } from '../clock.ts'
import type { Cause } from '../deployment/outcome.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import type { FunctionVersion } from '../plan/holdings.ts'
import { functionMissing, missingSource } from '../plan/refusals.ts'
import { patience } from '../watch/patience.ts'

/** What waiting for a version asks of Lambda. Throws Failure. */
export interface ReadinessPort {
  /** `qualifier`: a version; absent for `$LATEST`. Undefined: does not exist. */
  version(functionName: string, qualifier?: string): Promise<FunctionVersion | undefined>
}

export interface ReadinessOptions {
  lambda: ReadinessPort
  clock: Clock
  cancelled: AbortSignal
  /** Tells what is being waited for. */
  tell(line: string): void
}

export type ReadinessResult<Version extends FunctionVersion = FunctionVersion> =
  | { kind: 'ready'; version: Version }
  | { kind: 'refused'; cause: Cause }
  /** The job was cancelled while something was waited for. */
  | { kind: 'cancelled' }

/** An update of `$LATEST` takes seconds, rarely minutes; Lambda's own waiter gives up after five, ms. */
const updateMs = 15 * 60_000
/** SnapStart and container images take minutes; Lambda's own waiter gives up after 26, ms. */
const activeMs = 30 * 60_000

/** Waits until a version that exists can serve, or says why it cannot. Throws Failure. */
export async function whenActive(
  { functionName }: ReleaseRequest,
  found: FunctionVersion,
  options: ReadinessOptions
): Promise<ReadinessResult> {
  const name = `Version ${found.version}`
  const until = options.clock.now() + patience.stale
  const version = await waitFor(
    {
      found,
      isDone: ({ state }) => state !== 'Pending',
      // A version that was just published may not be there yet for all of Lambda.
      read: () =>
        unlessStale(() => options.lambda.version(functionName, found.version), isMissing, options, until),
      limitMs: activeMs,
      what: `${name} of ${functionName} is being made ready by Lambda (Pending)`
    },
    options
  )
  if (options.cancelled.aborted) return { kind: 'cancelled' }
  if (!version) {
    const [code, what, next] = missingSource({ functionName, targetVersion: found.version })
    return refused(code, what, next)
  }
  if (version.state === 'Pending')
    return refused(
      'VERSION_PENDING',
      `${name} of ${functionName} is still Pending after ${activeMs / 60_000} minutes.`,
      `When it is Active, release it with target-version: ${found.version}.`
    )
  const cause = unfit(functionName, version)
  return cause ? { kind: 'refused', cause } : { kind: 'ready', version }
}

/** Why a version cannot serve; undefined if it can, or is still being made ready. */
export function unfit(functionName: string, version: FunctionVersion): Cause | undefined {
  const name = `Version ${version.version}`
  if (version.state === 'Failed')
    return {
      code: 'VERSION_FAILED',
      what: `${name} of ${functionName} failed to become active: ${reason(version.stateReason)}.`,
      next: 'Correct what the reason names (often VPC, image or SnapStart settings), update the function, then release again.'
    }
  // Only an invocation wakes it, which needs a permission of its own and may have effects: that is for people to decide.
  if (version.state === 'Inactive')
    return {
      code: 'VERSION_INACTIVE',
      what: `${name} of ${functionName} is Inactive: nobody has invoked it for so long that Lambda has reclaimed its resources, and the first requests would fail.`,
      next: `Wake it with an invocation that does no harm (aws lambda invoke --function-name ${functionName} --qualifier ${version.version} response.json), wait until it is Active, then release again.`
    }
  if (notInvocable.includes(version.state ?? ''))
    return {
      code: 'VERSION_NOT_INVOCABLE',
      what: `${name} of ${functionName} is ${version.state}: Lambda does not run it${version.stateReason ? ` (${reason(version.stateReason)})` : ''}.`,
      next: 'Release a version that is Active, or publish a new one.'
    }
  return undefined
}

/** States in which Lambda answers no request. One that is not known may be a good one. */
const notInvocable: readonly string[] = ['ActiveNonInvocable', 'Deactivating', 'Deactivated', 'Deleting']

/** Waits until no update of `$LATEST` is under way, however the last one ended. `read` reads it again. Throws Failure. */
export async function whenIdle<Latest extends FunctionVersion>(
  { functionName }: ReleaseRequest,
  found: Latest,
  read: () => Promise<Latest | undefined>,
  options: Omit<ReadinessOptions, 'lambda'>
): Promise<ReadinessResult<Latest>> {
  const latest = await waitFor(
    {
      found,
      isDone: each => !isBusy(each),
      read,
      limitMs: updateMs,
      what: `$LATEST of ${functionName} is being updated`
    },
    options
  )
  if (options.cancelled.aborted) return { kind: 'cancelled' }
  if (!latest) {
    const [code, what, next] = functionMissing({ functionName })
    return refused(code, what, next)
  }
  if (isBusy(latest))
    return refused(
      'UPDATE_IN_PROGRESS',
      `An update of ${functionName} is still in progress after ${updateMs / 60_000} minutes.`,
      'See what holds it up (aws lambda get-function-configuration), then release again.'
    )
  return { kind: 'ready', version: latest }
}

/** Waits until `$LATEST` can be published: until the last update of it has succeeded. Throws Failure. */
export async function whenUpdated(
  request: ReleaseRequest,
  found: FunctionVersion,
  options: ReadinessOptions
): Promise<ReadinessResult> {
  const { functionName } = request
  const idle = await whenIdle(request, found, () => options.lambda.version(functionName), options)
  if (idle.kind !== 'ready') return idle
  const cause = updateFailed(functionName, idle.version)
  return cause ? { kind: 'refused', cause } : idle
}

/** Why `$LATEST`, of which no update is under way, cannot be published; undefined if it can. */
export const updateFailed = (functionName: string, latest: FunctionVersion): Cause | undefined =>
  latest.lastUpdateStatus === 'Failed' || latest.state === 'Failed'
    ? {
        code: 'UPDATE_FAILED',
        what: `The last update of ${functionName} failed: ${reason(latest.lastUpdateReason ?? latest.stateReason)}.`,
        next: 'Correct what the reason names and update the function, then release again.'
      }
    : undefined

const isMissing = (version: FunctionVersion | undefined): boolean => version === undefined

/** Between two answers that are not as they should be, ms. */
const staleAgainMs = 1_000

/**
 * Lambda's reads can be stale, so an answer that is not as it should be is not believed at once. Reads again until one is, until `until`
 * (epoch ms), or until the job is cancelled, and gives the last answer. Throws Failure.
 */
export async function unlessStale<Answer>(
  read: () => Promise<Answer>,
  isOdd: (answer: Answer) => boolean,
  { clock, cancelled }: Pick<ReadinessOptions, 'clock' | 'cancelled'>,
  until = clock.now() + patience.stale
): Promise<Answer> {
  for (;;) {
    const answer = await read()
    if (!isOdd(answer) || clock.now() >= until) return answer
    await clock.sleep(staleAgainMs, cancelled)
    if (cancelled.aborted) return answer
  }
}

interface WaitOptions<Version extends FunctionVersion> {
  /** As it was read last. */
  found: Version
  isDone(version: Version): boolean
  read(): Promise<Version | undefined>
  limitMs: number
  /** What is waited for, for the log. */
  what: string
}

/** The version once it is done, or as it was when the time ran out or the job was cancelled; undefined when it is gone. */
async function waitFor<Version extends FunctionVersion>(
  { found, isDone, read, limitMs, what }: WaitOptions<Version>,
  { clock, cancelled, tell }: Omit<ReadinessOptions, 'lambda'>
): Promise<Version | undefined> {
  const begun = clock.now()
  let version: Version | undefined = found
  let toldAt = begun - 60_000
  while (version && !isDone(version)) {
    const now = clock.now()
    if (now - begun >= limitMs || cancelled.aborted) return version
    if (now - toldAt >= 60_000) {
      tell(`${what}; waiting${now > begun ? ` (${Math.round((now - begun) / 60_000)} min so far)` : ''}`)
      toldAt = now
    }
    await clock.sleep(Math.min(10_000, Math.max(1_000, (now - begun) / 4)), cancelled)
    version = await read()
  }
  return version
}

/** Lambda's reasons mostly end in a full stop of their own. */
const reason = (given: string | undefined): string => given?.replace(/\.+$/, '') ?? 'Lambda gave no reason'

export const isBusy = (version: FunctionVersion): boolean =>
  version.lastUpdateStatus === 'InProgress' || version.state === 'Pending'

const refused = (
  code: string,
  what: string,
  next: string
): Extract<ReadinessResult, { kind: 'refused' }> => ({
  kind: 'refused',
  cause: { code, what, next }
})
