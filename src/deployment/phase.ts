import { isOver, type Observation } from './observation.ts'

/** What a deployment is doing, which decides how soon something may happen. */
export type Phase = 'starting' | 'hook' | 'shifting' | 'ending'

export function phaseOf(seen: Observation): Phase {
  if (isOver(seen.deployment.status)) return 'ending'
  const running = seen.lifecycle.find(({ status }) => status === 'InProgress')
  if (running) return running.name === 'AllowTraffic' ? 'shifting' : 'hook'
  return seen.lifecycle.some(({ status }) => status === 'Succeeded') ? 'hook' : 'starting'
}
