import type { ReleaseRequest } from '../inputs/request.ts'
import { publish } from '../operations/publish.ts'
import { type ReadinessResult, whenActive } from '../operations/readiness.ts'
import type { FunctionVersion } from '../plan/holdings.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { isTakenAway, type Release, refuse } from './release.ts'

/** The version that is released, as far as it is known. What was asked for is known before it has been found to be Active. */
export const targetOf = ({ request, held, target }: Release): FunctionVersion | undefined =>
  request.targetVersion === undefined ? target : held?.source

/**
 * Publishes once for all aliases of a function that were read with the same code: publishing changes the revision of `$LATEST`, so that
 * a second request would contradict `revision-id`. The conditions are the same for all. The description is that of the first: Lambda
 * ignores those of later requests.
 */
export function publishingOnce(): typeof publish {
  const publications = new Map<string, Promise<ReadinessResult>>()
  return (request, source, options) => {
    const key = JSON.stringify([request.functionName, source.codeSha256])
    const publication = publications.get(key) ?? publish(request, source, options)
    publications.set(key, publication)
    return publication
  }
}

/** The upload was at the revision that was asked for, and has changed it. */
function asPublished({ record, request }: Release): ReleaseRequest {
  const { revisionId: _, ...unrevised } = request
  return record.code?.uploaded ? unrevised : request
}

/**
 * Publishes `$LATEST` (or takes the requested version), and waits until it is Active. False: the release has ended, or the job was
 * cancelled. Throws Failure.
 */
export async function makeReady(release: Release, world: World, publishing = publish): Promise<boolean> {
  const { held, record, surveyedAt, uploaded } = release
  if (!held?.source) return false
  const request = asPublished(release)
  const options = {
    lambda: world.lambda,
    clock: world.clock,
    cancelled: world.cancelled,
    ...(uploaded && { uploaded: uploaded.codeSha256 }),
    ...(surveyedAt !== undefined && { surveyedAt }),
    tell: (line: string) => world.reporter.say(plain(line))
  }
  const ready = await (request.targetVersion === undefined
    ? publishing(request, held.source, options)
    : isTakenAway(release)
      ? ({ kind: 'ready', version: held.source } as const)
      : whenActive(request, held.source, options))
  if (ready.kind === 'cancelled') return false
  if (ready.kind === 'refused') {
    // Others may have moved the alias in the minutes that this took.
    release.held = { ...held, alias: await world.lambda.alias(request.functionName, request.alias) }
    refuse(release, ready.cause)
    return false
  }
  release.target = ready.version
  record.version = ready.version.version
  record.functionArn = ready.version.arn
  record.codeSha256 = ready.version.codeSha256
  return true
}
