import { type Event, partNames } from '../deployment/event.ts'
import type { Gate, Verdict } from '../deployment/gate.ts'
import { type Observation, type Subject, shiftStartedAt } from '../deployment/observation.ts'
import type { Cause, Outcome } from '../deployment/outcome.ts'
import { isSamePhase } from '../deployment/phase.ts'
import type { Transient, WatchPort } from '../deployment/reading.ts'
import { changes } from './changes.ts'
import { figuresBeat, heartbeat, nextBeatAt } from './heartbeat.ts'
import { type Look, look } from './look.ts'
import { Measured } from './measured.ts'
import { pause, slowMs } from './pace.ts'
import { patience } from './patience.ts'
import type { Unreadable } from './queries.ts'
import { settle } from './settle.ts'
import { Silences } from './silences.ts'
import type { WatchOptions } from './world.ts'

/** Figures are told soon after they were read, or not at all: the next ones are better, ms. */
const freshMs = 30_000

/** A watched deployment: what was last seen of it, and when to look again. */
export class WatchedDeployment {
  readonly subject: Subject
  /** What both versions do meanwhile. */
  readonly measured: Measured
  /** Why it was asked to stop, if that was for what its new version does. */
  stoppedFor?: Verdict
  /** The latest observation, if there is one. */
  seen?: Observation
  /** Set when there is nothing left to wait for. */
  outcome?: Outcome
  /** Why it can no longer be seen. Set together with the outcome; it may run on. */
  lostFor?: Cause
  /** The step asked for a stop that shifts back. */
  isToShiftBack = false
  /** The watch was given up before the end was seen. */
  left = false
  /** Epoch ms. */
  lookAt: number
  readonly #watchedSince: number
  #unreadable: Unreadable = {}
  readonly #silences = new Silences()
  #phaseSince: number
  #blindSince: number | undefined
  #blind = 0
  #toldAt: number
  #lookedAt: number
  #figuresToldAt: number

  constructor(subject: Subject, now: number, gate?: Gate) {
    this.subject = subject
    this.measured = new Measured(subject, gate)
    this.#figuresToldAt = now
    this.#watchedSince = now
    this.#phaseSince = now
    this.#toldAt = now
    this.#lookedAt = now
    this.lookAt = now + pause(undefined, subject, { now, phaseSince: now, blind: 0, random: 0 })
  }

