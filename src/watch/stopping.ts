import type { Event } from '../deployment/event.ts'
import type { EndingCause, LeavingCause, LeavingPolicy, StopResult } from '../deployment/leaving.ts'
import { isOver } from '../deployment/observation.ts'
import { answeredUntil } from './answereduntil.ts'
import { isUnknown, leave } from './stopped.ts'
import { withTimeLimit } from './timelimit.ts'
import { verdictText } from './verdict.ts'
import type { WatchedDeployment } from './watched.ts'
import type { DeploymentEvent, WatchOptions } from './world.ts'

interface Stop {
  why: StopCause
  /** When it was first asked for, for this reason, epoch ms. */
  at: number
  rollBack: boolean
  /** When the latest request was sent, epoch ms. */
  sentAt: number
  /** How many requests were sent, and how many of them have no answer yet. */
  sent: number
  underWay: number
  /** What came of the latest request. */
  result: StopResult
  /** When that was known, epoch ms. */
  answeredAt: number
  /** It was told that a passing fault has hit it. */
  isFaultTold: boolean
}

export type Stops = Map<WatchedDeployment, Stop>

/** Why some are stopped. For `judged`, each has its own verdict. */
export type StopCause = EndingCause | { reason: 'judged' }

/** How long after a passing fault to ask again, ms; it is asked again less and less often. */
const againMs = 1_000
const longestAgainMs = 15_000

/** How long a stop is waited for before the looks go on without its answer, ms. */
const waitMs = 2_000

/** How long a stop may be unanswered before it is asked for again, ms. */
const answerMs = 5_000

/** How long a deployment is looked at whose stop is refused, ms: it may be ending by itself, or be stopped by somebody else. */
const refusedMs = 5_000

/** The most requests for one stop that are under way at a time: those that hang must not take all connections. */
const mostUnderWay = 2

/** It was sent, and is not answered yet. */
const pending: StopResult = {
  kind: 'failed',
  reason: 'CodeDeploy has not answered yet.',
  isPassing: false,
  mayHaveActed: true
}

/** CodeDeploy has ended the deployment, though the watch may still wait for its rollback or for the alias. */
export const isEnded = (watch: WatchedDeployment): boolean =>
  hasEnded(watch) || (watch.outcome !== undefined && !isOutOfSight(watch))

/** It can no longer be seen, and may run on. */
export const isOutOfSight = (watch: WatchedDeployment): boolean =>
  watch.lostFor !== undefined && !hasEnded(watch)

const hasEnded = ({ seen }: WatchedDeployment): boolean =>
  seen !== undefined && isOver(seen.deployment.status)

/** There is a verdict on its new version, and it was not stopped for it yet. */
export const isToBeTakenBack = (watch: WatchedDeployment): boolean =>
  watch.measured.verdict !== undefined && !watch.stoppedFor && !isEnded(watch)

/** When one function failed, the others are rolled back whatever the user chose for a cancel: a release is never left half done. */
export const policyOf = (
  { reason }: Pick<LeavingCause, 'reason'>,
  { subject, stoppedFor }: WatchedDeployment,
  { leaving, blockedBy, isSpared }: WatchOptions
): LeavingPolicy => {
  if (stoppedFor) return 'rollback'
  const isBlocked = reason === 'blocked' || blockedBy !== undefined
  const id = subject.deploymentId
  return isBlocked && !isSpared?.(id) ? 'rollback' : leaving(id)
}

/**
 * It can no longer be seen, so the others of its release are taken back, and it is taken back with them. Not when one of them was already
 * left to go on, and not when there is nothing to stop.
 */
export function isToStopUnseen(
  watch: WatchedDeployment,
  all: readonly WatchedDeployment[],
  stops: Stops,
  world: WatchOptions
): boolean {
  const { isOneOfMany = all.length > 1, hasEnded } = world
  const isThere = !isUnknown(watch.lostFor) && !hasEnded?.(watch.subject.deploymentId)
  return (
    isOneOfMany &&
    isOutOfSight(watch) &&
    isThere &&
    !stops.has(watch) &&
    policyOf({ reason: 'blocked' }, watch, world) === 'rollback' &&
    !all.some(other => other.left && !stops.has(other))
  )
}

