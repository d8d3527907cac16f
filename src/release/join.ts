import type { Subject } from '../deployment/observation.ts'
import { isSameRun } from '../inputs/request.ts'
import { type DeploymentDescription, findExisting, noteExisting } from '../operations/existing.ts'
import { differences } from '../plan/differences.ts'
import { gateWarnings } from '../plan/gatewarnings.ts'
import { hooksOf, waitMsOf } from '../plan/wait.ts'
import { deploymentUrl } from '../text/links.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { type Release, refuse } from './release.ts'

/**
 * Watches an existing deployment that already does what this release was asked to do. The deployment keeps its own strategy, hooks,
 * alarms and rollback events, and the wait follows its own duration. If an earlier attempt of this run began it, it is ours. If another
 * run began it, it is left alone at a cancel and at the end of the wait, unless `if-interrupted` says otherwise.
 */
export async function join(release: Release, deployment: DeploymentDescription, world: World): Promise<void> {
  const { record, request, held } = release
  const existing = await findExisting(deployment.id, world.codedeploy, deployment)
  if (existing.kind !== 'found') return refuse(release, existing.cause)
  const group = typeof held?.group === 'object' ? held.group : undefined
  const subject: Subject = {
    ...existing.subject,
    ...(group && !deployment.hasOwnAlarms && { alarms: group.alarms })
  }
  release.subject = subject
  release.isJoined = true
  release.waitMs = waitMsOf(existing.strategy, hooksOf(subject))
  release.isOthers = !isSameRun(deployment.description, request.deploymentDescription)
  noteExisting(record, existing, world.clock.now())
  if (held?.source?.version === subject.targetVersion) record.functionArn = held.source.arn
  record.deploymentId = deployment.id
  record.consoleUrl = deploymentUrl(world.region, deployment.id)
  world.reporter.say(
    `Joining deployment ${plain(deployment.id)}, which already shifts to the same version`,
    record
  )
  for (const warning of existing.warnings) world.reporter.warn(record, warning)
  const { strategy } = existing
  const { hasOwnAlarms } = deployment
  const differs = held ? differences(request, held, { subject, strategy, hasOwnAlarms }) : []
  if (differs.length > 0)
    world.reporter.warn(
      record,
      `Deployment ${deployment.id} was started earlier and differs from what this step asks for: ${differs.join('; ')}.`
    )
  for (const warning of gateWarnings(request.gate, subject.schedule)) world.reporter.warn(record, warning)
  world.journal.created(record, subject, release.isOthers)
  world.reporter.created(record, subject)
}
