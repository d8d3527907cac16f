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
  /** Of `$LATEST`: when it was last updated, epoch ms; undefined when Lambda does not say, or not in a way that can be understood. */
  modifiedAt?: number
  /** How long an invocation may take, seconds. */
  timeoutSeconds?: number
  /** Where the function writes its log; undefined for the default. */
  logGroup?: string
}

/** `$LATEST`, with what an update of its code must repeat. */
export interface HeldCode extends FunctionVersion {
  packageType: 'Zip' | 'Image'
  /** Of the package, in bytes; 0 for an image. */
  size: number
  architectures: readonly string[]
  /** ARN of the key that its archive is encrypted with, when it is the customer's. */
  kmsKey?: string
  /** Lambda has no copy of its archive, and reads an object in S3 instead (`S3ObjectStorageMode` REFERENCE). */
  isReferenced?: boolean
  /** The address of its image, with the digest. */
  image?: string
}

export interface Alias extends Traffic {
  arn: string
  /** Changes with every update of the alias, whoever makes it. */
  revisionId?: string
}

/** What CodeDeploy says about the deployment group. Alarms and rollback events that are switched off are left out. */
export interface Group extends Safeguards {
  computePlatform?: string
  configuration?: string
  /** ARN. */
  serviceRole?: string
}

/** What served before the version that serves now, as the group's deployments tell (`target-version: previous`). */
export type Previous =
  | { kind: 'found'; version: string; foundIn: FoundIn; movedOn?: MovedOn }
  /** It cannot be told. `versions` are those that the function has; undefined when they could not be read. */
  | { kind: 'unknown'; why: string; versions?: readonly string[] }

/** The deployment that shifted from the previous version to what serves now. */
export interface FoundIn {
  deploymentId: string
  /** When it ended, epoch ms. */
  at: number
}

/** A newer deployment that shifted to something else: what serves now was brought back without a deployment. */
interface MovedOn extends FoundIn {
  version: string
}

/** Everything that is read for one function before anything is changed. */
export interface Holdings {
  /**
   * What is published, or the version that was asked for. Undefined when there is none, and while it is not known to which version
   * to go back.
   */
  source: FunctionVersion | undefined
  /** The same, when `code` was given. */
  code?: HeldCode
  /** Undefined when it was not asked for, or cannot be asked yet. */
  previous: Previous | undefined
  /** Undefined when it does not exist. */
  alias: Alias | undefined
  /** The version that the alias serves, as far as it could be read. */
  live: FunctionVersion | undefined
  /** `denied`: it could not be read, and the release continues without it. One that is `missing` is as it will be once it is created. */
  group: Group | 'no-application' | 'no-group' | 'denied'
  /** What does not exist yet, and is created before the release begins. The group is part of the application. */
  missing?: 'application' | 'group'
  /** The groups that the application has instead of the one that was asked for. Undefined when they are of no use, or not known. */
  otherGroups?: readonly string[]
  /** The strategy that CodeDeploy holds under the configuration's name. */
  strategy: Strategy | 'missing' | 'denied' | 'unnamed'
  /** Name of the configuration in force, when known. */
  configuration: NamedConfiguration | undefined
  /** By function name as in the inputs; `denied` as above. */
  hooks: ReadonlyMap<string, FunctionVersion | 'missing' | 'denied'>
  /** Ids of deployments of the group that are running; `denied` as above. */
  running: readonly string[] | 'denied'
  /** Id of a deployment that this step has stopped to replace it, and whose rollback was not seen to succeed. */
  notRolledBack?: string
  /** What could not be read, and what that means. */
  warnings: readonly string[]
}

/** How traffic will move: as CodeDeploy says, or else as the configuration's name says. */
export function strategyOf(held: Holdings): Strategy | undefined {
  return typeof held.strategy === 'object' ? held.strategy : held.configuration?.strategy
}
