import type { Event } from '../deployment/event.ts'
import type { Gate, Verdict } from '../deployment/gate.ts'
import type { LeavingPolicy } from '../deployment/leaving.ts'
import { isOver, type Subject } from '../deployment/observation.ts'
import { causeOf } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { stepWaitMs } from '../plan/wait.ts'
import { plain } from '../text/safe.ts'
import { shiftOf } from '../watch/measured.ts'
import type { WatchResult } from '../watch/watch.ts'
import type { World } from '../world.ts'
import { appraise } from './appraise.ts'
import { follow } from './follow.ts'
import { withHookLog } from './hooklog.ts'

/** What was begun: the releases to watch. */
export interface BeginResult {
  watched: readonly WatchedRelease[]
  /** What is left to do once the watch is over. */
  finish?(): Promise<void>
  /** Undoes what was done without a deployment, if the step fails. */
  giveBack?(): Promise<void>
}

/** A release whose deployment is watched, and for how long at most. */
export interface WatchedRelease {
  record: ReleaseRecord
  subject: Subject
  /** What to do with it when the job is cancelled or the wait is over. */
  leaving: LeavingPolicy
  /** Another run began it. */
  isOthers?: boolean
  /** How long it may take, ms: how long to wait if the user does not say. */
  waitMs: number
  /** Log groups of the hooks, as far as they are known, by hook function. */
  logGroups: ReadonlyMap<string, string>
  /** Which other function of the release failed before this one was watched, and how. */
  blockedBy?: string
  /** CodeDeploy was already asked to stop it. */
  stopAsked?: boolean
  /** And to shift back. */
  shiftsBack?: boolean
  /** An earlier process of this step may have begun to revert it. */
  isReverting?: boolean
  /** Why, if that was for what its new version did. */
  verdict?: Verdict
  /** By what its new version is judged. */
  gate?: Gate
  /** The role may not read CloudWatch's figures. */
  figuresDenied?: boolean
}

/**
 * How long to keep looking after a deployment was asked to stop, ms. A cancelled step is killed ten seconds after the first signal, and
 * must report a result before that. Its post step follows what is not over by then.
 */
const graceMs = { interrupted: 6_000, 'timed-out': 5 * 60_000, blocked: 5 * 60_000 }

/** What another run began is left to that run even when a function of this one fails, unless `if-interrupted` says otherwise. */
export const isSpared = ({ isOthers, leaving }: Pick<WatchedRelease, 'isOthers' | 'leaving'>): boolean =>
  isOthers === true && leaving === 'continue'

/** Watches all deployments to their ends and reports each change as it is seen; with `wait: false`, leaves them running. */
export async function observe(
  watched: readonly WatchedRelease[],
  inputs: Pick<Inputs, 'wait' | 'waitForMinutes'> & {
    graceMs?: typeof graceMs
  },
  world: World
): Promise<void> {
  if (watched.length === 0) return
  const blockedBy = watched.find(each => each.blockedBy !== undefined)?.blockedBy
  if (!inputs.wait && blockedBy === undefined) return await leaveRunning(watched, world)
  const waitMs = stepWaitMs(
    inputs.waitForMinutes,
    watched.map(each => each.waitMs)
  )
  const of = (id: string): WatchedRelease => {
    const found = watched.find(({ subject }) => subject.deploymentId === id)
    if (!found) throw new Error(`deployment ${id} is not ours`)
    return found
  }
  // The post step neither judges nor measures: it finishes what main left.
  const measures = !world.cancelled.aborted && !watched.some(({ figuresDenied }) => figuresDenied)
  const following = {
    cancelled: world.cancelled,
    deadline: world.clock.now() + waitMs,
    leaving: (id: string) => of(id).leaving,
    isSpared: (id: string) => isSpared(of(id)),
    graceMs: inputs.graceMs ?? graceMs,
    stopAsked: (id: string) => of(id).stopAsked === true,
    shiftsBack: (id: string) => of(id).shiftsBack === true,
    hasEnded: (id: string) => isOver(of(id).record.deploymentStatus ?? ''),
    gate: (id: string) => of(id).gate,
    verdict: (id: string) => of(id).verdict,
    ...(measures && { metrics: world.metrics }),
    isOneOfMany: world.journal.records.filter(isToChange).length > 1,
    ...(blockedBy !== undefined && { blockedBy })
  }
  const subjects = watched.map(({ subject }) => subject)
  const looking = {
    ...world,
    codedeploy: datedBy(world.codedeploy, watched),
    lambda: { traffic: namedBy(world.lambda, watched) }
  }
  const ends = await follow(subjects, following, looking, seen => {
    // Before they are saved, for post begins with the latest status.
    for (const { subject, event } of seen) note(of(subject.deploymentId).record, event)
    const news = world.journal.note(seen, id => of(id).record)
    for (const { subject, event } of news) {
      const { record } = of(subject.deploymentId)
      world.github?.environment?.tell(event, record)
    }
    world.reporter.tell(news, id => of(id).record)
    world.reporter.publish()
  })
  await Promise.all([...ends].map(([id, ended]) => conclude(of(id), watched, ended, world)))
}

