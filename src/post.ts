import { conclude } from './conclude.ts'
import type { Verdict } from './deployment/gate.ts'
import { type LeavingPolicy, leavingOf } from './deployment/leaving.ts'
import { qualifiedName } from './deployment/names.ts'
import type { ReleaseRecord } from './deployment/record.ts'
import { causeOfFailure, Failure } from './failure.ts'
import { isSpared, observe, type WatchedRelease } from './observe/observe.ts'
import { findOurs } from './operations/createdeployment.ts'
import { confirm, readAtTheEnd } from './release/confirm.ts'
import { giveBackOne } from './release/giveback.ts'
import { revert } from './release/revert.ts'
import type { SavedRelease, SavedRun } from './state.ts'
import { deploymentUrl } from './text/links.ts'
import { plain } from './text/safe.ts'
import { verdictText } from './watch/verdict.ts'
import type { World } from './world.ts'

/** Less than the four and a half minutes or so after which the runner ends the post steps of a cancelled job, ms. */
const graceMs = 180_000

/**
 * The post step of a run that was killed, or that had no time left to see the end of what it had stopped. It stops the deployment if
 * `if-interrupted` says so, follows it to its end, and writes the summary.
 */
export async function finishRun(saved: SavedRun, world: World): Promise<void> {
  const blockedBy = saved.blockedBy
  await learnTime(saved, world)
  if (saved.releases.some(({ weights }) => weights)) return await finishWeights(saved, world)
  const isStopped = await stopEarly(saved, world)
  const watched = (await Promise.all(saved.releases.map(release => find(release, saved, world)))).flatMap(
    each => each ?? []
  )
  const undeployed = watched.length === 0 ? [] : (saved.undeployed ?? [])
  const others = undeployed.map(release => ({ ...release, events: [], warnings: [] }))
  world.journal.follow([...watched.map(({ record }) => record), ...others])
  world.reporter.publish()
  if (watched.length === 0) return
  const by =
    blockedBy ??
    (watched.length < saved.expected ? 'another function of the step was not deployed' : undefined)
  if (by !== undefined) for (const each of watched) each.blockedBy = by
  world.reporter.say('The step ended before its deployment did; finishing what it began')
  // Main may have been killed before it could say so itself.
  for (const { subject, verdict } of watched)
    if (verdict)
      world.reporter.say(
        `${plain(qualifiedName(subject))} was to be taken back: ${plain(verdictText(verdict, subject))}`
      )
  const inputs = {
    wait: true,
    stopAsked: saved.phase === 'stopping' || isStopped,
    graceMs: { interrupted: graceMs, 'timed-out': graceMs, blocked: graceMs }
  }
  const open = watched.filter(({ record }) => !record.outcome)
  await observe(open, inputs, { ...world, cancelled: AbortSignal.abort() })
  for (const { record } of watched) delete record.unfinished
  const unhurried = { ...world, cancelled: new AbortController().signal }
  // Otherwise what has succeeded is reverted, or main has already done that.
  if (by === undefined) await confirm(unhurried)
  await revert(watched, unhurried)
  await readAtTheEnd(unhurried)
  const outcome = await conclude(world)
  await world.github?.environment?.finish(outcome, world.journal.records)
}

/** Main has not confirmed the weights of all aliases, so those that it had set get back what they had. */
async function finishWeights({ releases }: SavedRun, world: World): Promise<void> {
  const weighted = releases.flatMap(({ record, weights }) =>
    weights ? [{ record: { ...record, events: [], warnings: [] } as ReleaseRecord, ...weights }] : []
  )
  world.journal.follow(weighted.map(({ record }) => record))
  world.reporter.say('The step ended before it had confirmed the weights; giving back what it may have set')
  await Promise.all(
    weighted.map(async each => {
      delete each.record.unfinished
      each.record.outcome = await giveBackOne(each, 'The step was cut short', world, 'JOB_CANCELLED')
    })
  )
  world.reporter.publish()
  await conclude(world)
}