/** It can no longer be seen, and CodeDeploy has neither accepted nor refused its stop. */
export const isStopping = (watch: WatchedDeployment, stops: Stops): boolean => {
  const result = stops.get(watch)?.result
  const isOpen = result === pending || isToAskAgain(result)
  return isOpen && isOutOfSight(watch) && !isUnknown(watch.lostFor)
}

/** CodeDeploy has refused its stop for good, and it is seen to run on: nothing is left to wait for. */
export const isStopRefused = (watch: WatchedDeployment, stops: Stops): boolean => {
  const stop = stops.get(watch)
  const runsOn = stop !== undefined && !isEnded(watch) && (watch.seen?.at ?? 0) >= stop.answeredAt + refusedMs
  return runsOn && isRefused(stop)
}

const isRefused = ({ result }: Stop): boolean =>
  result.kind === 'failed' && !result.isPassing && !result.mayHaveActed

/** Whether post is to see how one ends that was left. */
export function isUnfinished(
  watch: WatchedDeployment,
  why: EndingCause,
  stops: Stops,
  world: WatchOptions
): boolean {
  const stop = stops.get(watch)
  // A cancelled step leaves even a refusal to post, which reverts what had succeeded.
  if (why.reason !== 'interrupted' && stop && isRefused(stop)) return false
  // After the wait, there were minutes to see its rollback.
  const isRollingBack = why.reason === 'interrupted' && hasEnded(watch)
  return isRollingBack || (stops.size > 0 && policyOf(why, watch, world) !== 'continue')
}

/**
 * Reports the stops before asking for them: reporting also saves them, in case the process is killed in between. `tell` gets what came
 * of each. Waits for the answers, though not for long, not beyond `until` (epoch ms), and not when `signal` aborts.
 */
export async function* stopAll(
  running: readonly WatchedDeployment[],
  why: StopCause,
  stops: Stops,
  world: WatchOptions,
  how: {
    until?: number
    signal: AbortSignal | undefined
    tell(asking: Promise<readonly DeploymentEvent[]>): Promise<unknown>
  }
): AsyncGenerator<readonly DeploymentEvent[], void> {
  const { clock } = world
  const rollBack = (each: WatchedDeployment) => policyOf(why, each, world) === 'rollback'
  const { blockedBy: by } = world
  // By the user's choice, a cancel or the end of the wait would leave it to go on.
  const isForAnother = ({ subject, stoppedFor }: WatchedDeployment) =>
    !stoppedFor && by !== undefined && world.leaving(subject.deploymentId) === 'continue'
  const whyOf = (each: WatchedDeployment): StopCause =>
    isForAnother(each) ? { reason: 'blocked', ...(by && { by }) } : why
  const left = running.filter(each => !isEnded(each) && !mayStop(stops.get(each), clock.now()))
  if (left.length > 0)
    yield left.map(each => ({
      subject: each.subject,
      event: {
        kind: 'stop-asked',
        at: clock.now(),
        ...reasonFor(each, whyOf(each)),
        rollBack: rollBack(each)
      } as Event
    }))
  for (const each of left) each.postponeHeartbeat(clock.now())
  const telling = left.map(each =>
    how.tell(
      ask(each, begun(stops, each, { why: whyOf(each), at: clock.now(), rollBack: rollBack(each) }), world)
    )
  )
  const until = Math.min(clock.now() + waitMs, how.until ?? Number.POSITIVE_INFINITY)
  await answeredUntil(Promise.all(telling), until, how.signal, clock)
  for (const each of running) each.lookAt = clock.now()
}

/** When a stop is to be asked for once more, epoch ms: a passing fault has hit it, or it was not answered for long. */
export function stopAgainAt(watch: WatchedDeployment, stops: Stops): number {
  const stop = stops.get(watch)
  if (!stop || isEnded(watch)) return Number.POSITIVE_INFINITY
  if (stop.result === pending && stop.underWay < mostUnderWay) return stop.sentAt + answerMs
  if (!isToAskAgain(stop.result)) return Number.POSITIVE_INFINITY
  const lasts = stop.answeredAt - stop.at
  return stop.answeredAt + Math.min(longestAgainMs, Math.max(againMs, lasts / 6))
}

/**
 * Asks once more for a stop if it is time for that, and gives what to report. That it has failed is told again only when it has now been
 * refused for good. No look waits for the answer.
 */
