import type { MetricsPort } from '../deployment/figures.ts'
import { type EndingCause, type LeavingCause, mayHaveStopped } from '../deployment/leaving.ts'
import { qualifiedName } from '../deployment/names.ts'
import { isOver, type Observation, type Subject } from '../deployment/observation.ts'
import type { Outcome } from '../deployment/outcome.ts'
import { answeredUntil } from './answereduntil.ts'
import type { Measured } from './measured.ts'
import { Measuring } from './measuring.ts'
import { afterStop } from './stopped.ts'
import { isEnded, leaveAll, policyOf, type Stops, stopAgain, stopAll } from './stopping.ts'
import { inShort, unlessBreached } from './verdict.ts'
import { WatchedDeployment } from './watched.ts'
import type { DeploymentEvent, WatchOptions } from './world.ts'

export type { DeploymentEvent, WatchOptions } from './world.ts'

export interface WatchResult {
  outcome: Outcome
  /** The latest observation, if there is one. */
  last?: Observation
  /** CodeDeploy was asked to stop it, and its end was not seen. */
  unfinished: boolean
  /** What CloudWatch had of both versions, and of the shift. */
  measured: Measured
}

/** The watch has to end before its deployments do: why, since when and until when. Epoch ms. */
interface EarlyEnd extends EndingCause {
  since: number
  until: number
  /** The time until then has passed, whatever the clock says: AWS's first answer may have corrected it. */
  isOver: boolean
  /** Ends the timer that sets `isOver`. */
  timer: AbortController
}

/** `aws/` gives up on each request after this long, ms. */
const longestRequestMs = 25_000

/** How long the end of the watch waits for what it would like to know, before it goes on with what is more urgent, ms. */
const soonMs = 2_000

/** However late the next look is due: the clock may be corrected meanwhile, ms. */
const longestRestMs = 60_000

/** The shortest pause while the end of the watch is not over, though the clock says so, ms. */
const leastMs = 500

/** One request can look at several deployments, so their looks are gathered for this long, ms. */
const togetherMs = 1_000

/**
 * The only loop: looks at every deployment that is still running, reports each change once, and returns how each ended, by deployment
 * id. It always ends: when AWS reports the end, at the deadline, at a cancel, or after too long without a successful read.
 */
