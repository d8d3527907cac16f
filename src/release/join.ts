import { isSameRun } from '../inputs/request.ts'
import { type DeploymentDescription, findExisting, noteExisting } from '../operations/existing.ts'
import { differences } from '../plan/differences.ts'
import { waitMsOf } from '../plan/wait.ts'
import { deploymentUrl } from '../text/links.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { type Release, refuse } from './release.ts'

/**
 * Watches a deployment that already does what this release was asked to do, as it is: its own strategy, hooks, alarms and rollback
 * events are in force, and its own duration is waited for. What an earlier attempt of this run began is ours; what another run began is
 * left alone at a cancel or when the wait is over, unless `if-interrupted` says otherwise.
 */
export async function join(release: Release, deployment: DeploymentDescription, world: World): Promise<void> {
  const { record, request, held } = release
  const existing = await findExisting(deployment.id, world.codedeploy, deployment)
  if (existing.kind !== 'found') return refuse(release, existing.cause)
  const { subject, strategy } = existing
  release.subject = subject
  release.waitMs = waitMsOf(strategy, subject.hooks)
  release.isOthers = !isSameRun(deployment.description, request.deploymentDescription)
  noteExisting(record, existing, world.clock.now())
  record.deploymentId = deployment.id
  record.consoleUrl = deploymentUrl(world.region, deployment.id)
  world.reporter.say(`Joining deployment ${plain(deployment.id)}, which shifts to the same version already`)
  const differs = held ? differences(request, held, existing) : []
  if (differs.length > 0)
    world.reporter.warn(
      record,
      `Deployment ${deployment.id} was started before and differs from what this step asks for: ${differs.join('; ')}.`
    )
  world.journal.created(record, subject, release.isOthers)
  world.reporter.created(record, subject)
}
