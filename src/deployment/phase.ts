import { isOver, isWhollyOn, type LifecycleEvent, type Observation, type Subject } from './observation.ts'

/** What a deployment is doing, which decides how soon something may happen. */
export type Phase = 'starting' | 'hook' | 'shifting' | 'ending'

export function phaseOf(seen: Observation): Phase {
  if (isOver(seen.deployment.status)) return 'ending'
  const running = runningEvent(seen)
  // The hook before the shift may be the last event that could be read.
  if (seen.sharing && running?.name !== 'AfterAllowTraffic') return 'shifting'
  if (running) return running.name === 'AllowTraffic' ? 'shifting' : 'hook'
  return seen.lifecycle.some(({ status }) => status === 'Succeeded') ? 'hook' : 'starting'
}

/** The lifecycle event under way; undefined also between two of them. */
export const runningEvent = ({ lifecycle }: Pick<Observation, 'lifecycle'>): LifecycleEvent | undefined =>
  lifecycle.find(({ status }) => status === 'InProgress')

/** The end of the hook after the shift is the end of the deployment. */
export const isInLastHook = (seen: Observation): boolean =>
  phaseOf(seen) === 'hook' && runningEvent(seen)?.name === 'AfterAllowTraffic'

/**
 * Whether nothing has begun or ended since. One hook may follow the other without a shift that was seen, and where lifecycle events may no
 * longer be read, the deployment seems to shift long after all traffic has moved.
 */
export const isSamePhase = (before: Observation, now: Observation, subject: Subject): boolean =>
  phaseOf(before) === phaseOf(now) &&
  (phaseOf(now) !== 'hook' || runningEvent(before)?.name === runningEvent(now)?.name) &&
  hasShifted(before, subject) === hasShifted(now, subject)

const hasShifted = (seen: Observation, { targetVersion }: Subject): boolean =>
  phaseOf(seen) === 'shifting' && seen.traffic !== undefined && isWhollyOn(seen.traffic, targetVersion)
