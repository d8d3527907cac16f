import { type Observation, type Subject, shareOf, shiftStartedAt } from '../deployment/observation.ts'
import { isInLastHook, phaseOf, runningEvent } from '../deployment/phase.ts'
import { durationMs, stepAfter } from '../deployment/schedule.ts'

/** The longest pause between two looks when nothing is due, ms. */
export const slowMs = 15_000
/** CodeDeploy takes about three seconds to start a deployment and to invoke its first hook, ms. */
const startMs = 3_500
/**
 * The shortest pause while a hook runs, and between the steps of a shift, ms. A hook can end anywhere between two looks, so 95 of 100
 * ends are known within 95 percent of the pause.
 */
const shortMs = 4_000
/** How many looks a shift gets between its first step and its last, unless the pauses would be too short or too long. */
const looksInShift = 37.5
/** How long after a due step to look, ms: CodeDeploy needs a moment to take the step. */
export const graceMs = 1_000

/** How long an end is waited for with frequent looks, ms. A stop can be refused for good, and a rollback with hooks take an hour. */
const hurryMs = 5 * 60_000

export interface Pace {
  /** Epoch ms. */
  now: number
  /** When the current phase was first seen, epoch ms. */
  phaseSince: number
  /** How many looks in a row saw nothing. */
  blind: number
  /** How long ago the deployment was asked to end, ms. Somebody is waiting for that, so look often for some minutes. */
  hurriedFor?: number
  /** 0 to 1; spreads the looks of many jobs over time. */
  random: number
}

/**
 * How long to wait before the next look, in ms: seconds when something is due or has just begun. In stretches where the schedule says
 * that nothing will happen, it is a share of the shift's length, `slowMs` at most.
 */
export function pause(seen: Observation | undefined, subject: Subject, pace: Pace): number {
  const { hurriedFor } = pace
  const isHurried = hurriedFor !== undefined && hurriedFor < hurryMs
  if (pace.blind > 0) {
    const longest = isHurried ? 5_000 : 30_000
    return jitter(Math.min(longest, 1_000 * 2 ** Math.min(pace.blind, 5)), pace.random)
  }
  if (isHurried) return jitter(clamp(hurriedFor / 6, 800, 5_000), pace.random)
  if (!seen) return startMs
  const inPhase = pace.now - pace.phaseSince
  switch (phaseOf(seen)) {
    case 'starting':
      return jitter(clamp(inPhase / 2, 1_500, slowMs), pace.random)
    case 'hook':
      return jitter(inHook(seen, subject, inPhase), pace.random)
    case 'ending':
      // A rollback takes seconds; one that invokes hooks may take an hour.
      return jitter(clamp(inPhase / 4, 2_000, inPhase > 60_000 ? slowMs : 5_000), pace.random)
    case 'shifting':
      return untilNextStep(seen, subject, pace)
  }
}

/**
 * The end of the last hook is the end of the deployment, which somebody is waiting for: the pauses are short at first, and later a tenth
 * of the time that the hook has taken. Nobody is waiting for the end of an earlier hook, so there the pauses can grow to those of the
 * shift.
 */
function inHook(seen: Observation, subject: Subject, inPhase: number): number {
  // The next event, or the end, is a moment away.
  if (!runningEvent(seen)) return clamp(inPhase / 2, 1_500, slowMs)
  const least = isInLastHook(seen) ? 0 : Math.min(inPhase, quietMs(subject))
  return clamp(Math.max(inPhase / 10, least), shortMs, slowMs)
}

/** The longest pause while nothing is due, ms. The shorter the shift, the more a delay matters. */
const quietMs = ({ schedule }: Subject): number =>
  schedule ? clamp(durationMs(schedule) / looksInShift, shortMs, slowMs) : slowMs

function untilNextStep(seen: Observation, subject: Subject, pace: Pace): number {
  const due = nextDueAt(seen, subject)
  if (due === undefined) {
    // Once all traffic has moved, the end is a moment away.
    const isMoved = subject.schedule && shiftStartedAt(seen) !== undefined
    return jitter(clamp((pace.now - pace.phaseSince) / 2, isMoved ? 1_500 : 3_000, slowMs), pace.random)
  }
  const left = due + graceMs - pace.now
  if (left <= 0) return jitter(clamp(-left / 2, 2_000, slowMs), pace.random)
  // A look shortly before the step would have to be repeated after it. So divide the time until the step evenly.
  const quiet = quietMs(subject)
  return left <= quiet ? Math.max(1_000, left + pace.random * 500) : left / Math.ceil((left - 2_000) / quiet)
}

/** When traffic moves next according to the schedule, epoch ms; undefined when there is no schedule. */
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
