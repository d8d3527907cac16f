/** What to do with a deployment that is still running when the watch ends. */
export const leavingPolicies = ['rollback', 'stop', 'continue'] as const

export type LeavingPolicy = (typeof leavingPolicies)[number]

/** What is done when `if-interrupted` is not given: what another run began is left alone. */
export const leavingOf = (given: LeavingPolicy | undefined, isOthers = false): LeavingPolicy =>
  given ?? (isOthers ? 'continue' : 'rollback')

/** Why the watch ends before the deployment does. */
export type LeavingReason =
  | 'interrupted'
  | 'timed-out'
  /** Another function of the same release failed: all of them are released, or none. */
  | 'blocked'

export interface LeavingCause {
  reason: LeavingReason
  /** For `blocked`: what failed, such as `orders:live ended rolled-back`. */
  by?: string
}

/** What came of asking CodeDeploy to stop a deployment. */
export type StopResult =
  | { kind: 'asked' }
  /** There was nothing left to stop. */
  | { kind: 'over' }
  /** `isPassing`: it may work when asked again. */
  | { kind: 'failed'; reason: string; isPassing: boolean }
