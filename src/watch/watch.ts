import { type EndingCause, mayHaveStopped } from '../deployment/leaving.ts'
import type { Subject } from '../deployment/observation.ts'
import { answeredUntil } from './answereduntil.ts'
import {
  causeOf,
  type EarlyEnd,
  endEarly,
  firstFailure,
  isToGiveUp,
  isToLeave,
  isToStop,
  marksOf,
  whyLeave
} from './earlyend.ts'
import { Looks } from './looks.ts'
import { Measuring } from './measuring.ts'
import { News } from './news.ts'
import { Rest } from './rest.ts'
import { resultOf, type WatchResult } from './result.ts'
import { asStopped } from './stopped.ts'
import {
  isOutOfSight,
  isStopping,
  isToBeTakenBack,
  isToStopUnseen,
  leaveAll,
  type StopCause,
  type Stops,
  stopAgain,
  stopAgainAt,
  stopAll
} from './stopping.ts'
import { type WatchedDeployment, watchedFrom } from './watched.ts'
import type { DeploymentEvent, WatchOptions } from './world.ts'

export type { WatchResult } from './result.ts'
export type { DeploymentEvent, WatchOptions } from './world.ts'

/** `aws/` gives up on each request after this long, ms. */
const longestRequestMs = 25_000

/** How long the end of the watch waits for what it would like to know, before it goes on with what is more urgent, ms. */
const soonMs = 2_000

/** How long to go on asking for a stop when nothing is left to see, ms. What has succeeded waits for that before it is reverted. */
const stoppingMs = 60_000

/** One request can look at several deployments, so there is this much at least between one look and the next, ms. */
const apartMs = 1_000

/**
 * The only loop: looks at every deployment that is still running, reports each change once, and returns how each ended, by deployment
 * id. It always ends: when AWS reports the end, at the deadline, at a cancel, or after too long without a successful read.
 */
export async function* watch(
  subjects: readonly Subject[],
  world: WatchOptions
): AsyncGenerator<readonly DeploymentEvent[], Map<string, WatchResult>> {
  const loop = new Loop(subjects, world)
  try {
    yield* loop.run()
  } finally {
    await loop.end()
  }
  return loop.results()
}

class Loop {
  #world: WatchOptions
  readonly #watches: readonly WatchedDeployment[]
  readonly #stops: Stops = new Map()
  readonly #news: News
  readonly #measuring: Measuring | undefined
  readonly #rest: Rest
  readonly #looks: Looks
  #earlyEnd: EarlyEnd | undefined
  /** What they serve is being read, for they go on. */
  readonly #leaving = new Set<WatchedDeployment>()
  #lookedAt = Number.NEGATIVE_INFINITY
  /** When there was nothing left to see, epoch ms. */
  #seenAllAt: number | undefined

