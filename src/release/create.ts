import { servingVersion } from '../deployment/observation.ts'
import { Failure } from '../failure.ts'
import { createDeployment, fingerprintOf } from '../operations/createdeployment.ts'
import { appSpecOf, subjectOf } from '../plan/plan.ts'
import type { Fingerprint } from '../state.ts'
import { deploymentUrl } from '../text/links.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { join } from './join.ts'
import { judgeLive } from './judge.ts'
import { readAgain } from './readagain.ts'
import { isOpen, type Release, stage } from './release.ts'

/** How long to leave CodeDeploy alone after it refused a deployment because of another that it does not list, ms. */
const againMs = 5_000
/** What Lambda said longer ago about the alias is asked again before a deployment is created, ms. */
const freshMs = 3_000

/** Creates or joins the deployment; its id is told, set and saved before anything else happens. */
export const create = (deadline: number, hasBegun: () => boolean) =>
  stage(async (release, world) => {
    if (release.subject) return
    if (release.joining) return await join(release, release.joining, world)
    if (release.decision?.kind !== 'shift' || !release.target) return
    await refresh(release, world)
    const { decision, target } = release
    if (!isOpen(release) || decision?.kind !== 'shift' || world.cancelled.aborted) return
    const { plan } = decision
    const { record } = release
    const revision = appSpecOf(plan, target.version)
    record.appSpec = revision.content
    world.reporter.appSpec(record, revision.content)
    const watched = subjectOf(plan, target.version)
    const fingerprint = await recognisable(
      release,
      fingerprintOf(plan.deployment, revision, world.clock.now()),
      world
    )
    world.journal.creating({ record, subject: watched, fingerprint })
    const deploymentId = await createDeployment(plan.deployment, revision, fingerprint, {
      codedeploy: world.codedeploy,
      clock: world.clock,
      cancelled: world.cancelled,
      tell: line => world.reporter.say(plain(line))
    }).catch(failure => {
      if (failure instanceof Failure && !failure.mayHaveActed) world.journal.notCreated(record)
      return unlessBusy(failure, release, deadline, hasBegun, world)
    })
    if (deploymentId === undefined) return
    record.deploymentId = deploymentId
    record.consoleUrl = deploymentUrl(world.region, deploymentId)
    record.startedAt = world.clock.now()
    release.subject = { ...watched, deploymentId, ...(record.schedule && { schedule: record.schedule }) }
    world.journal.created(record, release.subject)
    world.reporter.created(record, release.subject)
  })

/**
 * CodeDeploy fails a deployment that does not start from what the alias serves. While another function of the step was made ready, or
 * waited for its turn, somebody may have moved the alias, and then another commit may be live.
 */
async function refresh(release: Release, world: World): Promise<void> {
  const { request, record, held } = release
  if (world.clock.now() - (record.confirmedAt ?? 0) <= freshMs) return
  record.confirmedAt = world.clock.now()
  const alias = await world.lambda.alias(request.functionName, request.alias)
  if (alias && held?.alias && servingVersion(alias) === servingVersion(held.alias)) return
  await readAgain(release, world)
  if (isOpen(release) && release.decision?.kind === 'shift') await judgeLive(release, world)
}

/** Where the description is not this run's own mark, an earlier run may have created the very same a moment ago. */
async function recognisable(
  { request }: Release,
  fingerprint: Fingerprint,
  world: World
): Promise<Fingerprint> {
  if (request.isMarked) return fingerprint
  const recent = await world.codedeploy.recent(request, fingerprint.since)
  return { ...fingerprint, known: recent.map(({ id }) => id) }
}

/** Somebody was faster: CodeDeploy took their deployment, and ours has to wait its turn. */
async function unlessBusy(
  failure: unknown,
  release: Release,
  deadline: number,
  hasBegun: () => boolean,
  world: World
): Promise<undefined> {
  const busy = failure instanceof Failure && failure.code === 'DeploymentLimitExceededException'
  if (!busy || release.held?.running === 'denied' || world.clock.now() >= deadline) throw failure
  await readAgain(release, world)
  if (release.decision?.kind !== 'shift') return
  if (hasBegun()) throw failure
  await world.clock.sleep(againMs, world.cancelled)
}
