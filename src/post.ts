import { conclude } from './conclude.ts'
import type { Verdict } from './deployment/gate.ts'
import { type LeavingPolicy, leavingOf } from './deployment/leaving.ts'
import { qualifiedName } from './deployment/names.ts'
import { type Cause, causeOf } from './deployment/outcome.ts'
import type { Reading, Transient } from './deployment/reading.ts'
import type { ReleaseRecord } from './deployment/record.ts'
import { causeOfFailure, Failure } from './failure.ts'
import { isSpared, observe, type WatchedRelease } from './observe/observe.ts'
import { findOurs } from './operations/createdeployment.ts'
import { confirm, readAtTheEnd } from './release/confirm.ts'
import { giveBackOne } from './release/giveback.ts'
import { isNotYetCreated } from './release/lastalias.ts'
import { revert } from './release/revert.ts'
import type { SavedRelease, SavedRun } from './state.ts'
import { deploymentUrl } from './text/links.ts'
import { plain } from './text/safe.ts'
import { answeredUntil } from './watch/answereduntil.ts'
import { withTimeLimit } from './watch/timelimit.ts'
import { inShort, verdictText } from './watch/verdict.ts'
import type { World } from './world.ts'

/** Less than the four and a half minutes or so after which the runner ends the post steps of a cancelled job, ms. */
const graceMs = 180_000
/** Until then, aliases are read again at the end, ms after the beginning. */
const confirmsMs = 240_000
/** How long post waits for credentials before it goes by the machine's clock, and between two tries, ms. */
const learnsMs = 40_000
const againMs = 2_000
/** How long the search for a deployment waits for stops to be answered, ms. */
const earlyMs = 5_000

/**
 * The post step of a run that was killed, or that had no time left to see the end of what it had stopped. It stops the deployment if
 * `if-interrupted` says so, follows it to its end, and writes the summary.
 */
export async function finishRun(saved: SavedRun, world: World): Promise<void> {
  const [late, done] = [new AbortController(), new AbortController()]
  void world.clock.sleep(confirmsMs, done.signal).then(() => late.abort())
  try {
    await finishWithin(saved, late.signal, world)
  } finally {
    done.abort()
  }
}

async function finishWithin(saved: SavedRun, late: AbortSignal, world: World): Promise<void> {
  await learnTime(saved, world)
  if (saved.releases.some(({ weights }) => weights)) return await finishWeights(saved, world)
  const judged = judgedIn(saved)
  const run = saved.blockedBy === undefined && judged !== undefined ? { ...saved, blockedBy: judged } : saved
  const stoppedEarly = await stopEarly(run, world)
  const found = await Promise.all(
    run.releases.map(release => find(release, recordOf(release.record), run, stoppedEarly, world))
  )
  const watched = found.filter(each => 'subject' in each)
  const undeployed = [
    ...found.filter(each => 'cause' in each),
    ...(saved.undeployed ?? []).map(each => ({ record: recordOf(each), cause: notDeployed }))
  ]
  const others = undeployed.map(({ record }) => record)
  world.journal.follow([...watched.map(({ record }) => record), ...others])
  world.reporter.publish()
  const by = run.blockedBy ?? others.filter(each => isInTheWay(each, run)).map(ended)[0]
  if (by !== undefined) for (const each of watched) each.blockedBy = by
  if (watched.length > 0)
    world.reporter.say('The step ended before its deployment did; finishing what it began')
  // Main may have been killed before it could say so itself.
  for (const { subject, verdict } of watched)
    if (verdict)
      world.reporter.say(
        `${plain(qualifiedName(subject))} was to be taken back: ${plain(verdictText(verdict, subject))}`
      )
  const inputs = {
    wait: true,
    graceMs: { interrupted: graceMs, 'timed-out': graceMs, blocked: graceMs },
    ...(run.endedFor && { endedFor: run.endedFor })
  }
  const open = watched.filter(({ record }) => !record.outcome)
  await observe(open, inputs, { ...world, cancelled: AbortSignal.abort() })
  for (const record of world.journal.records) delete record.unfinished
  await endOpen(undeployed, world)
  const unhurried = { ...world, cancelled: new AbortController().signal }
  // Otherwise what has succeeded is reverted, or main has already done that.
  if (by === undefined) await confirm(unhurried, late)
  await revert(watched, unhurried)
  await readAtTheEnd(unhurried, late)
  const outcome = await conclude(world)
  await world.github?.environment?.finish(outcome, world.journal.records)
}