export async function* watch(
  subjects: readonly Subject[],
  options: WatchOptions
): AsyncGenerator<readonly DeploymentEvent[], Map<string, WatchResult>> {
  let world = options
  const { clock, cancelled } = world
  const watches = subjects.map(subject => begun(subject, world))
  const stops: Stops = new Map()
  const toTell: DeploymentEvent[] = []
  let judging = new AbortController()
  const hasJudged = () => {
    if (watches.some(each => !each.outcome && isToBeTakenBack(each))) judging.abort()
  }
  const measuring = world.metrics && measure(watches, world.metrics, world, toTell, hasJudged)
  let earlyEnd: EarlyEnd | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  // What nobody waits for any more must not fail unheard.
  const broken: unknown[] = []
  const tell = (asking: Promise<readonly DeploymentEvent[]>) =>
    asking.then(
      events => toTell.push(...events),
      error => broken.push(error)
    )
  const lookAt = (due: readonly WatchedDeployment[]) =>
    Promise.all(
      due.map(async watch => ({
        watch,
        look: await watch.look(world.port, () => clock.now(), earlyEnd !== undefined || stops.has(watch))
      }))
    )
  const take = (looks: Awaited<ReturnType<typeof lookAt>> | undefined): DeploymentEvent[] => {
    const seen: DeploymentEvent[] = toTell.splice(0)
    for (const { watch, look } of looks ?? []) {
      const stop = stops.get(watch)
      const hurriedSince = earlyEnd?.since ?? stop?.at
      const hurriedFor = hurriedSince === undefined ? undefined : clock.now() - hurriedSince
      const events = watch.take(look, clock.now(), world.random(), hurriedFor)
      const wasAsked = world.stopAsked?.(watch.subject.deploymentId) || (stop && mayHaveStopped(stop.result))
      const cause = causeOf(watch, earlyEnd)
      // What was judged stays the reason also when nothing could be done about it, and nothing is seen any more.
      const isToTell = wasAsked || (cause?.reason === 'judged' && watch.outcome?.kind === 'lost')
      if (watch.outcome && cause && isToTell)
        watch.outcome = afterStop(watch.outcome, cause, watch.subject, watch.seen ?? {})
      if (watch.outcome) watch.outcome = unlessBreached(watch.outcome, watch)
      seen.push(...events.map(event => ({ subject: watch.subject, event })))
    }
    // What was seen of several deployments in one look happened at different times.
    return seen.sort((a, b) => a.event.at - b.event.at)
  }
  try {
    for (;;) {
      if (broken.length > 0) throw broken[0]
      if (toTell.length > 0) yield toTell.splice(0)

      const running = watches.filter(each => !each.outcome)
      if (running.length === 0) break

      const judged = earlyEnd ? [] : running.filter(isToBeTakenBack)
      if (judged.length > 0) {
        for (const each of judged) if (each.measured.verdict) each.stoppedFor = each.measured.verdict
        yield* stopAll(judged, { reason: 'judged' }, stops, world, { signal: cancelled, tell })
        continue
      }

      const why = whyLeave(earlyEnd, watches, world)
      if (why) {
        earlyEnd?.timer.abort()
        const ending = begunEnd(why, world)
        earlyEnd = ending
        const { since } = ending
        // From here on all of them are taken back, also after a cancel.
        if (why.reason === 'blocked') world = { ...world, blockedBy: why.by ?? '' }
        const signal = why.reason === 'interrupted' ? undefined : cancelled
        // One that has ended is watched on, to see its rollback, and may be the reason why the others are stopped.
        const goesOn = (each: WatchedDeployment) =>
          policyOf(ending, each, world) === 'continue' && !isEnded(each)
        const isUnseen = (each: WatchedDeployment) =>
          !each.seen && (goesOn(each) || world.hasEnded?.(each.subject.deploymentId))
        const unseen = running.filter(isUnseen)
        const firstLooks = lookAt(unseen)
        firstLooks.catch(() => undefined)
        // No stop waits until it is known what those serve that go on.
        const leaving = leaveAll(
          running.filter(each => goesOn(each) && !unseen.includes(each)),
          ending,
          stops,
          world
        )
        leaving.catch(() => undefined)
        // One that was judged is not asked for once more for another's sake.
        const isJudged = (each: WatchedDeployment) => why.reason === 'blocked' && stops.has(each)
        const toStop = running.filter(each => !goesOn(each) && !isJudged(each) && !unseen.includes(each))
        yield* stopAll(toStop, ending, stops, world, { until: ending.until, signal, tell })
        const soon = Math.min(ending.until, since + soonMs)
        if (unseen.length > 0) {
          const seen = take(await answeredUntil(firstLooks, soon, signal, clock))
          if (seen.length > 0) yield seen
          const left = unseen.filter(each => !each.outcome)
          const late = left.filter(each => !goesOn(each) && !isEnded(each))
          yield* stopAll(late, ending, stops, world, { until: ending.until, signal, tell })
          await leaveAll(left.filter(goesOn), ending, stops, world)
        }
        await answeredUntil(leaving, soon, signal, clock)
        continue
      }
      if (earlyEnd?.isOver) {
        const signal = earlyEnd.reason === 'interrupted' ? undefined : cancelled
        const leaving = leaveAll(running, earlyEnd, stops, world)
        await answeredUntil(leaving, clock.now() + longestRequestMs, signal, clock)
        continue
      }

      // After a cancel, the signal has already aborted: a sleep with it would return at once.
      const signal = earlyEnd?.reason === 'interrupted' ? undefined : cancelled
      const isPast = earlyEnd !== undefined && earlyEnd.until <= clock.now()
      const endAt = isPast ? clock.now() + leastMs : (earlyEnd?.until ?? world.deadline)
      const nextAt = Math.min(...running.map(each => each.lookAt), endAt)
      const restedAt = running.length > 1 && !earlyEnd ? lookedAt + togetherMs : 0
      const dueMs = Math.max(0, nextAt - clock.now(), restedAt - clock.now())
      const restMs = Math.min(dueMs, longestRestMs)
      await (measuring ? measuring.rest(restMs, signal) : clock.sleep(restMs, signal))
      if (toTell.length > 0 || (!earlyEnd && running.some(isToBeTakenBack))) continue
      const due = running.filter(each => each.isNearlyDue(clock.now()))
      if (due.length === 0) continue
      lookedAt = clock.now()
      judging = new AbortController()
      const looks = lookAt(due)
      for (const each of due) void tell(stopAgain(each, stops, world))
      const woken = earlyEnd ? [signal] : [signal, judging.signal]
      const seen = take(await answeredUntil(looks, endAt, woken, clock))
      if (seen.length > 0) yield seen
    }
  } finally {
    earlyEnd?.timer.abort()
    // Its loop would keep the process alive.
    if (watches.some(({ outcome }) => !outcome)) await measuring?.end(false)
  }
  await measuring?.end(!cancelled.aborted)
  return new Map(watches.map(each => [each.subject.deploymentId, endOf(each, earlyEnd, stops, world)]))
}

