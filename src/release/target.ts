import { publish } from '../operations/publish.ts'
import { whenActive } from '../operations/readiness.ts'
import type { FunctionVersion } from '../plan/holdings.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { type Release, refuse } from './release.ts'

/** The version that is released, as far as it is known. What was asked for is known before it has been found to be Active. */
export const targetOf = ({ request, held, target }: Release): FunctionVersion | undefined =>
  request.targetVersion === undefined ? target : held?.source

/**
 * Publishes `$LATEST` (or takes the requested version), and waits until it is Active. False: the release has ended, or the job was
 * cancelled. Throws Failure.
 */
export async function makeReady(release: Release, world: World): Promise<boolean> {
  const { held, record, surveyedAt, uploaded } = release
  if (!held?.source) return false
  // The upload was at this revision, and has changed it.
  const { revisionId: _, ...unrevised } = release.request
  const request = record.code?.uploaded ? unrevised : release.request
  const publishing = {
    lambda: world.lambda,
    clock: world.clock,
    cancelled: world.cancelled,
    ...(uploaded && { uploaded: uploaded.codeSha256 }),
    ...(surveyedAt !== undefined && { surveyedAt }),
    tell: (line: string) => world.reporter.say(plain(line))
  }
  const ready = await (request.targetVersion
    ? whenActive(request, held.source, publishing)
    : publish(request, held.source, publishing))
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