export async function stopAgain(
  watch: WatchedDeployment,
  stops: Stops,
  world: Pick<WatchOptions, 'stop' | 'clock'>
): Promise<readonly DeploymentEvent[]> {
  const stop = stops.get(watch)
  const now = world.clock.now()
  // AWS's first answer may have set the clock back.
  if (stop && stop.answeredAt > now) Object.assign(stop, { at: now, sentAt: now, answeredAt: now })
  return stop && stopAgainAt(watch, stops) <= world.clock.now() ? ask(watch, stop, world, true) : []
}

/** A stop for a new reason. What is still to be answered goes on. */
function begun(stops: Stops, watch: WatchedDeployment, asked: Pick<Stop, 'why' | 'at' | 'rollBack'>): Stop {
  const { at } = asked
  const before = stops.get(watch) ?? { sentAt: at, sent: 0, underWay: 0, result: pending, answeredAt: at }
  const stop = Object.assign(before, { ...asked, isFaultTold: false })
  stops.set(watch, stop)
  return stop
}

/** CodeDeploy has accepted the stop, or may soon. */
const mayStop = (stop: Stop | undefined, now: number): boolean =>
  stop?.result.kind === 'asked' || (stop?.result === pending && now < stop.sentAt + answerMs)

async function ask(
  watch: WatchedDeployment,
  stop: Stop,
  world: Pick<WatchOptions, 'stop' | 'clock'>,
  isAgain?: true
): Promise<readonly DeploymentEvent[]> {
  const { clock } = world
  const { subject } = watch
  stop.sent += 1
  stop.underWay += 1
  stop.sentAt = clock.now()
  stop.result = pending
  if (stop.rollBack) watch.isToShiftBack = true
  const number = stop.sent
  const result = await world.stop(subject.deploymentId, stop.rollBack, isAgain)
  stop.underWay -= 1
  stop.answeredAt = clock.now()
  // What CodeDeploy has once accepted stays so. Otherwise the latest request counts.
  if (stop.result.kind === 'asked') return []
  const isLatest = number === stop.sent
  if (isLatest || result.kind === 'asked') stop.result = result
  // The latest was refused while this one might still act.
  else if (stop.underWay === 0 && stop.result.kind === 'failed' && result.kind === 'failed')
    stop.result = { ...stop.result, mayHaveActed: result.mayHaveActed ?? false }
  if (result.kind !== 'failed' || isEnded(watch)) return []
  const { reason, isPassing } = result
  // What is refused for good is told in any case, and a passing fault once.
  if (isPassing ? stop.isFaultTold : !isLatest) return []
  stop.isFaultTold = true
  const event: Event = { kind: 'stop-failed', at: clock.now(), reason, ...(isPassing && { isPassing }) }
  return [{ subject, event }]
}

const isToAskAgain = (stopping: StopResult | undefined): boolean =>
  stopping?.kind === 'failed' && stopping.isPassing

function reasonFor({ subject, stoppedFor }: WatchedDeployment, why: StopCause) {
  if (why.reason !== 'judged') return { reason: why.reason, ...(why.by && { by: why.by }) }
  return {
    reason: why.reason,
    ...(stoppedFor && { by: verdictText(stoppedFor, subject), verdict: stoppedFor })
  }
}

/** Ends the given watches, with what each alias serves at this moment. */
export async function leaveAll(
  running: readonly WatchedDeployment[],
  why: EndingCause & { isCancelled: boolean },
  stops: Stops,
  world: WatchOptions
): Promise<void> {
  const lookAt = async (watch: WatchedDeployment, over: Promise<undefined>) => {
    const { functionName, alias } = watch.subject
    const reading = await Promise.race([world.port.traffic(functionName, alias), over])
    const serving = reading?.kind === 'value' ? reading.value : undefined
    if (watch.outcome) return
    watch.outcome = leave(watch, serving, why, stops.get(watch)?.result)
    watch.left = true
  }
  // A cancel that comes meanwhile leaves them by itself, and for its own reason.
  const hurry = why.isCancelled ? world.cancelled : new AbortController().signal
  await withTimeLimit(hurry, world.clock, over => Promise.all(running.map(each => lookAt(each, over))))
}