  constructor(subjects: readonly Subject[], world: WatchOptions) {
    this.#world = world
    this.#watches = subjects.map(subject => watchedFrom(subject, world))
    const { metrics, clock, cancelled } = world
    this.#rest = new Rest(clock)
    this.#news = new News(() => this.#rest.end())
    this.#looks = new Looks(
      () => this.#rest.end(),
      error => this.#news.break(error)
    )
    this.#measuring =
      metrics &&
      new Measuring(this.#watches, {
        metrics,
        clock,
        cancelled,
        // It is told by the watch, in its order.
        tell: ({ subject }, events) => this.#news.add(events.map(event => ({ subject, event }))),
        hasJudged: () => this.#rest.end()
      })
  }

  async *run(): AsyncGenerator<readonly DeploymentEvent[], void> {
    for (;;) {
      const news = this.#take()
      if (news.length > 0) yield news
      const running = this.#running
      if (running.length === 0) this.#seenAllAt ??= this.#world.clock.now()
      if (running.length === 0 && this.#unseen.length === 0 && !this.#isStopping) return
      const end = this.#earlyEnd
      const why = whyLeave(end, this.#watches, this.#stops, this.#world)
      if (this.#judged.length > 0) yield* this.#takeBack(this.#judged)
      else if (why) yield* this.#leave(why, running)
      else if (end) yield* this.#goOnLeaving(end, running)
      else await this.#restAndLook(running)
    }
  }

  /** Asks for the last figures, and for nothing after that: a loop that goes on would keep the process alive. */
  async end(): Promise<void> {
    this.#earlyEnd?.timer.abort()
    await this.#measuring?.end(this.#running.length === 0 && !this.#world.cancelled.aborted)
  }

  results(): Map<string, WatchResult> {
    const how = { end: this.#earlyEnd, stops: this.#stops, world: this.#world }
    return new Map(this.#watches.map(each => [each.subject.deploymentId, resultOf(each, how)]))
  }

  get #running(): WatchedDeployment[] {
    return this.#watches.filter(({ outcome }) => !outcome)
  }

  get #stoppable(): WatchedDeployment[] {
    return this.#watches.filter(each => !each.outcome || isOutOfSight(each))
  }

  /** All or none: they can no longer be seen, and are to be taken back with the others. */
  get #unseen(): WatchedDeployment[] {
    if (this.#leaving.size > 0 || this.#earlyEnd?.over.signal.aborted) return []
    return this.#watches.filter(each => isToStopUnseen(each, this.#watches, this.#stops, this.#world))
  }

  /** A stop of what can no longer be seen is not accepted yet, and there is time for that. */
  get #isStopping(): boolean {
    const now = this.#world.clock.now()
    // Whichever way the clock was set meanwhile.
    const isLong = Math.abs(now - (this.#seenAllAt ?? now)) >= stoppingMs
    if (isLong || this.#earlyEnd?.over.signal.aborted) return false
    return this.#watches.some(each => isStopping(each, this.#stops))
  }

  get #judged(): WatchedDeployment[] {
    return this.#earlyEnd ? [] : this.#running.filter(isToBeTakenBack)
  }

  /** There is something to do before the next look. */
  get #hasNews(): boolean {
    return (
      this.#looks.hasReturned ||
      this.#news.isThere ||
      this.#judged.length > 0 ||
      this.#signal?.aborted === true
    )
  }

  /** What ends a wait early. After a cancel, its signal has already aborted, and a wait with it would end at once. */
  get #signal(): AbortSignal | undefined {
    return this.#earlyEnd?.isCancelled ? undefined : this.#world.cancelled
  }

  async *#takeBack(judged: readonly WatchedDeployment[]): AsyncGenerator<readonly DeploymentEvent[], void> {
    for (const each of judged) if (each.measured.verdict) each.stoppedFor = each.measured.verdict
    yield* this.#stop(judged, { reason: 'judged' })
  }

  async *#leave(
    why: EndingCause,
    running: readonly WatchedDeployment[]
  ): AsyncGenerator<readonly DeploymentEvent[], void> {
    this.#earlyEnd?.timer.abort()
    const end = endEarly(why, this.#world)
    this.#earlyEnd = end
    this.#looks.drop(this.#watches)
    this.#leaving.clear()
    for (const each of running) if (!each.seen) each.lookAt = end.since
    this.#blockBy(why.by)
    // One that was judged is not asked for once more for another's sake.
    const isJudged = (each: WatchedDeployment) => why.reason === 'blocked' && this.#stops.has(each)
    const seen = running.filter(each => isToStop(each, end, this.#world) && !isJudged(each))
    yield* this.#stopAndLeave([...seen, ...this.#unseen], running, end)
  }

  /** What was not seen yet when the watch was to end is stopped or left as soon as it is. */
  async *#goOnLeaving(
    end: EarlyEnd,
    running: readonly WatchedDeployment[]
  ): AsyncGenerator<readonly DeploymentEvent[], void> {
    this.#blockBy(undefined)
    const toStop = running.filter(each => isToStop(each, end, this.#world) && !this.#stops.has(each))
    yield* this.#stopAndLeave([...toStop, ...this.#unseen], running, end)
    const left = this.#running
    if (isToGiveUp(end, left, this.#stops)) await this.#giveUp(end, left)
    else if (left.length > 0 || this.#isStopping) await this.#restAndLook(left)
  }

  /** Stops some, and leaves those that go on. Neither waits for the other. */
  async *#stopAndLeave(
    toStop: readonly WatchedDeployment[],
    running: readonly WatchedDeployment[],
    end: EarlyEnd
  ): AsyncGenerator<readonly DeploymentEvent[], void> {
    const { clock } = this.#world
    const toLeave = running.filter(each => isToLeave(each, end, this.#world) && !this.#leaving.has(each))
    for (const each of toLeave) this.#leaving.add(each)
    const soon = clock.now() + soonMs
    const leaving = leaveAll(toLeave, end, this.#stops, this.#world)
    leaving.then(
      () => this.#rest.end(),
      error => this.#news.break(error)
    )
    yield* this.#stop(toStop, end)
    await answeredUntil(leaving, soon, [this.#signal], clock)
  }

  /** Once one has failed, the others are taken back, also after a cancel. */
  #blockBy(by: string | undefined): void {
    const blockedBy = this.#world.blockedBy ?? by ?? firstFailure(this.#watches)
    if (blockedBy !== undefined) this.#world = { ...this.#world, blockedBy }
  }

  async #giveUp(end: EarlyEnd, running: readonly WatchedDeployment[]): Promise<void> {
    const { clock } = this.#world
    const leaving = leaveAll(running, end, this.#stops, this.#world)
    await answeredUntil(leaving, clock.now() + longestRequestMs, [this.#signal], clock)
  }

  async #restAndLook(running: readonly WatchedDeployment[]): Promise<void> {
    const { clock } = this.#world
    const signals = [this.#signal, this.#earlyEnd?.over.signal]
    const idle = running.filter(each => !this.#looks.isUnderWay(each))
    if (!this.#hasNews) await this.#rest.take(this.#restMs(idle), signals)
    if (this.#looks.hasReturned) await this.#looks.gather(signals, clock)
    if (this.#hasNews) return
    const due = idle.filter(each => !each.outcome && each.isNearlyDue(clock.now()))
    if (due.length > 0) this.#look(due)
    for (const each of this.#stoppable) void this.#tell(stopAgain(each, this.#stops, this.#world))
  }

  /** How long to rest before the next look, ms. */
  #restMs(idle: readonly WatchedDeployment[]): number {
    const { clock, deadline } = this.#world
    const end = this.#earlyEnd
    const now = clock.now()
    // Once the clock says that it is over, only the timer knows.
    const ends = this.#seenAllAt === undefined ? [] : [this.#seenAllAt + stoppingMs]
    const marks = [...ends, ...(end ? marksOf(end).filter(at => at > now) : [deadline])]
    const running = this.#running
    const stopAt = this.#stoppable.map(each => stopAgainAt(each, this.#stops))
    const nextAt = Math.min(...idle.map(each => each.lookAt), ...marks, ...stopAt)
    // The clock may have been corrected since.
    const restedMs = running.length > 1 && !end ? Math.min(apartMs, this.#lookedAt + apartMs - now) : 0
    // A fraction of a millisecond may be too little to pass.
    return Math.ceil(Math.max(0, nextAt - now, restedMs))
  }

  #look(due: readonly WatchedDeployment[]): void {
    const { port, clock } = this.#world
    this.#lookedAt = clock.now()
    const isHurried = (each: WatchedDeployment) => this.#earlyEnd !== undefined || this.#stops.has(each)
    this.#looks.begin(due, each => each.look(port, () => clock.now(), isHurried(each)))
  }

  /** Takes in what looks have seen, and gives what to report, with what else is to be told. */
  #take(): DeploymentEvent[] {
    const { clock, random, stopAsked } = this.#world
    const seen = this.#news.take()
    for (const { watch, look } of this.#looks.take()) {
      // It was left while it was looked at.
      if (watch.left) continue
      const stop = this.#stops.get(watch)
      const hurriedSince = this.#earlyEnd?.since ?? stop?.at
      const hurriedFor = hurriedSince === undefined ? undefined : clock.now() - hurriedSince
      const events = watch.take(look, clock.now(), random(), hurriedFor)
      const wasAsked = stopAsked?.(watch.subject.deploymentId) || (stop && mayHaveStopped(stop.result))
      const cause = causeOf(watch, this.#earlyEnd)
      if (watch.outcome) watch.outcome = asStopped(watch.outcome, cause, wasAsked === true, watch)
      seen.push(...events.map(event => ({ subject: watch.subject, event })))
    }
    // What was seen of several deployments in one look happened at different times.
    return seen.sort((a, b) => a.event.at - b.event.at)
  }

  #stop(
    watches: readonly WatchedDeployment[],
    why: StopCause
  ): AsyncGenerator<readonly DeploymentEvent[], void> {
    // What becomes of the stop is in no answer that is under way.
    this.#looks.drop(watches)
    return stopAll(watches, why, this.#stops, this.#world, {
      ...(this.#earlyEnd && { until: this.#earlyEnd.until }),
      signal: this.#signal,
      tell: asking => this.#tell(asking)
    })
  }

  #tell(asking: Promise<readonly DeploymentEvent[]>): Promise<unknown> {
    return asking.then(
      events => {
        this.#news.add(events)
        if (this.#running.length === 0) this.#rest.end()
      },
      error => this.#news.break(error)
    )
  }
}
