/** What to do with a deployment that is still running when nobody will watch it any longer. */
export const leavings = ['rollback', 'stop', 'continue'] as const

export type Leaving = (typeof leavings)[number]

/** Why the watch ends before the deployment does. */
export type Reason =
  | 'interrupted'
  | 'timed-out'
  /** Another function of the same release did not make it: all of them, or none. */
  | 'held-back'

export interface Why {
  reason: Reason
  /** For `held-back`: what did not make it, such as `orders:live ended rolled-back`. */
  by?: string
}

/** How asking CodeDeploy to stop a deployment went. */
export type Stopping =
  | { kind: 'asked' }
  /** There was nothing left to stop. */
  | { kind: 'over' }
  | { kind: 'failed'; reason: string }
