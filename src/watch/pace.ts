import {
  hasHooks,
  type Observation,
  type Subject,
  shareOf,
  shiftStartedAt
} from '../deployment/observation.ts'
import { phaseOf } from '../deployment/phase.ts'
import { stepAfter } from '../deployment/schedule.ts'

/** The longest pause between two looks when nothing is due, ms. */
export const slowMs = 15_000
/** CodeDeploy takes about three seconds to start a deployment and to invoke its first hook, ms. */
const startMs = 3_500
/** How long the first look waits for a hook that has just begun, ms. */
const hookMs = 3_500
/** How far past a due moment to look: CodeDeploy needs a moment to do what it is due to do, ms. */
export const graceMs = 1_000

export interface Pace {
  /** Epoch ms. */
  now: number
  /** When the phase that it is in was first seen, epoch ms. */
  phaseSince: number
  /** Looks in a row that saw nothing. */
  blind: number
  /** How long ago an end was asked for that somebody waits for, ms: look often, at first. */
  hurriedFor?: number
  /** 0 to 1; spreads the looks of many jobs over time. */
  random: number
}

/**
 * How long to wait before the next look, in ms: seconds where something is due or has just begun,
 * `slowMs` in the long stretches where the schedule says that nothing will happen.
 */
export function pause(seen: Observation | undefined, subject: Subject, pace: Pace): number {
  if (pace.blind > 0) {
    const longest = pace.hurriedFor === undefined ? 30_000 : 5_000
    return jitter(Math.min(longest, 1_000 * 2 ** Math.min(pace.blind, 5)), pace.random)
  }
  if (pace.hurriedFor !== undefined) return jitter(clamp(pace.hurriedFor / 6, 800, 5_000), pace.random)
  if (!seen) return startMs
  const inPhase = pace.now - pace.phaseSince
  switch (phaseOf(seen)) {
    case 'starting':
      return jitter(clamp(inPhase / 2, 1_500, slowMs), pace.random)
    case 'hook':
      return jitter(clamp(inPhase / 2, hasHooks(subject) ? hookMs : 1_500, slowMs), pace.random)
    case 'ending':
      // A rollback takes seconds; one that invokes hooks may take an hour.
      return jitter(clamp(inPhase / 4, 2_000, inPhase > 60_000 ? slowMs : 5_000), pace.random)
    case 'shifting':
      return untilNextStep(seen, subject, pace)
  }
}

function untilNextStep(seen: Observation, subject: Subject, pace: Pace): number {
  const due = nextDueAt(seen, subject)
  if (due === undefined) {
    // When all has moved, the end is a moment away.
    const isMoved = subject.schedule && shiftStartedAt(seen) !== undefined
    const [since, least] = isMoved
      ? [seen.traffic?.readAt ?? pace.phaseSince, 1_500]
      : [pace.phaseSince, 3_000]
    return jitter(clamp((pace.now - since) / 2, least, slowMs), pace.random)
  }
  const left = due + graceMs - pace.now
  if (left <= 0) return jitter(clamp(-left / 2, 2_000, slowMs), pace.random)
  // A look shortly before the moment would only have to be repeated after it: aim at the moment itself, in even steps.
  return left <= slowMs
    ? Math.max(1_000, left + pace.random * 500)
    : left / Math.ceil((left - 2_000) / slowMs)
}

/** When the schedule says that traffic moves next, epoch ms; undefined when there is no schedule to go by. */
export function nextDueAt(seen: Observation, subject: Subject): number | undefined {
  const startedAt = shiftStartedAt(seen)
  if (startedAt === undefined || !subject.schedule) return undefined
  const share = seen.traffic ? shareOf(seen.traffic, subject.targetVersion) : 0
  const step = stepAfter(subject.schedule, share)
  return step && startedAt + step.afterMs
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/** Within a tenth either way, so that many jobs do not ask in step. */
const jitter = (ms: number, random: number): number => Math.round(ms * (0.9 + random * 0.2))
