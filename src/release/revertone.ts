import { qualifiedName } from '../deployment/names.ts'
import { isWhollyOn, noSafeguards, type Subject } from '../deployment/observation.ts'
import { causeOf, type Outcome } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { scheduleOf } from '../deployment/strategy.ts'
import { causeOfFailure, Failure, unlessUnforeseen } from '../failure.ts'
import { follow } from '../observe/follow.ts'
import type { WatchedRelease } from '../observe/observe.ts'
import { createDeployment, findOurs, fingerprintOf } from '../operations/createdeployment.ts'
import { unlessStale } from '../operations/readiness.ts'
import { type AppSpec, appSpec } from '../plan/appspec.ts'
import { type DeploymentRequest, unguarded, withGroupAlarms } from '../plan/deploymentrequest.ts'
import { revertMark } from '../plan/revertmark.ts'
import type { Fingerprint } from '../state.ts'
import { plain } from '../text/safe.ts'
import { patience } from '../watch/patience.ts'
import type { World } from '../world.ts'
import { notReverted, perhapsReverted } from './notreverted.ts'

/** Plenty: all at once and without hooks, a deployment takes seconds, ms. */
const waitMs = 5 * 60_000
/** An alias that was read longer ago is read again before it is reverted, ms. */
const freshMs = 5_000
const configuration = 'CodeDeployDefault.LambdaAllAtOnce'

/**
 * Reverts a function whose deployment has succeeded to its previous version. `by` says what failed. Returns how that ended, or undefined
 * if the job was cancelled first.
 */
export async function revertOne(
  release: WatchedRelease,
  by: string,
  world: World
): Promise<Outcome | undefined> {
  const { record, subject, isReverting = false } = release
  const name = qualifiedName(subject)
  const because = `All or none: ${by}`
  try {
    const nothingToDo = await endWithout(release, because, world)
    if (world.cancelled.aborted) return undefined
    if (nothingToDo) return nothingToDo
    world.reporter.say(
      `${plain(because)}; reverting ${plain(name)} from v${plain(subject.targetVersion)} to v${plain(subject.currentVersion)}`
    )
    // From here on there is no other end, even if what had failed succeeds after all.
    world.journal.reverting([record], by)
    const revert = revertOf(record, subject, world)
    const searchedAt = world.clock.now()
    const found = await findRevert(revert, isReverting ? patience.stale : 0, world)
    // What may be ours can stay unreadable for a minute, and act meanwhile.
    const hasTakenLong = !found && world.clock.now() - searchedAt > freshMs
    const done = hasTakenLong ? await endWithout(release, because, world).catch(unlessUnforeseen) : undefined
    if (!found && world.cancelled.aborted) return undefined
    if (done) return done
    const deploymentId = found ?? (await createRevert(revert, record, world))
    const back = {
      ...revert.shift,
      deploymentId,
      ...noSafeguards,
      schedule: scheduleOf({ type: 'AllAtOnce' })
    }
    record.rollbackId = deploymentId
    world.reporter.publish()
    const outcome = await settled(back, record, world)
    if (outcome.kind === 'interrupted') return undefined
    if (outcome.kind === 'succeeded')
      return blocked(`${because}, so ${name} was reverted by deployment ${deploymentId}.`, outcome.serving)
    // Another run that had joined the same deployment may have reverted it first.
    if (outcome.serving && isWhollyOn(outcome.serving, subject.currentVersion))
      return blocked(again(because, subject), outcome.serving)
    const what = causeOf(outcome)?.what ?? outcome.kind
    return await notReverted(release, because, { what, serving: outcome.serving, deploymentId }, world)
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    if (world.cancelled.aborted) return undefined
    const reading = await world.lambda.traffic(subject.functionName, subject.alias)
    const serving = reading.kind === 'value' ? reading.value : undefined
    if (serving && isWhollyOn(serving, subject.currentVersion))
      return blocked(again(because, subject), serving)
    const { what, message } = causeOfFailure(failure)
    if (failure.action === 'codedeploy:CreateDeployment' && failure.mayHaveActed)
      return perhapsReverted(subject, because, what)
    const isBusy = failure.code === 'DeploymentLimitExceededException'
    const reason = { what, serving, isBusy, ...(message !== undefined && { message }) }
    return await notReverted(release, because, reason, world)
  }
}

