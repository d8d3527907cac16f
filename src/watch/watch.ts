import { type EndingCause, mayHaveStopped } from '../deployment/leaving.ts'
import { isOver, type Observation, type Subject } from '../deployment/observation.ts'
import type { Outcome } from '../deployment/outcome.ts'
import { answeredUntil } from './answereduntil.ts'
import { causeOf, type EarlyEnd, endEarly, firstFailure, whyLeave } from './earlyend.ts'
import type { Look } from './look.ts'
import type { Measured } from './measured.ts'
import { Measuring } from './measuring.ts'
import { afterStop } from './stopped.ts'
import { isEnded, isToBeTakenBack, leaveAll, policyOf, type Stops, stopAgain, stopAll } from './stopping.ts'
import { unlessBreached } from './verdict.ts'
import { type WatchedDeployment, watchedFrom } from './watched.ts'
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

/** `aws/` gives up on each request after this long, ms. */
const longestRequestMs = 25_000

/** How long the end of the watch waits for what it would like to know, before it goes on with what is more urgent, ms. */
const soonMs = 2_000

/** However late the next look is due: the clock may be corrected meanwhile, ms. */
const longestRestMs = 60_000

/** One request can look at several deployments, so their looks are gathered for this long, ms. */
const togetherMs = 1_000

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

type Looks = readonly { watch: WatchedDeployment; look: Look }[]

class Loop {
  #world: WatchOptions
  readonly #watches: readonly WatchedDeployment[]
  readonly #stops: Stops = new Map()
  readonly #toTell: DeploymentEvent[] = []
  /** What nobody waits for any more must not fail unheard. */
  readonly #broken: unknown[] = []
  readonly #measuring: Measuring | undefined
  #judging = new AbortController()
  #earlyEnd: EarlyEnd | undefined
  /** What they serve is being read, for they go on. */
  readonly #leaving = new Set<WatchedDeployment>()
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(subjects: readonly Subject[], world: WatchOptions) {
    this.#world = world
    this.#watches = subjects.map(subject => watchedFrom(subject, world))
    const { metrics, clock, cancelled } = world
    this.#measuring =
      metrics &&
      new Measuring(this.#watches, {
        metrics,
        clock,
        cancelled,
        // It is told by the watch, in its order.
        tell: ({ subject }, events) => this.#toTell.push(...events.map(event => ({ subject, event }))),
        hasJudged: () => {
          if (this.#running.some(isToBeTakenBack)) this.#judging.abort()
        }
      })
  }

