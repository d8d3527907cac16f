import type { DeploymentView, LifecycleEvent, Traffic } from './observation.ts'
import type { Cause } from './outcome.ts'

/** An attempt to see something. Not seeing is no failure of the deployment, so it is a value. */
export type Reading<T> =
  | { kind: 'value'; value: T }
  /** A passing fault (throttling, 5xx, network, an answer that cannot be understood): look again. */
  | { kind: 'transient'; reason: string }
  /** A definite no (denied, expired, not found): looking again will not help. */
  | { kind: 'permanent'; cause: Cause }

export interface LifecycleView {
  lifecycle: readonly LifecycleEvent[]
  /** CodeDeploy's claim of the target's share, 0 to 1. */
  claimedShare?: number
}

/** What the watch can look at. */
export interface WatchPort {
  deployment(id: string): Promise<Reading<DeploymentView>>
  /** Empty while the deployment has not started. */
  lifecycle(id: string): Promise<Reading<LifecycleView>>
  traffic(functionName: string, alias: string): Promise<Reading<Traffic>>
}