/** How it ends without a deployment, because it has already been reverted or was moved; undefined if it is to be reverted. */
async function endWithout(
  release: Pick<WatchedRelease, 'record' | 'subject'>,
  because: string,
  world: World
): Promise<Outcome | undefined> {
  const { subject } = release
  // It has just been seen on the target, and Lambda may still show what was there before.
  const alias = await unlessStale(
    () => world.lambda.alias(subject.functionName, subject.alias),
    each => !each || !isWhollyOn(each, subject.targetVersion),
    world
  )
  // An earlier process of this step, or somebody else, has already reverted it.
  if (alias && isWhollyOn(alias, subject.currentVersion)) return blocked(again(because, subject), alias)
  if (!alias || !isWhollyOn(alias, subject.targetVersion))
    return await notReverted(
      release,
      because,
      { what: 'somebody else has moved the alias in the meantime', serving: alias },
      world
    )
  return undefined
}

const again = (because: string, subject: Subject): string =>
  `${because}, and ${qualifiedName(subject)} is on version ${subject.currentVersion} again.`

const blocked = (what: string, serving: Outcome['serving']): Outcome => ({
  kind: 'rolled-back',
  ...(serving && { serving }),
  cause: { code: 'HELD_BACK', what, next: 'Fix the other one, then release all of them again.' }
})

interface Revert {
  shift: Omit<Subject, keyof typeof noSafeguards | 'deploymentId' | 'schedule'>
  request: DeploymentRequest
  revision: AppSpec
  fingerprint: Fingerprint
  /** The deployment that it reverts was created before any revert, epoch ms. */
  since: number
}

/** A deployment from the target back to the previous version, without hooks, alarms or a rollback of its own. */
function revertOf(record: ReleaseRecord, subject: Subject, { clock }: World): Revert {
  const { application = '', group = '' } = record
  const { functionName, alias, currentVersion, targetVersion } = subject
  const shift = {
    functionName,
    alias,
    currentVersion: targetVersion,
    targetVersion: currentVersion,
    hooks: {}
  }
  const revision = appSpec(shift)
  const request: DeploymentRequest = {
    application,
    group,
    description: revertMark(subject.deploymentId),
    configuration,
    ...unguarded
  }
  const fingerprint = fingerprintOf(request, revision, clock.now())
  const since = Math.min(fingerprint.since, record.startedAt ?? fingerprint.since)
  return { shift, request, revision, fingerprint, since }
}

/**
 * The id of the deployment that an earlier process of this step, or another run that had joined the same deployment, has already created;
 * undefined when there is none, or when that cannot be told: CodeDeploy refuses a second one while the first runs. Looks for `searchMs`.
 */
async function findRevert(
  { request, fingerprint, since }: Revert,
  searchMs: number,
  world: World
): Promise<string | undefined> {
  const found = await findOurs(request, { ...fingerprint, since }, searchMs, world).catch(unlessUnforeseen)
  return found?.id
}

/** Gives the id of the deployment. Throws Failure. */
async function createRevert(
  { request, revision, fingerprint }: Revert,
  record: ReleaseRecord,
  world: World
): Promise<string> {
  const starting = {
    codedeploy: world.codedeploy,
    clock: world.clock,
    cancelled: world.cancelled,
    ...(world.patienceMs !== undefined && { patienceMs: world.patienceMs }),
    // Every run that joined the deployment reverts it by the same one.
    isShared: true,
    tell: (line: string) => world.reporter.say(plain(line), record)
  }
  const { id } = await createDeployment(request, revision, fingerprint, starting).catch(failure => {
    if (!(failure instanceof Failure) || failure.kind !== 'denied') throw failure
    return createDeployment({ ...request, ...withGroupAlarms }, revision, fingerprint, starting)
  })
  return id
}

/** Follows the deployment to its end, or until the job is cancelled. */
async function settled(subject: Subject, record: ReleaseRecord, world: World): Promise<Outcome> {
  const following = {
    cancelled: world.cancelled,
    deadline: world.clock.now() + waitMs,
    leaving: () => 'continue' as const,
    graceMs: { interrupted: 0, 'timed-out': 0, blocked: 0 }
  } as const
  const ends = await follow([subject], following, world, seen => {
    const news = world.journal.note(seen, () => record)
    world.reporter.tell(news, () => record)
  })
  const ended = ends.get(subject.deploymentId)
  if (!ended) throw new Error(`the watch of ${subject.deploymentId} has no end`)
  return ended.outcome
}