  async *run(): AsyncGenerator<readonly DeploymentEvent[], void> {
    for (;;) {
      if (this.#broken.length > 0) throw this.#broken[0]
      if (this.#toTell.length > 0) yield this.#toTell.splice(0)
      const running = this.#running
      if (running.length === 0) return
      const judged = this.#earlyEnd ? [] : running.filter(isToBeTakenBack)
      const why = whyLeave(this.#earlyEnd, this.#watches, this.#world)
      if (judged.length > 0) yield* this.#takeBack(judged)
      else if (why) yield* this.#leave(why, running)
      else if (this.#earlyEnd?.over.signal.aborted) await this.#giveUp(this.#earlyEnd, running)
      else yield* this.#restAndLook(running)
    }
  }

  /** Asks for the last figures, and for nothing after that: a loop that goes on would keep the process alive. */
  async end(): Promise<void> {
    this.#earlyEnd?.timer.abort()
    await this.#measuring?.end(this.#running.length === 0 && !this.#world.cancelled.aborted)
  }

  results(): Map<string, WatchResult> {
    return new Map(this.#watches.map(each => [each.subject.deploymentId, this.#endOf(each)]))
  }

  get #running(): WatchedDeployment[] {
    return this.#watches.filter(({ outcome }) => !outcome)
  }

  /** What ends a wait early. After a cancel, its signal has already aborted, and a wait with it would end at once. */
  get #signal(): AbortSignal | undefined {
    return this.#earlyEnd?.reason === 'interrupted' ? undefined : this.#world.cancelled
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
    this.#blockBy(why.by)
    // One that was judged is not asked for once more for another's sake.
    const isJudged = (each: WatchedDeployment) => why.reason === 'blocked' && this.#stops.has(each)
    const toStop = running.filter(each => this.#isToStop(each, end) && !isJudged(each))
    yield* this.#stopAndLeave(toStop, running, end)
  }

  /** What was not seen yet when the watch was to end is stopped or left as soon as it is. */
  async *#leaveLate(
    running: readonly WatchedDeployment[],
    end: EarlyEnd
  ): AsyncGenerator<readonly DeploymentEvent[], void> {
    this.#blockBy(undefined)
    const toStop = running.filter(each => this.#isToStop(each, end) && !this.#stops.has(each))
    yield* this.#stopAndLeave(toStop, running, end)
  }

  /** Stops some, and leaves those that go on. Neither waits for the other. */
  async *#stopAndLeave(
    toStop: readonly WatchedDeployment[],
    running: readonly WatchedDeployment[],
    end: EarlyEnd
  ): AsyncGenerator<readonly DeploymentEvent[], void> {
    const { clock } = this.#world
    const toLeave = running.filter(each => this.#isToLeave(each, end))
    for (const each of toLeave) this.#leaving.add(each)
    const soon = clock.now() + soonMs
    const leaving = leaveAll(toLeave, end, this.#stops, this.#world)
    leaving.catch(error => this.#broken.push(error))
    yield* this.#stop(toStop, end)
    await answeredUntil(leaving, soon, [this.#signal], clock)
  }

  /** Once one has failed, the others are taken back, also after a cancel. */
  #blockBy(by: string | undefined): void {
    const failed = by ?? firstFailure(this.#watches)
    const isToBlock = failed !== undefined && this.#world.blockedBy === undefined
    if (isToBlock) this.#world = { ...this.#world, blockedBy: failed }
  }

  /** One that has ended is watched on, to see its rollback, and may be the reason why the others are stopped. */
  #goesOn(watch: WatchedDeployment, end: EarlyEnd): boolean {
    return policyOf(end, watch, this.#world) === 'continue' && !isEnded(watch)
  }

  /** What has ended before it was seen has nothing to stop. */
  #isToStop(watch: WatchedDeployment, end: EarlyEnd): boolean {
    const hasEnded = !watch.seen && this.#world.hasEnded?.(watch.subject.deploymentId)
    return !this.#goesOn(watch, end) && !isEnded(watch) && !(hasEnded && this.#hasTimeToSee(end))
  }

  /** What was never seen may have ended, and is looked at first. */
  #isToLeave(watch: WatchedDeployment, end: EarlyEnd): boolean {
    const mayWait = !watch.seen && this.#hasTimeToSee(end)
    return this.#goesOn(watch, end) && !mayWait && !this.#leaving.has(watch)
  }

  /** There is still time for a look at what was never seen. */
  #hasTimeToSee({ since, until }: EarlyEnd): boolean {
    return this.#world.clock.now() < since + (until - since) / 3
  }

  async #giveUp(end: EarlyEnd, running: readonly WatchedDeployment[]): Promise<void> {
    const { clock } = this.#world
    const leaving = leaveAll(running, end, this.#stops, this.#world)
    await answeredUntil(leaving, clock.now() + longestRequestMs, [this.#signal], clock)
  }

  async *#restAndLook(
    running: readonly WatchedDeployment[]
  ): AsyncGenerator<readonly DeploymentEvent[], void> {
    const { clock, deadline } = this.#world
    const end = this.#earlyEnd
    const until = end?.until ?? deadline
    // Once the clock says that it is over, only the timer knows.
    const isPast = end !== undefined && until <= clock.now()
    const nextAt = Math.min(...running.map(each => each.lookAt), isPast ? Number.POSITIVE_INFINITY : until)
    const restedAt = running.length > 1 && !end ? this.#lookedAt + togetherMs : 0
    const dueMs = Math.max(0, nextAt - clock.now(), restedAt - clock.now())
    const restMs = Math.min(dueMs, longestRestMs)
    await (this.#measuring ? this.#measuring.rest(restMs, this.#signal) : clock.sleep(restMs, this.#signal))
    if (this.#toTell.length > 0 || (!end && running.some(isToBeTakenBack))) return
    const due = running.filter(each => each.isNearlyDue(clock.now()))
    if (due.length === 0) return
    this.#lookedAt = clock.now()
    this.#judging = new AbortController()
    const looks = this.#look(due)
    for (const each of due) void this.#tell(stopAgain(each, this.#stops, this.#world))
    const signals = [this.#signal, end ? end.over.signal : this.#judging.signal]
    const limit = end ? clock.now() + longestRequestMs : deadline
    const seen = this.#take(await answeredUntil(looks, limit, signals, clock))
    if (seen.length > 0) yield seen
    if (end) yield* this.#leaveLate(this.#running, end)
  }

  #look(due: readonly WatchedDeployment[]): Promise<Looks> {
    const { port, clock } = this.#world
    const isHurried = (watch: WatchedDeployment) => this.#earlyEnd !== undefined || this.#stops.has(watch)
    return Promise.all(
      due.map(async watch => ({ watch, look: await watch.look(port, () => clock.now(), isHurried(watch)) }))
    )
  }

  /** Takes in what looks have seen, and gives what to report, with what else is to be told. */
  #take(looks: Looks = []): DeploymentEvent[] {
    const { clock, random, stopAsked } = this.#world
    const seen = this.#toTell.splice(0)
    for (const { watch, look } of looks) {
      // It was left while it was looked at.
      if (watch.left) continue
      const stop = this.#stops.get(watch)
      const hurriedSince = this.#earlyEnd?.since ?? stop?.at
      const hurriedFor = hurriedSince === undefined ? undefined : clock.now() - hurriedSince
      const events = watch.take(look, clock.now(), random(), hurriedFor)
      const wasAsked = stopAsked?.(watch.subject.deploymentId) || (stop && mayHaveStopped(stop.result))
      const cause = causeOf(watch, this.#earlyEnd)
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

  #stop(
    watches: readonly WatchedDeployment[],
    why: EarlyEnd | { reason: 'judged' }
  ): AsyncGenerator<readonly DeploymentEvent[], void> {
    const until = 'until' in why ? { until: why.until } : {}
    return stopAll(watches, why, this.#stops, this.#world, {
      ...until,
      signal: this.#signal,
      tell: asking => this.#tell(asking)
    })
  }

  #tell(asking: Promise<readonly DeploymentEvent[]>): Promise<unknown> {
    return asking.then(
      events => this.#toTell.push(...events),
      error => this.#broken.push(error)
    )
  }

  #endOf(watch: WatchedDeployment): WatchResult {
    const { subject, outcome, seen, left, measured } = watch
    if (!outcome) throw new Error(`the watch of ${subject.deploymentId} ended without an outcome`)
    const isStopped = (end: EarlyEnd) =>
      this.#stops.size > 0 && policyOf(end, watch, this.#world) !== 'continue'
    // After the wait, there were minutes to see its rollback.
    const hasEnded = (end: EarlyEnd) =>
      end.reason === 'interrupted' && seen !== undefined && isOver(seen.deployment.status)
    const end = this.#earlyEnd
    return {
      outcome,
      ...(seen && { last: seen }),
      unfinished: left && end !== undefined && (hasEnded(end) || isStopped(end)),
      measured
    }
  }
}
