import type { Event } from '../deployment/event.ts'
import type { Observation, Subject } from '../deployment/observation.ts'
import type { Cause, Outcome } from '../deployment/outcome.ts'
import { type Phase, phaseOf } from '../deployment/phase.ts'
import type { WatchPort } from '../deployment/reading.ts'
import { changes } from './changes.ts'
import { heartbeat, nextBeatAt } from './heartbeat.ts'
import { type Look, look } from './look.ts'
import { pause, slowMs } from './pace.ts'
import { patience } from './patience.ts'
import type { Unreadable } from './queries.ts'
import { settle } from './settle.ts'

/** One deployment that is watched: what was seen of it last, and when to look again. */
export class WatchedDeployment {
  readonly subject: Subject
  /** The last that was seen, if anything was. */
  seen?: Observation
  /** Set when there is nothing left to wait for. */
  outcome?: Outcome
  /** The watch was given up before the end was seen. */
  left = false
  /** Epoch ms. */
  lookAt: number
  readonly #begun: number
  #unreadable: Unreadable = {}
  #phase?: Phase
  #phaseSince: number
  #blindSince: number | undefined
  #blind = 0
  #toldAt: number
  #lookedAt: number

  constructor(subject: Subject, now: number) {
    this.subject = subject
    this.#begun = now
    this.#phaseSince = now
    this.#toldAt = now
    this.#lookedAt = now
    this.lookAt = now + pause(undefined, subject, { now, phaseSince: now, blind: 0, random: 0 })
  }

  /** Near enough to come along when others are looked at: most of its pause is over. */
  isNearlyDue(now: number): boolean {
    return this.lookAt - now <= Math.max(0, this.lookAt - this.#lookedAt) / 3
  }

  /** Asks AWS, for everything that may tell of an end when `isHurried`. Changes nothing here. */
  look(port: WatchPort, now: () => number, isHurried: boolean): Promise<Look> {
    return look(this.seen, this.subject, { port, now, unreadable: this.#unreadable, isHurried })
  }

  /** Takes in what a look saw, and returns what to tell of it. `hurriedFor` is how long ago its end was asked for, ms, if it was. */
  take({ reading, unreadable }: Look, now: number, random: number, hurriedFor?: number): Event[] {
    const { subject } = this
    const events: Event[] = []
    for (const part of ['lifecycle', 'traffic'] as const)
      if (unreadable[part] !== undefined)
        events.push({ kind: 'part-unreadable', at: now, part, reason: unreadable[part] })
    this.#unreadable = { ...this.#unreadable, ...unreadable }
    if (reading.kind === 'value') {
      if (this.#blindSince !== undefined)
        events.push({ kind: 'sight-regained', at: now, afterMs: now - this.#blindSince })
      events.push(...changes(this.seen, reading.value, subject))
      this.#see(reading.value, now)
    } else if (reading.kind === 'permanent' && !this.#isNewborn(reading.cause, now)) {
      this.outcome = { kind: 'lost', cause: withHowToWatchAgain(reading.cause, subject) }
    } else {
      this.#blind += 1
      if (reading.kind === 'transient') events.push(...this.#miss(reading.reason, now))
    }
    if (events.length > 0) this.#toldAt = now
    else events.push(...this.#signOfLife(now))
    this.#lookedAt = now
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

  /** Something was told of it that was not seen, so that a sign of life right after it would only repeat what it did before. */
  hush(now: number): void {
    this.#toldAt = now
  }

  #see(seen: Observation, now: number): void {
    const phase = phaseOf(seen)
    if (phase !== this.#phase) {
      this.#phase = phase
      this.#phaseSince = now
    }
    this.seen = seen
    this.#blind = 0
    this.#blindSince = undefined
    const outcome = settle(seen, this.subject)
    if (outcome) this.outcome = outcome
  }

  #miss(reason: string, now: number): Event[] {
    const first = this.#blindSince === undefined
    this.#blindSince ??= now
    if (now - this.#blindSince >= patience.sight)
      this.outcome = { kind: 'lost', cause: withHowToWatchAgain(sightLost(reason), this.subject) }
    return first ? [{ kind: 'sight-lost', at: now, reason }] : []
  }

  #isNewborn(cause: Cause, now: number): boolean {
    return (
      cause.code === 'DeploymentDoesNotExistException' && !this.seen && now - this.#begun < patience.newborn
    )
  }

  #signOfLife(now: number): Event[] {
    if (!this.seen || this.#blind > 0 || this.outcome) return []
    const due = nextBeatAt(this.seen, this.subject, {
      toldAt: this.#toldAt,
      phaseSince: this.#phaseSince,
      now
    })
    if (now < due) return []
    // Counted from when it was due: a look comes up to a quarter of a minute later, and the beat would drift.
    this.#toldAt = Math.max(due, now - slowMs)
    return [heartbeat(this.seen, this.subject, now)]
  }
}

const sightLost = (reason: string): Cause => ({
  code: 'SIGHT_LOST',
  what: `Nothing could be seen of the deployment for ${patience.sight / 60_000} minutes. The last fault: ${reason}`,
  next: 'Fix the connection to AWS.'
})

/** Losing sight ends our wait, not the deployment. */
const withHowToWatchAgain = (cause: Cause, { deploymentId }: Subject): Cause => ({
  ...cause,
  next: `${cause.next} Deployment ${deploymentId} continues in AWS without being watched; to watch it again, run the step with deployment-id: ${deploymentId}`
})
