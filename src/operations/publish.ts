import type { Clock } from '../clock.ts'
import type { Cause } from '../deployment/outcome.ts'
import { Failure } from '../failure.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { isSameCode } from '../plan/codesha256.ts'
import type { FunctionVersion } from '../plan/holdings.ts'

/** What publishing asks of Lambda. Throws Failure. */
export interface PublishPort {
  version(functionName: string, qualifier?: string): Promise<FunctionVersion | undefined>
  /** Publishes `$LATEST`, or gives the version that already holds it. */
  publish(
    functionName: string,
    guard: { codeSha256: string; revisionId?: string; description: string }
  ): Promise<FunctionVersion>
}

export interface PublishOptions {
  lambda: PublishPort
  clock: Clock
  cancelled: AbortSignal
  /** Tells what is being waited for. */
  tell(line: string): void
}

export type PublishResult =
  | { kind: 'published'; version: FunctionVersion }
  | { kind: 'refused'; cause: Cause }
  /** The job was cancelled while something was waited for. */
  | { kind: 'cancelled' }

/** An update of `$LATEST` takes seconds, rarely minutes; Lambda's own waiter gives up after five, ms. */
const updateMs = 15 * 60_000
/** How often an update that came in between is waited for, and how long at least, ms. */
const conflicts = 5
const againMs = 2_000
/** SnapStart and container images take minutes; Lambda's own waiter gives up after 26, ms. */
const activeMs = 30 * 60_000

/**
 * Publishes what was surveyed as `source` and returns the version once it is Active. `CodeSha256` of what was read goes with the
 * request, so code that changes in between is refused by Lambda and not released by accident.
 */
export async function publish(
  request: ReleaseRequest,
  source: FunctionVersion,
  world: PublishOptions,
  tries = conflicts
): Promise<PublishResult> {
  const ready = await whenUpdated(request, source, world)
  if (ready.kind !== 'published') return ready
  const mismatch = guards(request, ready.version)
  if (mismatch) return { kind: 'refused', cause: mismatch }
  try {
    const version = await world.lambda.publish(request.functionName, {
      codeSha256: ready.version.codeSha256,
      description: request.versionDescription,
      ...(request.revisionId && { revisionId: request.revisionId })
    })
    return await whenActive(request, version, world)
  } catch (failure) {
    if (!(failure instanceof Failure) || failure.kind === 'unsent') throw failure
    if (failure.code === 'PreconditionFailedException')
      return { kind: 'refused', cause: otherRevision(request, failure) }
    const now = await world.lambda.version(request.functionName)
    if (now && now.codeSha256 !== ready.version.codeSha256)
      return { kind: 'refused', cause: codeChanged(request, failure) }
    // Somebody began an update of the configuration in between, which may be over by now; the code is still what was read.
    if (now && failure.code === 'ResourceConflictException' && tries > 0) {
      await world.clock.sleep(againMs, world.cancelled)
      return await publish(request, now, world, tries - 1)
    }
    throw failure
  }
}

/** Waits until a version that exists can serve. */
export async function whenActive(
  request: ReleaseRequest,
  version: FunctionVersion,
  world: PublishOptions
): Promise<PublishResult> {
  const { functionName } = request
  const give = await until(
    version,
    world,
    activeMs,
    each => each.state !== 'Pending',
    () => world.lambda.version(functionName, version.version),
    `Version ${version.version} is being made ready by Lambda (Pending)`
  )
  if (world.cancelled.aborted) return { kind: 'cancelled' }
  if (!give || give.state === 'Pending')
    return refused(
      'VERSION_PENDING',
      `Version ${version.version} of ${functionName} is still Pending after ${activeMs / 60_000} minutes.`,
      `When it is Active, release it with target-version: ${version.version}.`
    )
  if (give.state === 'Failed')
    return refused(
      'VERSION_FAILED',
      `Version ${version.version} of ${functionName} failed to become active: ${reason(give.stateReason)}.`,
      'Correct what the reason names (often VPC, image or SnapStart settings), update the function, then release again.'
    )
  return { kind: 'published', version: give }
}

async function whenUpdated(
  request: ReleaseRequest,
  source: FunctionVersion,
  world: PublishOptions
): Promise<PublishResult> {
  const give = await until(
    source,
    world,
    updateMs,
    each => !isBusy(each),
    () => world.lambda.version(request.functionName),
    `$LATEST of ${request.functionName} is being updated`
  )
  if (world.cancelled.aborted) return { kind: 'cancelled' }
  if (!give || isBusy(give))
    return refused(
      'UPDATE_IN_PROGRESS',
      `An update of ${request.functionName} is still in progress after ${updateMs / 60_000} minutes.`,
      'See what holds it up (aws lambda get-function-configuration), then release again.'
    )
  if (give.lastUpdateStatus === 'Failed' || give.state === 'Failed')
    return refused(
      'UPDATE_FAILED',
      `The last update of ${request.functionName} failed: ${reason(give.lastUpdateReason ?? give.stateReason)}.`,
      'Correct what the reason names and update the function, then release again.'
    )
  return { kind: 'published', version: give }
}

async function until(
  first: FunctionVersion,
  world: PublishOptions,
  limitMs: number,
  done: (version: FunctionVersion) => boolean,
  read: () => Promise<FunctionVersion | undefined>,
  waitingFor: string
): Promise<FunctionVersion | undefined> {
  const begun = world.clock.now()
  let version: FunctionVersion | undefined = first
  let toldAt = begun - 60_000
  while (version && !done(version)) {
    const now = world.clock.now()
    if (now - begun >= limitMs || world.cancelled.aborted) return version
    if (now - toldAt >= 60_000) {
      world.tell(
        `${waitingFor}; waiting${now > begun ? ` (${Math.round((now - begun) / 60_000)} min so far)` : ''}`
      )
      toldAt = now
    }
    await world.clock.sleep(Math.min(10_000, Math.max(1_000, (now - begun) / 4)), world.cancelled)
    version = await read()
  }
  return version
}

function guards(request: ReleaseRequest, source: FunctionVersion): Cause | undefined {
  if (request.codeSha256 && !isSameCode(request.codeSha256, source.codeSha256))
    return {
      code: 'CODE_DIFFERS',
      what: `$LATEST of ${request.functionName} holds code ${source.codeSha256}, not ${request.codeSha256} as code-sha256 says.`,
      next: 'Somebody else updated the function. Upload the code again, then release.'
    }
  return undefined
}

/** Lambda's reasons mostly end in a full stop of their own. */
const reason = (given: string | undefined): string => given?.replace(/\.+$/, '') ?? 'Lambda gave no reason'

const isBusy = (version: FunctionVersion): boolean =>
  version.lastUpdateStatus === 'InProgress' || version.state === 'Pending'

const codeChanged = (request: ReleaseRequest, failure: Failure): Cause => ({
  code: 'CODE_CHANGED',
  what: `The code of ${request.functionName} changed between reading and publishing $LATEST, so nothing was released.`,
  next: 'Somebody else updated the function. Make sure that it holds what you mean to release, then run the step again.',
  message: failure.message
})

const otherRevision = (request: ReleaseRequest, failure: Failure): Cause => ({
  code: 'REVISION_DIFFERS',
  what: `$LATEST of ${request.functionName} is not at revision ${request.revisionId ?? ''} as revision-id says.`,
  next: 'Read RevisionId anew after the last update of the function has completed (it changes then, and with each publishing), or leave revision-id out: the code is guarded anyway.',
  message: failure.message
})

const refused = (code: string, what: string, next: string): PublishResult => ({
  kind: 'refused',
  cause: { code, what, next }
})
