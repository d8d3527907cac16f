import type { Safeguards, Traffic } from '../deployment/observation.ts'
import type { NamedConfiguration, Strategy } from '../deployment/strategy.ts'

/** What Lambda says about a version, or about `$LATEST`. */
export interface FunctionVersion {
  version: string
  arn: string
  /** As Lambda reports it: base64, and hex for a container image. */
  codeSha256: string
  revisionId?: string
  role?: string
  /** ARN of a queue or topic; undefined when it has none. */
  deadLetterQueue?: string
  description?: string
  /** Pending, Active, Inactive, Failed, or one that Lambda may add. */
  state?: string
  stateReason?: string
  /** Of `$LATEST`: InProgress, Successful, Failed. */
  lastUpdateStatus?: string
  lastUpdateReason?: string
  /** How long an invocation may take, seconds. */
  timeoutSeconds?: number
  /** Where the function writes its log; undefined for the default. */
  logGroup?: string
}

export interface Alias extends Traffic {
  arn: string
}

/** What CodeDeploy says about the deployment group. Alarms and rollback events that are switched off are left out. */
export interface Group extends Safeguards {
  computePlatform?: string
  configuration?: string
}

/** Everything that is read for one function before anything is changed. */
export interface Holdings {
  /** Undefined when the function does not exist. */
  source: FunctionVersion | undefined
  /** Undefined when it does not exist. */
  alias: Alias | undefined
  /** The version that the alias serves, as far as it could be read. */
  live: FunctionVersion | undefined
  /** `denied`: it could not be read, and the release continues without it. */
  group: Group | 'no-application' | 'no-group' | 'denied'
  /** The strategy that CodeDeploy holds under the configuration's name. */
  strategy: Strategy | 'missing' | 'denied' | 'unnamed'
  /** Name of the configuration in force, when known. */
  configuration: NamedConfiguration | undefined
  /** By function name as in the inputs; `denied` as above. */
  hooks: ReadonlyMap<string, FunctionVersion | 'missing' | 'denied'>
  /** Ids of deployments of the group that are running; `denied` as above. */
  running: readonly string[] | 'denied'
  /** What could not be read, and what that means. */
  warnings: readonly string[]
}

/** How traffic will move: as CodeDeploy says, or else as the configuration's name says. */
export function strategyOf(held: Holdings): Strategy | undefined {
  return typeof held.strategy === 'object' ? held.strategy : held.configuration?.strategy
}
