import type { DeploymentView, LifecycleEvent, Traffic } from './observation.ts'
import type { Cause } from './outcome.ts'

/** The result of reading something from AWS. A failed reading does not mean a failed deployment, so it is a value. */
export type Reading<T> =
  | { kind: 'value'; value: T }
  | Transient
  /** Another try will not help: denied, expired, not found. */
  | { kind: 'permanent'; cause: Cause }

/** Worth another try: throttling, 5xx, network, an answer that cannot be understood. */
export interface Transient {
  kind: 'transient'
  reason: string
  /** AWS got the request, and has had too many of them. */
  isThrottled?: true
  /** There were no credentials to send it with: no other request is sent either. */
  isWithoutCredentials?: true
}

export interface LifecycleView {
  lifecycle: readonly LifecycleEvent[]
  /** The share of `targetVersion` as CodeDeploy claims it, 0 to 1. */
  claimedShare?: number
  /** As CodeDeploy says. Of a rollback, that can be the version that loses the traffic. */
  targetVersion?: string
}

/** What the watch reads. */
export interface WatchPort {
  deployment(id: string): Promise<Reading<DeploymentView>>
  /** Empty while the deployment has not started. */
  lifecycle(id: string): Promise<Reading<LifecycleView>>
  traffic(functionName: string, alias: string): Promise<Reading<Traffic>>
}