const recordOf = (
  saved: Partial<ReleaseRecord> & Pick<ReleaseRecord, 'functionName' | 'alias'>
): ReleaseRecord => ({
  events: [],
  ...saved,
  warnings: []
})

/** All are released, or none; unless a release was skipped on purpose. */
const isNotReleased = ({ outcome, skipped }: ReleaseRecord): boolean =>
  skipped === undefined && (outcome === undefined || causeOf(outcome) !== undefined)

/** The others are not to go on without it. A missing alias is no reason for that, unless nobody would watch them. */
const isInTheWay = (record: ReleaseRecord, { waits }: SavedRun): boolean =>
  isNotReleased(record) && (waits === false || !isNotYetCreated(record))

const ended = (record: ReleaseRecord): string =>
  `${qualifiedName(record)} ${record.outcome ? `ended ${record.outcome.kind}` : 'was not deployed'}`

/** Which function was judged, if there are others: main was killed before it could say so. */
function judgedIn({ releases, undeployed = [] }: SavedRun): string | undefined {
  if (releases.length + undeployed.length === 1) return undefined
  for (const release of releases) {
    const verdict = verdictOn(release)
    if (verdict) return `${qualifiedName(release.record)} ${inShort(verdict)}`
  }
  return undefined
}

/** A release that has no deployment, as far as post could find out, and how it ends unless main has said so. */
interface Undeployed {
  record: ReleaseRecord
  cause: Cause
}

const notDeployed: Cause = {
  code: 'JOB_CANCELLED',
  what: 'The step ended before this function was deployed.',
  next: 'Run the step again when you mean to release.'
}

/** Main was killed before these had an outcome. It may have created an alias in its last moment, so each is read. */
async function endOpen(undeployed: readonly Undeployed[], { lambda, clock }: World): Promise<void> {
  const open = undeployed.filter(({ record }) => !record.outcome)
  await withTimeLimit(AbortSignal.abort(), clock, over =>
    Promise.all(
      open.map(async ({ record, cause }) => {
        const reading = await Promise.race([lambda.traffic(record.functionName, record.alias), over])
        const serving = reading?.kind === 'value' && { serving: reading.value }
        record.outcome = { kind: 'interrupted', ...serving, cause }
      })
    )
  )
}

/** Main has not confirmed the weights of all aliases, so those that it had set get back what they had. */
async function finishWeights({ releases, undeployed = [] }: SavedRun, world: World): Promise<void> {
  const weighted = releases.flatMap(({ record, weights }) =>
    weights ? [{ record: recordOf(record), ...weights }] : []
  )
  const others = undeployed.map(each => ({ record: recordOf(each), cause: notDeployed }))
  world.journal.follow([...weighted, ...others].map(({ record }) => record))
  world.reporter.say('The step ended before it had confirmed the weights; giving back what it may have set')
  await Promise.all(
    weighted.map(async each => {
      delete each.record.unfinished
      each.record.outcome = await giveBackOne(each, 'The step was cut short', world, 'JOB_CANCELLED')
    })
  )
  await endOpen(others, world)
  world.reporter.publish()
  await conclude(world)
}

/**
 * AWS's time is not known before its first answer, and waits would otherwise be measured by two clocks. Two services are asked, so that
 * one that does not answer keeps no stop waiting. Both are asked again while there are no credentials: no stop can be sent either. CodeDeploy
 * also says in which group each deployment is, for a stop that is refused.
 */
async function learnTime({ releases }: SavedRun, world: World): Promise<void> {
  const [first] = releases
  if (!first) return
  const { lambda, codedeploy, clock, reporter } = world
  const ids = releases.flatMap(({ record }) => record.deploymentId ?? [])
  const begunAt = world.elapsed()
  for (let tries = 1; ; tries++) {
    const readings = [
      lambda.traffic(first.record.functionName, first.record.alias),
      ...ids.map(id => codedeploy.deployment(id))
    ]
    const unsent = await firstUnsent(readings)
    if (!unsent || world.elapsed() - begunAt >= learnsMs) return
    if (tries === 1) reporter.say(`No credentials yet (${plain(unsent.reason)}); asking again`)
    await clock.sleep(againMs)
  }
}

