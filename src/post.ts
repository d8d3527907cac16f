import type { LeavingPolicy } from './deployment/leaving.ts'
import type { ReleaseRecord } from './deployment/record.ts'
import { causeOfFailure, Failure } from './failure.ts'
import { observe, type WatchedRelease } from './observe/observe.ts'
import { findOurs } from './operations/createdeployment.ts'
import { confirm } from './release/confirm.ts'
import { revert } from './release/revert.ts'
import type { SavedRelease, SavedRun } from './state.ts'
import { plain } from './text/safe.ts'
import type { World } from './world.ts'

/** The runner ends a cancelled job's post steps after about four and a half minutes, ms. */
const graceMs = 180_000

/**
 * The post step of a run that was killed, or that had no time left to see the end of what it stopped: stops the deployment as
 * `if-interrupted` says, follows it to its end, and writes the summary.
 */
export async function finishRun(saved: SavedRun, world: World): Promise<void> {
  const blockedBy = saved.blockedBy
  const leaving = blockedBy === undefined ? saved.leaving : 'rollback'
  const isStopped = await stopEarly(saved, leaving, world)
  const watched = (await Promise.all(saved.releases.map(release => find(release, world)))).flatMap(
    each => each ?? []
  )
  world.reporter.follow(watched.map(({ record }) => record))
  if (watched.length === 0) return
  const by =
    blockedBy ??
    (watched.length < saved.expected ? 'another function of the step was not deployed' : undefined)
  if (by !== undefined) for (const each of watched) each.blockedBy = by
  world.reporter.say('The step ended before its deployment did; finishing what it began')
  const inputs = {
    wait: true,
    leaving,
    stopAsked: saved.phase === 'stopping' || isStopped,
    stopTold: saved.phase === 'stopping',
    graceMs: { interrupted: graceMs, 'timed-out': graceMs, blocked: graceMs }
  }
  const open = watched.filter(({ record }) => !record.outcome)
  await observe(open, inputs, { ...world, cancelled: AbortSignal.abort() })
  for (const { record } of watched) delete record.unfinished
  const unhurried = { ...world, cancelled: new AbortController().signal }
  await confirm(unhurried)
  await revert(watched, inputs, unhurried)
  const outcome = await world.reporter.conclude()
  await world.github?.environment?.finish(outcome, world.reporter.records)
}

/** Whether it stopped something: what is known to run is not left running while another deployment is looked for. */
async function stopEarly({ releases }: SavedRun, leaving: LeavingPolicy, world: World): Promise<boolean> {
  const ids = releases.flatMap(({ record }) => record.deploymentId ?? [])
  if (leaving === 'continue' || ids.length === releases.length) return false
  await Promise.all(ids.map(id => world.codedeploy.stop(id, leaving === 'rollback')))
  return ids.length > 0
}

/** CodeDeploy may act on a request whose sender was killed; so long its deployment is waited for, ms. */
const lateMs = 30_000

/** The release with its deployment, or undefined when none was created. */
async function find(saved: SavedRelease, world: World): Promise<WatchedRelease | undefined> {
  const record: ReleaseRecord = { ...saved.record, events: [], warnings: [] }
  const deploymentId = record.deploymentId ?? (await findLate(saved, record, world))
  if (deploymentId === undefined) return undefined
  if (record.deploymentId === undefined)
    world.reporter.say(
      `Deployment ${plain(deploymentId)} was created by this step, which never learned its id`
    )
  record.deploymentId = deploymentId
  if (saved.reverting) record.outcome = { kind: 'succeeded' }
  return { record, subject: { ...saved.subject, deploymentId }, waitMs: 0, logGroups: new Map() }
}

async function findLate(
  { fingerprint }: SavedRelease,
  record: ReleaseRecord,
  { clock, codedeploy, reporter }: World
): Promise<string | undefined> {
  const { application, group } = record
  if (!fingerprint || !application || !group) return undefined
  const until = clock.now() + lateMs
  try {
    for (;;) {
      const found = await findOurs({ application, group }, fingerprint, codedeploy)
      if (found !== undefined) return found
      if (clock.now() >= until) break
      await clock.sleep(5_000)
    }
    reporter.warn(
      record,
      `The step was killed while it created a deployment in group ${group}. None turned up within ${lateMs / 1_000} seconds; should one appear there later, stop it.`
    )
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    const { what, next } = causeOfFailure(failure)
    reporter.warn(
      record,
      `The step was killed while it created a deployment in group ${group}, and whether there is one could not be found out: ${what} ${next}`
    )
  }
  return undefined
}
