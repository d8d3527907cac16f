import { sameMap } from '../deployment/observation.ts'
import { Failure } from '../failure.ts'
import { goesBack } from '../inputs/request.ts'
import { type CreateDeploymentPort, createDeployment, fingerprintOf } from '../operations/createdeployment.ts'
import { awaiting } from '../operations/setup.ts'
import { appSpecOf, subjectOf } from '../plan/plan.ts'
import type { Fingerprint } from '../state.ts'
import { deploymentUrl } from '../text/links.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { isUnready } from './goback.ts'
import { judgeLive } from './judge.ts'
import { contradictsItself, readAgain } from './readagain.ts'
import { isOpen, type Release, stage } from './release.ts'

/** How long to wait after CodeDeploy refused a deployment because of another one that it does not list, ms. */
const againMs = 5_000
/** If the alias was read longer ago than this, it is read again before a deployment is created, ms. */
const freshMs = 3_000
/** The same limit before the first of several deployments is created. It is longer because reading many aliases takes long, ms. */
const stillFreshMs = 15_000

/** Creates the deployment. Its id is printed, set as an output and saved before anything else happens. */
export const create = (deadline: number, hasBegun: () => boolean, begun: (release: Release) => void) =>
  stage(async (release, world) => {
    if (release.subject) return
    if (release.decision?.kind !== 'shift' || !release.target) return
    await refresh(release, freshMs, world)
    const { decision, target } = release
    if (!isOpen(release) || decision?.kind !== 'shift' || world.cancelled.aborted) return
    if (isUnready(release)) return
    const { plan } = decision
    const { record } = release
    const revision = appSpecOf(plan, target.version)
    record.appSpec = revision.content
    world.reporter.appSpec(record, revision.content)
    const watched = subjectOf(plan, target.version)
    const fingerprint = await recognisable(
      release,
      fingerprintOf(plan.deployment, revision, world.clock.now(), world.earliestNow()),
      world
    )
    world.journal.creating({ record, subject: watched, fingerprint })
    const created = await createDeployment(plan.deployment, revision, fingerprint, {
      codedeploy: creatingIn(release, world),
      clock: world.clock,
      cancelled: world.cancelled,
      tell: line => world.reporter.say(plain(line), record)
    }).catch(failure => {
      if (failure instanceof Failure && !failure.mayHaveActed) world.journal.notCreated(record)
      return unlessBusy(failure, release, deadline, hasBegun, world)
    })
    if (!created) return
    const { id: deploymentId, createdAt } = created
    record.deploymentId = deploymentId
    record.consoleUrl = deploymentUrl(world.region, deploymentId)
    record.startedAt = createdAt ?? world.clock.now()
    release.subject = {
      ...watched,
      deploymentId,
      ...(record.schedule && { schedule: record.schedule }),
      ...(release.missingAlarms && { missingAlarms: release.missingAlarms })
    }
    world.journal.created(record, release.subject)
    begun(release)
    world.reporter.created(record, release.subject)
  })

/**
 * CodeDeploy fails a deployment that does not start from the version that the alias serves. While other functions of the step were
 * prepared or waited, somebody may have moved the alias, and then another commit may be live.
 */
async function refresh(release: Release, maxAgeMs: number, world: World): Promise<void> {
  const { request, record, held } = release
  const isOld = world.clock.now() - (record.confirmedAt ?? 0) > maxAgeMs
  let isMoved = contradictsItself(release)
  // Others may have shifted to another version and back: then that one served before.
  if (isOld && goesBack(request)) isMoved = true
  if (!isMoved && isOld) {
    record.confirmedAt = world.clock.now()
    const alias = await world.lambda.alias(request.functionName, request.alias)
    isMoved = !alias || !held?.alias || !sameMap(alias, held.alias)
  }
  if (isMoved) await readAgain(release, world)
  if (isOpen(release) && release.decision?.kind === 'shift') await judgeLive(release, world)
}

/** The same for all functions of the step before the first deployment is created, so that a problem with one keeps all from beginning. */
export const refreshAll = stage(async (release, world) => {
  const { decision, subject, target } = release
  if (decision?.kind === 'shift' && !subject && target) await refresh(release, stillFreshMs, world)
})

/** CodeDeploy, which may not find yet what was just set up. */
const creatingIn = ({ isSetUp }: Release, world: World): CreateDeploymentPort =>
  isSetUp ? awaiting(world.codedeploy, world) : world.codedeploy

/** If the description is not unique to this run, an earlier run may have created an identical deployment a moment ago. */
async function recognisable(release: Release, fingerprint: Fingerprint, world: World): Promise<Fingerprint> {
  const { request } = release
  if (request.isMarked) return fingerprint
  const recent = await creatingIn(release, world).recent(request, fingerprint.since)
  return { ...fingerprint, known: recent.map(({ id }) => id) }
}

/** Somebody else was faster: CodeDeploy accepted their deployment, and ours has to wait. */
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
