import { isOver } from '../deployment/observation.ts'
import { goesBack } from '../inputs/request.ts'
import { inProgress, joins } from '../operations/conflict.ts'
import type { DeploymentDescription } from '../operations/existing.ts'
import { checkSource } from '../operations/publish.ts'
import { isSameCode } from '../plan/codesha256.ts'
import { appSpecOf } from '../plan/plan.ts'
import type { World } from '../world.ts'
import { whenKnown } from './arrivals.ts'
import { lookAgain, unlessDenied } from './readagain.ts'
import { isOpen, type Release, refuse, stage } from './release.ts'
import { targetOf } from './target.ts'
import { isNewCode } from './upload.ts'

/** Refuses what a release would refuse because another deployment is running. */
export const checkBusy = stage(async (release, world) => {
  const { decision, request } = release
  if (decision?.kind !== 'busy' || request.ifInProgress !== 'fail') return
  const other = await whenKnown(decision.deploymentIds[0], release, world)
  if (!other || isOver(other.status) || world.cancelled.aborted) return
  if (await mayJoin(other, release, world)) return
  await lookAgain(release, world)
  refuse(release, inProgress(other, request, true))
})

/** Publishing may give the very version that the other deployment shifts to: Lambda returns it again when nothing has changed since. */
async function mayJoin(other: DeploymentDescription, release: Release, world: World): Promise<boolean> {
  const { request, held } = release
  if (request.targetVersion !== undefined) return joins(other, request, targetOf(release)?.version)
  const version = other.target?.targetVersion
  if (version === undefined || !joins(other, request, version) || isNewCode(release)) return false
  const theirs = await world.lambda.version(request.functionName, version).catch(unlessDenied)
  return !theirs || !held?.source || isSameCode(theirs.codeSha256, held.source.codeSha256)
}

/** Refuses what a release would refuse about the version, or about `$LATEST`, before it publishes. With `code`, the upload is checked. */
export const checkTarget = stage(async (release, world) => {
  const { decision, held, request } = release
  // To which version to go back is known only once the running deployment has ended.
  if (!held?.source || request.code || (goesBack(request) && decision?.kind === 'busy')) return
  const cause = await checkSource(request, held.source, world)
  if (!cause || world.cancelled.aborted) return
  await lookAgain(release, world)
  refuse(release, cause)
})

/** Ends a dry run after its plan was printed. Nothing has changed in AWS. */
export async function dryRun(releases: readonly Release[], world: World): Promise<void> {
  await Promise.all(releases.map(({ judging }) => judging))
  for (const each of releases) if (isOpen(each) && each.decision) endPlanned(each, world)
}

/** Shows the AppSpec as it would be sent. */
function endPlanned(release: Release, world: World): void {
  const { decision, record } = release
  if (decision?.kind === 'shift') {
    // The number of the new version is not known before it is published.
    record.appSpec = appSpecOf(decision.plan, decision.plan.targetVersion ?? '$LATEST').content
    world.reporter.appSpec(record, record.appSpec)
  }
  record.outcome = { kind: 'planned', ...(release.held?.alias && { serving: release.held.alias }) }
}
