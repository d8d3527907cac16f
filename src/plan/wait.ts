import type { Subject } from '../deployment/observation.ts'
import { durationMs } from '../deployment/schedule.ts'
import { type Strategy, scheduleOf } from '../deployment/strategy.ts'
import type { ReleaseRequest } from '../inputs/request.ts'

/** How long a deployment may take, ms: the strategy's own duration plus one hour for each hook plus ten minutes. */
export function waitMsOf(strategy: Strategy | undefined, hooks: ReleaseRequest['hooks']): number {
  // If the strategy is not known, the longest shift that CodeDeploy allows.
  const shift = strategy ? durationMs(scheduleOf(strategy)) : 48 * 3_600_000
  return shift + Object.keys(hooks).length * 3_600_000 + 10 * 60_000
}

/** An AppSpec in S3 is not read, nor one that is denied: it may have both hooks. */
const everyHook = { BeforeAllowTraffic: 'unknown', AfterAllowTraffic: 'unknown' }

/** The hooks that a deployment may have, by lifecycle event. */
export const hooksOf = ({
  hooks,
  hooksUnknown
}: Pick<Subject, 'hooks' | 'hooksUnknown'>): Subject['hooks'] => (hooksUnknown ? everyHook : hooks)

/** How long the step waits, ms: as long as the user says, or else as long as the longest of its deployments may take. */
export const stepWaitMs = (waitForMinutes: number | undefined, deployments: readonly number[]): number =>
  waitForMinutes === undefined ? Math.max(0, ...deployments) : waitForMinutes * 60_000
