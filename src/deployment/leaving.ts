/** What to do with a deployment that is still running when nobody will watch it any longer. */
export const leavingPolicies = ['rollback', 'stop', 'continue'] as const

export type LeavingPolicy = (typeof leavingPolicies)[number]

/** What is done when `if-interrupted` is not given: what another run began is left alone. */
export const leavingOf = (given: LeavingPolicy | undefined, isOthers = false): LeavingPolicy =>
  given ?? (isOthers ? 'continue' : 'rollback')

/** Why the watch ends before the deployment does. */
export type LeavingReason =
  | 'interrupted'
  | 'timed-out'
  /** Another function of the same release did not make it: all of them, or none. */
  | 'blocked'

export interface LeavingCause {
  reason: LeavingReason
  /** For `held-back`: what did not make it, such as `orders:live ended rolled-back`. */
  by?: string
}

/** How asking CodeDeploy to stop a deployment went. */
export type StopResult =
  | { kind: 'asked' }
  /** There was nothing left to stop. */
  | { kind: 'over' }
  | { kind: 'failed'; reason: string }