const isToChange = ({ outcome, skipped }: ReleaseRecord): boolean =>
  outcome?.kind !== 'unchanged' && skipped === undefined

/** CodeDeploy itself says when a deployment was created, from the first look on: the answer to CreateDeployment may have come late. */
const datedBy = (
  codedeploy: World['codedeploy'],
  watched: readonly WatchedRelease[]
): World['codedeploy'] => ({
  ...codedeploy,
  deployment: async id => {
    const reading = await codedeploy.deployment(id)
    const found = watched.find(({ subject }) => subject.deploymentId === id)
    const createdAt = reading.kind === 'value' ? reading.value.createdAt : undefined
    if (found && createdAt !== undefined) found.record.startedAt = createdAt
    return reading
  }
})

/** Whoever watches an existing deployment learns the ARNs from the alias, which is read anyway. */
const namedBy =
  (lambda: World['lambda'], watched: readonly WatchedRelease[]): World['lambda']['traffic'] =>
  async (functionName, alias) => {
    const reading = await lambda.traffic(functionName, alias)
    const arn = reading.kind === 'value' ? reading.value.arn : undefined
    const of = watched.find(({ subject }) => subject.functionName === functionName && subject.alias === alias)
    if (of && arn !== undefined) {
      of.record.aliasArn ??= arn
      of.record.functionArn ??= arn.replace(/[^:]+$/, of.subject.targetVersion)
    }
    return reading
  }

/** Keeps what is set as an output as soon as it is known. */
function note(record: ReleaseRecord, event: Event): void {
  if (event.kind === 'status' && !event.rollback) record.deploymentStatus = event.status
  if (event.kind === 'rollback-found') record.rollbackId = event.rollbackId
}

async function conclude(
  release: WatchedRelease,
  all: readonly WatchedRelease[],
  { outcome, last, unfinished, measured }: WatchResult,
  world: World
): Promise<void> {
  const { record, subject, gate, logGroups } = release
  if (last?.traffic?.readAt !== undefined) record.confirmedAt = last.traffic.readAt
  if (last) {
    const { status, createdAt, completedAt, rollbackId } = last.deployment
    record.deploymentStatus = status
    if (createdAt !== undefined) record.startedAt = createdAt
    if (rollbackId !== undefined) record.rollbackId = rollbackId
    if (completedAt !== undefined) record.endedAt = completedAt
  }
  if (unfinished) record.unfinished = true
  const shift = last && shiftOf(last, subject)
  if (shift && measured.readAt !== undefined)
    record.measured = { figures: measured.figures, shift, readAt: measured.readAt }
  if (outcome.kind === 'succeeded' && !world.cancelled.aborted) {
    const { warnings, judgement } = appraise(measured, shift, subject, world.clock.now(), gate)
    for (const warning of warnings) world.reporter.warn(record, warning)
    for (const line of judgement) world.reporter.say(plain(line), record)
    if (judgement.length > 0) record.judgement = judgement.join(' ')
  }
  // A cancelled step has no time to read logs, and a hook that we stopped has nothing to say.
  record.outcome = world.cancelled.aborted ? outcome : await withHookLog(outcome, release, all, world)
  const hook = causeOf(record.outcome)?.hook
  const group = hook && logGroups.get(hook.functionName)
  if (group) record.hookLogGroup = group
}

/** `wait: false`: nothing is watched, and the outcome says what serves at this moment. */
async function leaveRunning(watched: readonly WatchedRelease[], world: World): Promise<void> {
  await Promise.all(
    watched.map(async ({ record, subject }) => {
      const reading = await world.lambda.traffic(subject.functionName, subject.alias)
      record.outcome = { kind: 'started', ...(reading.kind === 'value' && { serving: reading.value }) }
    })
  )
}
