import type { Cause } from '../deployment/outcome.ts'
import { Failure } from '../failure.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { isSameCode } from '../plan/codesha256.ts'
import type { FunctionVersion } from '../plan/holdings.ts'
import { causeOfRefusal, functionMissing, missingSource, revisionDiffers } from '../plan/refusals.ts'
import {
  isBusy,
  type ReadinessOptions,
  type ReadinessPort,
  type ReadinessResult,
  unfit,
  unlessStale,
  updateFailed,
  whenActive,
  whenUpdated
} from './readiness.ts'

/** What publishing asks of Lambda. Throws Failure. */
export interface PublishPort extends ReadinessPort {
  /** Publishes `$LATEST`, or returns the version that already holds it. */
  publish(
    functionName: string,
    guard: { codeSha256: string; revisionId?: string; description: string }
  ): Promise<FunctionVersion>
}

export interface PublishOptions extends ReadinessOptions {
  lambda: PublishPort
  /** SHA-256 of the code that this step has put into `$LATEST`. */
  uploaded?: string
  /** When `source` was first asked for, epoch ms; undefined when that is not known. */
  surveyedAt?: number
}

/** How often to publish again if another update came in between. */
const conflicts = 5
/** How long to wait before that, ms. */
const againMs = 2_000
/** LastModified is in whole seconds, and AWS's time is known to about three, ms. */
const certainlyMs = 4_000

/**
 * Publishes what was surveyed as `source` and returns the version once it is Active. The request carries the `CodeSha256` that was
 * read, so Lambda refuses if the code has changed since, and nothing is released by accident. Throws Failure.
 */
export async function publish(
  request: ReleaseRequest,
  source: FunctionVersion,
  options: PublishOptions,
  tries = conflicts
): Promise<ReadinessResult> {
  const { lambda, clock, cancelled } = options
  const updated = await whenUpdated(request, source, options)
  if (updated.kind !== 'ready') return updated
  const read = () => lambda.version(request.functionName)
  const { codeSha256 } = updated.version
  const mismatch = wrongCode(request, codeSha256, options.uploaded)
  if (mismatch) {
    const isWrong = (latest: FunctionVersion | undefined) =>
      latest !== undefined && wrongCode(request, latest.codeSha256, options.uploaded) !== undefined
    const again = await unlessStale(read, isWrong, options)
    if (again && !isWrong(again) && tries > 0) return await publish(request, again, options, tries - 1)
    return cancelled.aborted ? { kind: 'cancelled' } : { kind: 'refused', cause: mismatch }
  }
  try {
    const version = await lambda.publish(request.functionName, {
      codeSha256,
      description: request.versionDescription,
      ...(request.revisionId && { revisionId: request.revisionId })
    })
    return await whenActive(request, version, options)
  } catch (failure) {
    if (!(failure instanceof Failure) || failure.kind === 'unsent') throw failure
    if (failure.code === 'PreconditionFailedException')
      return { kind: 'refused', cause: revisionDiffers(request, failure) }
    const isOther = (latest: FunctionVersion | undefined) =>
      latest !== undefined && latest.codeSha256 !== codeSha256
    // With this error, Lambda says of a digest that the code is another one.
    const maySayOther = failure.code === 'InvalidParameterValueException'
    const now = await unlessStale(read, latest => isOther(latest) !== maySayOther, options)
    if (now && isOther(now)) {
      if (cancelled.aborted) return { kind: 'cancelled' }
      if (wasThereBefore(request, now, options) && tries > 0) {
        options.tell(
          `Lambda's first answer about $LATEST of ${request.functionName} was old: the code ${now.codeSha256} was there before, and is what is published`
        )
        return await publish(request, now, options, tries - 1)
      }
      return { kind: 'refused', cause: codeChanged(request, options.uploaded, failure) }
    }
    // Somebody began to update the configuration, which may be over by now. The code is still what was read.
    if (now && failure.code === 'ResourceConflictException' && tries > 0) {
      await clock.sleep(againMs, cancelled)
      return await publish(request, now, options, tries - 1)
    }
    throw failure
  }
}

/**
 * Why what was surveyed as `source` would not be released, as far as that can be told without publishing it or waiting for Lambda;
 * undefined when nothing speaks against it. What Lambda answers may be some seconds old, so it is asked again first. Changes nothing.
 * Throws Failure.
 */
export async function checkSource(
  request: ReleaseRequest,
  source: FunctionVersion,
  options: Pick<PublishOptions, 'lambda' | 'clock' | 'cancelled'>
): Promise<Cause | undefined> {
  const { functionName } = request
  const isGiven = request.targetVersion !== undefined
  const causeOf = (found: FunctionVersion | undefined): Cause | undefined => {
    if (!found)
      return causeOfRefusal(
        isGiven
          ? missingSource({ functionName, targetVersion: source.version })
          : functionMissing({ functionName })
      )
    return isGiven ? unfit(functionName, found) : unpublishable(request, found)
  }
  if (!causeOf(source)) return undefined
  const read = () => options.lambda.version(functionName, isGiven ? source.version : undefined)
  return causeOf(await unlessStale(read, found => causeOf(found) !== undefined, options))
}

/** While an update is under way, it is not known what `$LATEST` will be. */
function unpublishable(request: ReleaseRequest, latest: FunctionVersion): Cause | undefined {
  if (isBusy(latest)) return undefined
  const { revisionId } = request
  const isOther = revisionId && latest.revisionId && latest.revisionId !== revisionId
  return (
    updateFailed(request.functionName, latest) ??
    wrongCode(request, latest.codeSha256) ??
    (isOther ? revisionDiffers(request) : undefined)
  )
}

/** Why this code must not be published; undefined if it may be. */
function wrongCode(request: ReleaseRequest, codeSha256: string, uploaded?: string): Cause | undefined {
  if (uploaded !== undefined && !isSameCode(uploaded, codeSha256)) return codeChanged(request, uploaded)
  if (request.codeSha256 && !isSameCode(request.codeSha256, codeSha256))
    return {
      code: 'CODE_DIFFERS',
      what: `$LATEST of ${request.functionName} holds code ${codeSha256}, not ${request.codeSha256} as code-sha256 says.`,
      next: 'Somebody else updated the function. Upload the code again, then release.'
    }
  return undefined
}

/**
 * What Lambda answers may be some seconds old. If `$LATEST` was last updated before it was first asked for, nobody has changed it since,
 * and it is what was to be released, unless something says which code that is.
 */
const wasThereBefore = (
  { codeSha256, revisionId }: ReleaseRequest,
  { modifiedAt = Number.POSITIVE_INFINITY }: FunctionVersion,
  { uploaded, surveyedAt = 0 }: PublishOptions
): boolean =>
  codeSha256 === undefined &&
  revisionId === undefined &&
  uploaded === undefined &&
  modifiedAt + certainlyMs <= surveyedAt

const codeChanged = (request: ReleaseRequest, uploaded?: string, failure?: Failure): Cause => ({
  code: 'CODE_CHANGED',
  what: `The code of ${request.functionName} changed between reading and publishing $LATEST, so nothing was released.`,
  next: `Somebody else${uploaded === undefined ? ', or an earlier step just before this one,' : ''} updated the function. Make sure that it holds what you mean to release, then run the step again.`,
  ...(failure && { message: failure.message })
})
