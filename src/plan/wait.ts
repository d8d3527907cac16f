import { durationMs } from '../deployment/schedule.ts'
import { type Strategy, scheduleOf } from '../deployment/strategy.ts'
import type { ReleaseRequest } from '../inputs/request.ts'

/** What a deployment may take, ms: the strategy's own duration, one hour for each hook, and ten minutes. */
export function waitMsOf(strategy: Strategy | undefined, hooks: ReleaseRequest['hooks']): number {
  // Without a strategy, what CodeDeploy allows at most for shifting.
  const shift = strategy ? durationMs(scheduleOf(strategy)) : 48 * 3_600_000
  return shift + Object.keys(hooks).length * 3_600_000 + 10 * 60_000
}

/** How long the step waits, ms: as long as the user says, or else as long as the longest of its deployments may take. */
export const stepWaitMs = (waitForMinutes: number | undefined, deployments: readonly number[]): number =>
  waitForMinutes === undefined ? Math.max(0, ...deployments) : waitForMinutes * 60_000