  /** Most of its pause is over, so it can be looked at together with others. */
  isNearlyDue(now: number): boolean {
    // AWS has shown that the clock was ahead.
    if (now < this.#lookedAt) return true
    return this.lookAt - now <= Math.max(0, this.lookAt - this.#lookedAt) / 3
  }

  /** Asks AWS; when `isHurried`, for everything that can show the end. Changes nothing here. */
  look(port: WatchPort, now: () => number, isHurried: boolean): Promise<Look> {
    return look(this.seen, this.subject, { port, now, unreadable: this.#unreadable, isHurried })
  }

  /** Takes in what a look saw, and returns what to report. `hurriedFor` is how long ago it was asked to end, ms, if it was. */
  take({ reading, ...parts }: Look, now: number, random: number, hurriedFor?: number): Event[] {
    const { subject } = this
    const { unreadable } = parts
    const events: Event[] = []
    for (const part of partNames)
      if (unreadable[part] !== undefined)
        events.push({ kind: 'part-unreadable', at: now, part, reason: unreadable[part] })
    this.#unreadable = { ...this.#unreadable, ...unreadable }
    if (reading.kind === 'value') {
      if (this.#blindSince !== undefined)
        events.push({ kind: 'sight-regained', at: now, afterMs: now - this.#blindSince })
      events.push(...changes(this.seen, reading.value, subject), ...this.#silences.take(parts, now))
      this.#see(reading.value, now)
      const isBlind = this.#unreadable.lifecycle !== undefined && this.#unreadable.traffic !== undefined
      if (isBlind && shiftStartedAt(reading.value) === undefined) events.push(...this.measured.goBlind(now))
    } else if (reading.kind === 'permanent' && !this.#isNewborn(reading.cause, now)) {
      this.#lose(reading.cause)
    } else {
      this.#blind += 1
      if (reading.kind === 'transient') events.push(...this.#miss(reading, now))
    }
    if (events.length > 0) this.#toldAt = now
    const figures = this.#newFigures(now)
    if (figures) events.push(figures)
    else if (events.length === 0) events.push(...this.#signOfLife(now))
    this.#lookedAt = now
    // The clock may have been corrected since.
    this.#phaseSince = Math.min(this.#phaseSince, now)
    this.lookAt =
      now +
      pause(this.seen, subject, {
        now,
        phaseSince: this.#phaseSince,
        blind: this.#blind,
        random,
        ...(hurriedFor !== undefined && { hurriedFor })
      })
    return events
  }

  /** Something was reported that was not seen in a look. A heartbeat right after it would only repeat the state before. */
  postponeHeartbeat(now: number): void {
    this.#toldAt = now
  }

  #see(seen: Observation, now: number): void {
    if (!this.seen || !isSamePhase(this.seen, seen, this.subject)) this.#phaseSince = now
    this.seen = seen
    this.#blind = 0
    this.#blindSince = undefined
    const outcome = settle(seen, this.subject, this.isToShiftBack)
    if (outcome) this.outcome = outcome
  }

  #miss(why: Transient, now: number): Event[] {
    const first = this.#blindSince === undefined
    this.#blindSince ??= now
    if (now - this.#blindSince >= patience.sight) this.#lose(sightLost(why))
    return first ? [{ kind: 'sight-lost', at: now, reason: why.reason }] : []
  }

  #lose(why: Cause): void {
    this.lostFor = why
    this.outcome = { kind: 'lost', cause: why }
  }

  #isNewborn(cause: Cause, now: number): boolean {
    return (
      cause.code === 'DeploymentDoesNotExistException' &&
      !this.seen &&
      now - this.#watchedSince < patience.newborn
    )
  }

  /** Figures are the better sign of life, and come also when there is other news. */
  #newFigures(now: number): Event | undefined {
    const { readAt = Number.NEGATIVE_INFINITY } = this.measured
    const isFresh = readAt > this.#figuresToldAt && now - readAt < freshMs
    if (!this.seen || this.#blind > 0 || this.outcome || !isFresh) return undefined
    const beat = figuresBeat(this.seen, this.subject, {
      figures: this.measured.figures,
      toldAt: this.#figuresToldAt,
      phaseSince: this.#phaseSince,
      now
    })
    if (beat) {
      this.#figuresToldAt = readAt
      this.#toldAt = now
    }
    return beat
  }

  #signOfLife(now: number): Event[] {
    if (!this.seen || this.#blind > 0 || this.outcome) return []
    const due = nextBeatAt(this.seen, this.subject, {
      toldAt: this.#toldAt,
      phaseSince: this.#phaseSince,
      now
    })
    if (now < due) return []
    // Counted from when it was due: a look can come up to 15 seconds later, and the heartbeats would drift.
    this.#toldAt = Math.max(due, now - slowMs)
    return [heartbeat(this.seen, this.subject, now)]
  }
}

/** A deployment that is to be watched, with what was known of it before. */
export function watchedFrom(
  subject: Subject,
  { clock, gate, verdict, shiftsBack }: WatchOptions
): WatchedDeployment {
  const watch = new WatchedDeployment(subject, clock.now(), gate?.(subject.deploymentId))
  const known = verdict?.(subject.deploymentId)
  if (known) watch.stoppedFor = known
  watch.isToShiftBack = shiftsBack?.(subject.deploymentId) ?? false
  return watch
}

const sightLost = ({ reason, isThrottled }: Transient): Cause => ({
  code: 'SIGHT_LOST',
  what: `Nothing could be seen of the deployment for ${patience.sight / 60_000} minutes. The last fault: ${reason}.`,
  next: isThrottled
    ? 'AWS throttles the whole account: release fewer functions at the same time, or find out who else sends so many requests (CloudTrail).'
    : 'Check the connection to AWS, and the AWS Health Dashboard.'
})
