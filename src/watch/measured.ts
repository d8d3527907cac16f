import type { Event } from '../deployment/event.ts'
import {
  type Figures,
  type FiguresQuery,
  merged,
  minuteMs,
  minuteOf,
  noFigures
} from '../deployment/figures.ts'
import {
  absence,
  breach,
  canStop,
  decisionMs,
  type Gate,
  isSettled,
  measurableMs,
  openGate,
  type Shift,
  type Verdict
} from '../deployment/gate.ts'
import { isOver, type Observation, type Subject, shareOf, shiftStartedAt } from '../deployment/observation.ts'
import type { Reading } from '../deployment/reading.ts'
import { durationMs, isAtOnce } from '../deployment/schedule.ts'
import { patience } from './patience.ts'

/** Points come late, some later than others: how far back they are asked for again, ms. */
const againMs = 20 * minuteMs
/** The beginning of a shift of any length is watched live, ms. */
const youngMs = 10 * minuteMs
/** How soon to ask again for figures that a gate waits for, ms. */
const retryMs = 15_000
/** How long after the shift its last points may still come, ms. */
const afterShiftMs = 12 * minuteMs

/** What is known of the versions of one deployment, and what follows from it. */
export class Measured {
  readonly #subject: Subject
  readonly #gate: Gate
  figures: Figures = noFigures
  /** Why the new version is to be taken back. */
  verdict?: Verdict
  /** When the figures were last read, epoch ms. */
  readAt?: number
  /** Since when they cannot be read, and why. */
  lost?: { at: number; reason: string; isFinal: boolean }
  #nextAt = Number.NEGATIVE_INFINITY

  constructor(subject: Subject, gate: Gate = openGate) {
    this.#subject = subject
    this.#gate = gate
  }

  /** Whether there is something to ask for, and it is time to. */
  isDue(seen: Observation | undefined, now: number): boolean {
    return this.#isOpen(seen, now) && (now >= this.#nextAt || now >= this.urgentAt(seen, now))
  }