function begunEnd(why: EndingCause, { clock, graceMs }: WatchOptions): EarlyEnd {
  const since = clock.now()
  const timer = new AbortController()
  const ending = { ...why, since, until: since + graceMs[why.reason], isOver: false, timer }
  void clock.sleep(graceMs[why.reason], timer.signal).then(() => {
    ending.isOver = true
  })
  return ending
}

function begun(subject: Subject, { clock, gate, verdict }: WatchOptions): WatchedDeployment {
  const watch = new WatchedDeployment(subject, clock.now(), gate?.(subject.deploymentId))
  const known = verdict?.(subject.deploymentId)
  if (known) watch.stoppedFor = known
  return watch
}

/** What the loop beside has to tell is told by the watch, in its order. `hasJudged` is called when there is a verdict. */
const measure = (
  watches: readonly WatchedDeployment[],
  metrics: MetricsPort,
  { clock, cancelled }: WatchOptions,
  toTell: DeploymentEvent[],
  hasJudged: () => void
): Measuring =>
  new Measuring(watches, {
    metrics,
    clock,
    cancelled,
    tell: ({ subject }, events) => toTell.push(...events.map(event => ({ subject, event }))),
    hasJudged
  })

/** There is a verdict on its new version, and it was not stopped for it yet. */
const isToBeTakenBack = (watch: WatchedDeployment): boolean =>
  watch.measured.verdict !== undefined && !watch.stoppedFor && !isEnded(watch)

/** Why a deployment was stopped: what its own version did comes before what happened to the watch afterwards. */
const causeOf = (
  { stoppedFor: verdict }: WatchedDeployment,
  earlyEnd: EarlyEnd | undefined
): LeavingCause | undefined => (verdict ? { reason: 'judged', verdict } : earlyEnd)

/** A cancel ends the watch at any time, even if the watch is already ending for another reason. */
function whyLeave(
  earlyEnd: EarlyEnd | undefined,
  watches: readonly WatchedDeployment[],
  world: WatchOptions
): EndingCause | undefined {
  if (world.cancelled.aborted && earlyEnd?.reason !== 'interrupted') return { reason: 'interrupted' }
  if (earlyEnd) return undefined
  if (world.clock.now() >= world.deadline) return { reason: 'timed-out' }
  // One that was judged is on its way out, and is seen to its end.
  const isToBlock = watches.some(each => !isEnded(each) && !each.stoppedFor)
  const by = isToBlock ? (world.blockedBy ?? firstFailure(watches)) : undefined
  return by === undefined ? undefined : { reason: 'blocked', by }
}

/** The first deployment that is seen to have failed. How its rollback ends makes no difference to the others. */
function firstFailure(watches: readonly WatchedDeployment[]): string | undefined {
  for (const { outcome, seen, subject, stoppedFor } of watches) {
    const name = qualifiedName(subject)
    if (stoppedFor) return `${name} ${inShort(stoppedFor)}`
    if (outcome && 'cause' in outcome) return `${name} ended ${outcome.kind}`
    const status = seen?.deployment.status
    if (status !== undefined && isOver(status) && status !== 'Succeeded') return `${name} ended ${status}`
  }
  return undefined
}

function endOf(
  watch: WatchedDeployment,
  earlyEnd: EarlyEnd | undefined,
  stops: Stops,
  world: WatchOptions
): WatchResult {
  const { subject, outcome, seen, left, measured } = watch
  if (!outcome) throw new Error(`the watch of ${subject.deploymentId} ended without an outcome`)
  return {
    outcome,
    ...(seen && { last: seen }),
    unfinished:
      left &&
      earlyEnd !== undefined &&
      ((seen !== undefined && isOver(seen.deployment.status)) ||
        (stops.size > 0 && policyOf(earlyEnd, watch, world) !== 'continue')),
    measured
  }
}