/**
 * AWS's time is not known before its first answer, and waits would otherwise be measured by two clocks. Two services are asked, so that
 * one that does not answer keeps no stop waiting.
 */
async function learnTime({ releases: [first] }: SavedRun, { lambda, codedeploy }: World): Promise<void> {
  if (!first) return
  const { functionName, alias, deploymentId } = first.record
  const readings = [
    lambda.traffic(functionName, alias),
    ...(deploymentId === undefined ? [] : [codedeploy.deployment(deploymentId)])
  ]
  const answers = readings.map(async reading => {
    if ((await reading).kind === 'transient') throw new Error('no answer')
  })
  await Promise.any(answers).catch(() => undefined)
}

function policyFor(release: SavedRelease, { leaving: chosen, blockedBy }: SavedRun): LeavingPolicy {
  const { isOthers = false } = release
  const leaving = leavingOf(chosen, isOthers)
  if (verdictOn(release)) return 'rollback'
  return blockedBy === undefined || isSpared({ isOthers, leaving }) ? leaving : 'rollback'
}

/** Main had it stopped for what its new version did. Post does not judge, but finishes that. */
const verdictOn = ({ record }: SavedRelease): Verdict | undefined =>
  record.events?.map(event => (event.kind === 'stop-asked' ? event.verdict : undefined)).find(Boolean)

/** Stops what is known to run before looking for deployments whose id is missing. Returns whether it asked for a stop. */
async function stopEarly(saved: SavedRun, world: World): Promise<boolean> {
  const { releases } = saved
  if (releases.every(({ record }) => record.deploymentId !== undefined)) return false
  const stops = releases.flatMap(release => {
    const { deploymentId } = release.record
    const leaving = policyFor(release, saved)
    return deploymentId === undefined || leaving === 'continue'
      ? []
      : [world.codedeploy.stop(deploymentId, leaving === 'rollback')]
  })
  await Promise.all(stops)
  return stops.length > 0
}

/** CodeDeploy may still act on a request whose sender was killed: how long to wait for its deployment, ms. */
const lateMs = 30_000

/** The release with its deployment, or undefined when none was created. */
async function find(saved: SavedRelease, run: SavedRun, world: World): Promise<WatchedRelease | undefined> {
  const record: ReleaseRecord = { ...saved.record, events: saved.record.events ?? [], warnings: [] }
  const deploymentId = record.deploymentId ?? (await findLate(saved, record, world))
  if (deploymentId === undefined) return undefined
  if (record.deploymentId === undefined)
    world.reporter.say(
      `Deployment ${plain(deploymentId)} was created by this step, which never learned its id`
    )
  record.deploymentId = deploymentId
  record.consoleUrl = deploymentUrl(world.region, deploymentId)
  if (saved.reverting) record.outcome = { kind: 'succeeded' }
  const subject = { ...saved.subject, deploymentId }
  const { isOthers = false } = saved
  const verdict = verdictOn(saved)
  return {
    record,
    subject,
    leaving: policyFor(saved, run),
    isOthers,
    ...(verdict && { verdict }),
    waitMs: 0,
    logGroups: new Map()
  }
}

async function findLate(
  { fingerprint }: SavedRelease,
  record: ReleaseRecord,
  { clock, codedeploy, reporter }: World
): Promise<string | undefined> {
  const { application, group } = record
  if (!fingerprint || !application || !group) return undefined
  try {
    const searching = { codedeploy, clock, cancelled: new AbortController().signal }
    const found = await findOurs({ application, group }, fingerprint, lateMs, searching)
    if (found) {
      if (found.createdAt !== undefined) record.startedAt = found.createdAt
      return found.id
    }
    reporter.warn(
      record,
      `The step was killed while it created a deployment in group ${group}. None appeared within ${lateMs / 1_000} seconds. If one appears there later, stop it.`
    )
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    const { what, next } = causeOfFailure(failure)
    reporter.warn(
      record,
      `The step was killed while it created a deployment in group ${group}, and it could not be found out whether there is one: ${what} ${next}`
    )
  }
  return undefined
}