  /** When it must be asked even at another moment than usual, epoch ms; infinite when that is not so. */
  urgentAt(seen: Observation | undefined, now: number): number {
    if (!canStop(this.#gate)) return Number.POSITIVE_INFINITY
    // A shift that another run began may be nearly over when it is first seen, so that moment is not missed.
    if (!seen) return now
    const shift = shiftOf(seen, this.#subject)
    if (!shift || !this.#isOpen(seen, now)) return Number.POSITIVE_INFINITY
    const decideAt = shift.to - decisionMs
    const isUndecided = (this.readAt ?? 0) < decideAt && now <= shift.to
    const retryAt = this.lost ? this.#nextAt : Number.POSITIVE_INFINITY
    return isUndecided ? Math.min(retryAt, Math.max(decideAt, this.lost ? this.#nextAt : 0)) : retryAt
  }

  #isOpen(seen: Observation | undefined, now: number): boolean {
    const shift = seen && shiftOf(seen, this.#subject)
    if (!seen || !shift || this.lost?.isFinal || this.verdict || isOver(seen.deployment.status)) return false
    return now <= shift.to + (canStop(this.#gate) ? afterShiftMs : 0)
  }

  /** Everything of the shift, or what CloudWatch may have added since: it goes on from where it had got, whenever it was asked. */
  query(seen: Observation | undefined, now: number): FiguresQuery | undefined {
    const shift = seen && shiftOf(seen, this.#subject)
    if (!shift || this.lost?.isFinal) return undefined
    const { functionName, alias, currentVersion, targetVersion } = this.#subject
    const from = minuteOf(Math.max(shift.since ?? shift.from, (this.figures.reached ?? 0) - againMs))
    return { functionName, alias, currentVersion, targetVersion, from, to: minuteOf(now) + minuteMs }
  }

  /** Nothing will show when traffic shifts. Returns what to report: that a gate cannot judge. */
  goBlind(now: number): Event[] {
    if (!canStop(this.#gate) || isAtOnce(this.#subject.schedule) || this.lost?.isFinal) return []
    const reason = 'Neither the lifecycle events nor the alias can be read'
    this.lost = { at: now, reason, isFinal: true }
    return [{ kind: 'figures-lost', at: now, reason, isFinal: true }]
  }

  /** Takes in an answer, and returns what to report: that a gate has lost its sight, or has it again. */
  take(reading: Reading<Figures>, seen: Observation | undefined, now: number): Event[] {
    const isNeeded = canStop(this.#gate)
    const wasLost = this.lost
    if (reading.kind !== 'value') {
      const isFinal = reading.kind === 'permanent'
      this.#nextAt = isFinal ? Number.POSITIVE_INFINITY : now + (isNeeded ? retryMs : minuteMs / 2)
      if (this.#isDone(seen, now)) return []
      // It stands inside a sentence.
      const reason = isFinal ? reading.cause.what.replace(/\.$/, '') : reading.reason
      this.lost = { at: wasLost?.at ?? now, reason, isFinal }
      // What is known may be judged only now: a minute must have been over for two.
      this.#judge(seen, now)
      const isNews = !wasLost || isFinal
      if (!isNeeded || !isNews || this.verdict) return []
      return [{ kind: 'figures-lost', at: now, reason, ...(isFinal && { isFinal }) }]
    }
    const isFirst = this.readAt === undefined
    delete this.lost
    this.readAt = now
    const shift = seen && shiftOf(seen, this.#subject)
    const isYoung = shift !== undefined && now - shift.from < youngMs
    // The first answer may come at any moment of a minute, and puts off none of the regular ones.
    this.#nextAt = isFirst
      ? now
      : now + (isYoung ? minuteMs : everyMs(this.#subject, isNeeded)) - minuteMs / 2
    this.figures = { ...merged(this.figures, reading.value), askedAt: now }
    this.#judge(seen, now)
    return wasLost && isNeeded ? [{ kind: 'figures-regained', at: now, afterMs: now - wasLost.at }] : []
  }

  /** Whether no figures could change anything any more. */
  #isDone(seen: Observation | undefined, now: number): boolean {
    const shift = seen && shiftOf(seen, this.#subject)
    if (!shift || this.readAt === undefined) return false
    return isOver(seen.deployment.status) || isSettled(this.figures, shift, now)
  }

  #judge(seen: Observation | undefined, now: number): void {
    const shift = seen && shiftOf(seen, this.#subject)
    if (this.verdict || !seen || !shift || isOver(seen.deployment.status)) return
    const verdict = breach(this.figures, shift, this.#gate, now) ?? this.#nobodyCame(seen, shift, now)
    if (verdict) this.verdict = verdict
  }

  /** Decided at the last moment, and only when CloudWatch is not later than usual. */
  #nobodyCame({ traffic }: Observation, shift: Shift, now: number): Verdict | undefined {
    // Nobody could come yet.
    if (traffic && shareOf(traffic, this.#subject.targetVersion) === 0) return undefined
    if (this.#gate.ifNoTraffic !== 'fail' || shift.to - shift.from < measurableMs) return undefined
    if (now < shift.to - decisionMs || now >= shift.to) return undefined
    const none = absence(this.figures, shift, now)
    return typeof none === 'object' && none.until > now - 4 * minuteMs ? { ...none, at: now } : undefined
  }
}

/**
 * When both versions share the traffic; undefined when they do not, or when it has not begun. CodeDeploy may begin to shift long after it
 * says so, as when the version is Pending: then the alias is as it was, and still split when all traffic should have moved.
 */
export function shiftOf(seen: Observation, { schedule, targetVersion }: Subject): Shift | undefined {
  const startedAt = shiftStartedAt(seen)
  if (startedAt === undefined || startedAt === seen.sharing?.to || isAtOnce(schedule)) return undefined
  const { traffic, unmovedAt = 0 } = seen
  const from = Math.max(startedAt, unmovedAt - patience.stale)
  const readAt = traffic && (traffic.readAt ?? seen.at)
  const isMoved = traffic !== undefined && shareOf(traffic, targetVersion) === 1
  const plannedAt = schedule ? from + durationMs(schedule) : Number.POSITIVE_INFINITY
  const isLate = readAt !== undefined && !isMoved && readAt > plannedAt
  const movedAt = schedule || !isMoved ? undefined : readAt
  const endedAt = seen.lifecycle.find(({ name }) => name === 'AllowTraffic')?.endedAt
  const to = Math.min(
    endedAt ?? seen.sharing?.to ?? movedAt ?? (isLate ? Number.POSITIVE_INFINITY : plannedAt),
    seen.deployment.completedAt ?? Number.POSITIVE_INFINITY
  )
  const since = seen.sharing?.since
  return { from, to, ...(since !== undefined && { since }), ...(schedule && { schedule }) }
}

/** A shift of minutes is asked about every minute, a shift of hours every five, or every two when a gate is to stop it. */
function everyMs({ schedule }: Subject, isNeeded: boolean): number {
  const minutes = schedule ? Math.floor(durationMs(schedule) / minuteMs / 30) : 1
  return Math.min(isNeeded ? 2 : 5, Math.max(1, minutes)) * minuteMs
}