/** Why nothing was sent; undefined as soon as one has an answer, or if none has any for another reason. */
async function firstUnsent(readings: readonly Promise<Reading<unknown>>[]): Promise<Transient | undefined> {
  const failures: Transient[] = []
  const answers = readings.map(async reading => {
    const read = await reading
    if (read.kind !== 'transient') return
    failures.push(read)
    throw new Error('no answer')
  })
  return await Promise.any(answers).then(
    () => undefined,
    () => failures.find(({ isWithoutCredentials }) => isWithoutCredentials)
  )
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

/** Stops what is known to run before looking for deployments whose id is missing. Returns what it asked to stop. */
async function stopEarly(saved: SavedRun, { codedeploy, clock }: World): Promise<ReadonlySet<string>> {
  const { releases } = saved
  const stopped = new Set<string>()
  if (releases.every(({ record }) => record.deploymentId !== undefined)) return stopped
  const stops = releases.map(async release => {
    const { deploymentId } = release.record
    const leaving = policyFor(release, saved)
    if (deploymentId === undefined || leaving === 'continue') return
    stopped.add(deploymentId)
    await codedeploy.stop(deploymentId, leaving === 'rollback')
  })
  await answeredUntil(Promise.all(stops), clock.now() + earlyMs, undefined, clock)
  return stopped
}

/** With `wait: false`, each goes on by itself once all of them exist. */
const isUnwatched = ({ waits, blockedBy, releases, undeployed = [] }: SavedRun): boolean =>
  waits === false &&
  blockedBy === undefined &&
  releases.every(({ record }) => record.deploymentId !== undefined) &&
  !undeployed.map(recordOf).some(isNotReleased)

const wasStopped = ({ record }: SavedRelease): boolean =>
  record.events?.some(({ kind }) => kind === 'stop-asked') === true

/** CodeDeploy may still act on a request whose sender was killed: how long to wait for its deployment, ms. */
const lateMs = 30_000

/** The release with its deployment, or why it has none. */
async function find(
  saved: SavedRelease,
  record: ReleaseRecord,
  run: SavedRun,
  stoppedEarly: ReadonlySet<string>,
  world: World
): Promise<WatchedRelease | Undeployed> {
  const deploymentId = record.deploymentId ?? (await findLate(saved, record, world))
  if (typeof deploymentId !== 'string') return { record, cause: deploymentId }
  if (record.deploymentId === undefined)
    world.reporter.say(
      `Deployment ${plain(deploymentId)} of ${plain(qualifiedName(record))} was created by this step, which never learned its id`
    )
  record.deploymentId = deploymentId
  record.consoleUrl = deploymentUrl(world.region, deploymentId)
  if (saved.reverting) record.outcome = { kind: 'succeeded' }
  const subject = { ...saved.subject, deploymentId }
  const { isOthers = false } = saved
  const verdict = verdictOn(saved)
  // While it created deployments, main stopped all that there were, without a note about each.
  const isStopping = run.phase === 'stopping' && !run.releases.some(wasStopped)
  const leaving = policyFor(saved, run)
  const wasShiftedBack = saved.record.events?.some(event => event.kind === 'stop-asked' && event.rollBack)
  return {
    record,
    subject,
    leaving,
    isOthers: isOthers || isUnwatched(run),
    ...(saved.reverting && { isReverting: true }),
    shiftsBack: wasShiftedBack === true || (isStopping && leaving === 'rollback'),
    stopAsked: isStopping || wasStopped(saved) || stoppedEarly.has(deploymentId),
    ...(verdict && { verdict }),
    waitMs: 0,
    logGroups: new Map()
  }
}

/** The id of its deployment, or why there is none. */
async function findLate(
  { fingerprint }: SavedRelease,
  record: ReleaseRecord,
  { clock, codedeploy }: World
): Promise<string | Cause> {
  const { application, group } = record
  if (!fingerprint || !application || !group) return notDeployed
  const creating = `The step ended while it created a deployment in group ${group}`
  try {
    const searching = { codedeploy, clock, cancelled: new AbortController().signal }
    const found = await findOurs({ application, group }, fingerprint, lateMs, searching)
    if (found) {
      if (found.createdAt !== undefined) record.startedAt = found.createdAt
      return found.id
    }
    return {
      ...notDeployed,
      what: `${creating}, and none appeared within ${lateMs / 1_000} seconds.`,
      next: `If one appears there later, stop it. ${notDeployed.next}`
    }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    const cause = causeOfFailure(failure)
    return {
      ...cause,
      code: notDeployed.code,
      what: `${creating}, and it could not be found out whether there is one: ${cause.what}`,
      next: `See in the group whether one runs, and stop it. ${cause.next}`
    }
  }
}
