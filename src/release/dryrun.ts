import { isOver } from '../deployment/observation.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { unlessUnforeseen } from '../failure.ts'
import { goesBack } from '../inputs/request.ts'
import { inProgress, joins } from '../operations/conflict.ts'
import { type DeploymentDescription, startsWithinMs, takesBack } from '../operations/existing.ts'
import { checkSource } from '../operations/publish.ts'
import { isSameCode } from '../plan/codesha256.ts'
import { appSpecOf, type Decision } from '../plan/plan.ts'
import { patience } from '../watch/patience.ts'
import type { World } from '../world.ts'
import { decideAfter, decideNow, isElsewhere } from './afterwards.ts'
import { seenWithin } from './arrivals.ts'
import { judgeArriving, mayBeCalledOff, readAndJudge } from './judge.ts'
import { againMs, unlessDenied } from './readagain.ts'
import { isOpen, isTakenAway, note, type Release, refuse, stage } from './release.ts'
import { skipTogether } from './skip.ts'
import { targetOf } from './target.ts'
import { isNewCode } from './upload.ts'

/** A deployment that runs in the group, and whether the release would join it. */
interface Met {
  other: DeploymentDescription
  joining: 'join' | 'perhaps-join' | false
}

/**
 * Plans for when the deployment has ended that is running in the group, or refuses what a release would refuse because of it. As in a
 * release, what those deployments release is judged first, for all functions of the step.
 */
export async function planBusy(releases: readonly Release[], world: World): Promise<void> {
  const met = new Map<Release, Met>()
  const judgeAll = stage(async release => {
    const other = await meet(release, world)
    if (!other) return
    const joining = await joinedBy(other, release, world)
    met.set(release, { other, joining })
    const isJudged = other.rollsBack === undefined && (!joining || mayBeCalledOff(world))
    if (isJudged) await judgeArriving(release, other, world)
  })
  const planAll = stage(async release => {
    const found = met.get(release)
    if (found) await planAfter(found, release, world)
  })
  await judgeAll(releases, world)
  skipTogether(releases, world)
  await planAll(releases, world)
}

/** What runs in the group and has not ended. Undefined when nothing does, or after a cancel. Throws Failure. */
async function meet(release: Release, world: World): Promise<DeploymentDescription | undefined> {
  const { clock, cancelled } = world
  const until = clock.now() + startsWithinMs + patience.stale
  const ended = new Set<string>()
  while (release.decision?.kind === 'busy' && !cancelled.aborted) {
    const { deploymentIds } = release.decision
    const id = deploymentIds.find(each => !ended.has(each))
    const limitMs = Math.min(startsWithinMs, until - clock.now())
    if (limitMs <= 0) return unseen(id ?? deploymentIds[0])
    if (id !== undefined) {
      const seen = await seenWithin(limitMs, id, release, world).catch(unlessUnforeseen)
      if (cancelled.aborted) return undefined
      const other = seen ?? unseen(id)
      if (!isOver(other.status)) return other
      ended.add(id)
    } else {
      // CodeDeploy can still list a deployment as running after it has reported its end.
      await clock.sleep(againMs, cancelled)
    }
    // What follows may be its rollback.
    await readAndJudge(release, world)
  }
  return undefined
}

/** CodeDeploy lists it as running, and did not say more. */
const unseen = (id: string): DeploymentDescription => ({
  id,
  status: 'running',
  description: '',
  hasOwnAlarms: false,
  alarms: []
})

/** The plan starts from what a rollback leaves, unless only a success lets the release begin. */
async function planAfter({ other, joining }: Met, release: Release, world: World): Promise<void> {
  const { request } = release
  const { rolledBack, succeeded } = (await decideAfter(other, release, world)) ?? {}
  const ends = [rolledBack, succeeded].flatMap(each => (each?.kind === 'refuse' ? each.cause : []))
  const hopeless = ends.length === 2 ? ends[0] : undefined
  const cause =
    request.ifInProgress === 'fail' ? inProgress(other, request, other.target !== undefined) : hopeless
  if (cause && !joining) return refuse(release, cause)
  const isReplaced = request.ifInProgress === 'replace' && !takesBack(other) && rolledBack?.kind !== 'refuse'
  const shifts = [rolledBack, ...(isReplaced ? [] : [succeeded])].filter(each => each?.kind === 'shift')
  const next = rolledBack ? shifts[0] : decideNow(release)
  plan(release, next, other, joining || (isReplaced ? 'replace' : 'wait'), world)
  if (joining === 'join') noteJoined(release, other)
}

/** Whatever a release without it would begin with. */
function noteJoined({ record }: Release, { target }: DeploymentDescription): void {
  if (target?.currentVersion !== undefined) record.previousVersion = target.currentVersion
  if (target?.targetVersion !== undefined) record.version = target.targetVersion
}

/** To which version to go back is known only once the running deployment has ended, unless that one goes there. */
function plan(
  release: Release,
  next: Decision | undefined,
  other: DeploymentDescription,
  then: NonNullable<ReleaseRecord['inTheWay']>['then'],
  world: World
): void {
  const { record, request } = release
  record.inTheWay = {
    deploymentId: other.id,
    then,
    ...(isElsewhere(other.target, request) && { isElsewhere: true })
  }
  if (next?.kind !== 'shift' || (goesBack(request) && then !== 'join')) return
  note(release, next, world)
  record.previousVersion = next.plan.currentVersion
}

/**
 * Whether the deployment would be joined. Publishing may give the very version that it shifts to: Lambda returns that again when nothing
 * has changed since.
 */
async function joinedBy(
  other: DeploymentDescription,
  release: Release,
  world: World
): Promise<Met['joining']> {
  const { request, held } = release
  if (request.targetVersion !== undefined) return joins(other, request, targetOf(release)?.version) && 'join'
  const version = other.target?.targetVersion
  if (version === undefined || !joins(other, request, version) || isNewCode(release)) return false
  const theirs = await world.lambda.version(request.functionName, version).catch(unlessDenied)
  const isSame = !theirs || !held?.source || isSameCode(theirs.codeSha256, held.source.codeSha256)
  return isSame && 'perhaps-join'
}

/** Refuses what a release would refuse about the version, or about `$LATEST`, before it publishes. With `code`, the upload is checked. */
export const checkTarget = stage(async (release, world) => {
  const { held, record, request } = release
  if (isTakenAway(release)) return
  // Another version may be gone back to when the running deployment has ended.
  if (!held?.source || request.code || (goesBack(request) && record.inTheWay)) return
  const cause = await checkSource(request, held.source, world)
  if (cause && !world.cancelled.aborted) refuse(release, cause)
})

/** Ends a dry run after its plan was printed. Nothing has changed in AWS. */
export async function dryRun(releases: readonly Release[], world: World): Promise<void> {
  await Promise.all(releases.map(({ judging }) => judging))
  for (const each of releases) if (isOpen(each) && each.decision) endPlanned(each, world)
}

/** Shows the AppSpec as it would be sent. For a deployment that is joined, none is. */
function endPlanned(release: Release, world: World): void {
  const { decision, record } = release
  if (decision?.kind === 'shift' && record.inTheWay?.then !== 'join') {
    // The number of the new version is not known before it is published.
    record.appSpec = appSpecOf(decision.plan, decision.plan.targetVersion ?? '$LATEST').content
    world.reporter.appSpec(record, record.appSpec)
  }
  record.outcome = { kind: 'planned', ...(release.held?.alias && { serving: release.held.alias }) }
}
