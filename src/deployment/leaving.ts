import type { Verdict } from './gate.ts'

/** What to do with a deployment that is still running when the watch ends. */
export const leavingPolicies = ['rollback', 'stop', 'continue'] as const

export type LeavingPolicy = (typeof leavingPolicies)[number]

/** What is done when `if-interrupted` is not given: what another run began is left alone. */
export const leavingOf = (given: LeavingPolicy | undefined, isOthers = false): LeavingPolicy =>
  given ?? (isOthers ? 'continue' : 'rollback')

/** Why the watch ends before the deployment does. */
export type EndingReason =
  | 'interrupted'
  | 'timed-out'
  /** Another function of the same release failed: all of them are released, or none. */
  | 'blocked'

/** Why a deployment was asked to stop. `judged`: for what its new version does, or because nobody invoked that. */
export type LeavingReason = EndingReason | 'judged'

export interface EndingCause {
  reason: EndingReason
  /** For `blocked`: what failed, such as `orders:live ended rolled-back`. */
  by?: string
}

/** For `judged`, `by` is the verdict in words. */
export type LeavingCause = EndingCause | { reason: 'judged'; verdict: Verdict; by?: string }

/** What came of asking CodeDeploy to stop a deployment. */
export type StopResult =
  | { kind: 'asked' }
  /** There was nothing left to stop. */
  | { kind: 'over' }
  /** `isPassing`: it may work when asked again. `mayHaveActed`: CodeDeploy may stop it all the same, for only answers were lost. */
  | { kind: 'failed'; reason: string; isPassing: boolean; mayHaveActed?: boolean }

/** If it ends Stopped, that is our doing, as far as can be known. */
export const mayHaveStopped = (result: StopResult): boolean =>
  result.kind === 'asked' || (result.kind === 'failed' && result.mayHaveActed === true)
