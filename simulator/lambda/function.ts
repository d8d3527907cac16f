import type {
  CreateFunctionCommandInput,
  FunctionConfiguration,
  LastUpdateStatusReasonCode,
  State
} from '@aws-sdk/client-lambda'
import type { Aws } from '../aws.ts'
import type { Code } from './codesource.ts'

/** What makes up a version or $LATEST: everything that publishing freezes. */
export interface Snapshot {
  settings: Omit<
    FunctionConfiguration,
    'State' | 'LastUpdateStatus' | 'RevisionId' | 'Version' | 'FunctionArn'
  >
  /** Where GetFunction says that the code is. */
  codeLocation: Code['location']
  version: string
  revisionId: string
  state: State
  stateReason?: string | undefined
  lastUpdate?: 'Successful' | 'InProgress' | 'Failed'
  /** It has run before. */
  isWarm?: boolean
  /** When it was published, epoch ms, which Lambda does not tell. */
  publishedMs?: number
  /** It has replicas at the edge. */
  isReplicated?: boolean
}

export interface Alias {
  name: string
  version: string
  /** Version to weight; absent rather than empty when all traffic goes to `version`. */
  weights?: Record<string, number>
  description: string
  revisionId: string
}

/** One function: its $LATEST, its published versions in order, and its aliases. */
export interface LambdaFunction {
  name: string
  latest: Snapshot
  versions: Snapshot[]
  aliases: Map<string, Alias>
  /** Version or alias -> how many concurrent executions are kept ready for it, and since when, epoch ms. */
  provisioned: Map<string, { count: number; sinceMs: number }>
  /** How many versions were ever published: their numbers are not given again. */
  published: number
  /** Whether there was an Update* call since the last publish; if not, publishing returns the last version again. */
  updated: boolean
  tags: Record<string, string>
}

export function functionArn(aws: Aws, name: string, qualifier?: string): string {
  return aws.arn('lambda', `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`)
}

/** Recorded with milliseconds and a numeric zone: `2026-08-08T19:47:26.000+0000`. */
export function lastModified(nowMs: number): string {
  return new Date(nowMs).toISOString().replace('Z', '+0000')
}

/** The settings of a new function, with Lambda's defaults. */
export function newSettings(
  input: CreateFunctionCommandInput,
  code: Code['configuration'],
  nowMs: number
): Snapshot['settings'] {
  const name = input.FunctionName ?? ''
  return {
    FunctionName: name,
    ...(input.Runtime && { Runtime: input.Runtime }),
    Role: input.Role,
    ...(input.Handler && { Handler: input.Handler }),
    ...code,
    Description: input.Description ?? '',
    Timeout: input.Timeout ?? 3,
    MemorySize: input.MemorySize ?? 128,
    LastModified: lastModified(nowMs),
    ...(input.VpcConfig && { VpcConfig: input.VpcConfig }),
    ...(input.DeadLetterConfig && { DeadLetterConfig: input.DeadLetterConfig }),
    ...(input.Environment && { Environment: { Variables: input.Environment.Variables } }),
    TracingConfig: { Mode: input.TracingConfig?.Mode ?? 'PassThrough' },
    PackageType: input.PackageType ?? 'Zip',
    Architectures: input.Architectures ?? ['x86_64'],
    EphemeralStorage: { Size: input.EphemeralStorage?.Size ?? 512 },
    SnapStart: { ApplyOn: input.SnapStart?.ApplyOn ?? 'None', OptimizationStatus: 'Off' },
    ...(input.DurableConfig && { DurableConfig: input.DurableConfig }),
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}`, ...input.LoggingConfig }
  }
}

/** A new function without versions. */
export const newFunction = (name: string, latest: Snapshot, tags = {}): LambdaFunction => ({
  name,
  latest,
  versions: [],
  aliases: new Map(),
  provisioned: new Map(),
  published: 0,
  updated: true,
  tags
})

/** The next version, with all that `$LATEST` has. */
export function newVersion(aws: Aws, fn: LambdaFunction, description: string): Snapshot {
  const { settings, codeLocation } = fn.latest
  const optimized = settings.SnapStart?.ApplyOn === 'PublishedVersions'
  const now = aws.clock.now()
  return {
    settings: {
      ...settings,
      Description: description,
      ...(aws.uncertain.versionModified === 'published' && { LastModified: lastModified(now) }),
      ...(optimized && { SnapStart: { ApplyOn: 'PublishedVersions', OptimizationStatus: 'On' } })
    },
    codeLocation,
    version: String(++fn.published),
    publishedMs: now,
    revisionId: aws.random.uuid(),
    state: 'Pending'
  }
}

/** `qualifier` is the one that the caller used: the ARN ends in it, whatever version it resolves to. */
export function configuration(
  aws: Aws,
  fn: LambdaFunction,
  snapshot: Snapshot,
  qualifier?: string
): FunctionConfiguration {
  const updating = snapshot.lastUpdate === 'InProgress'
  return {
    ...snapshot.settings,
    FunctionArn: functionArn(aws, fn.name, qualifier),
    Version: snapshot.version,
    RevisionId: snapshot.revisionId,
    State: snapshot.state,
    ...(snapshot.state === 'Pending' && {
      StateReason: 'The function is being created.',
      StateReasonCode: 'Creating'
    }),
    ...(snapshot.state === 'Inactive' && {
      StateReason: 'The function is idle and its resources have been reclaimed.',
      StateReasonCode: 'Idle'
    }),
    ...(snapshot.state === 'Failed' && {
      StateReason: snapshot.stateReason,
      StateReasonCode: 'InternalError'
    }),
    ...(snapshot.lastUpdate && { LastUpdateStatus: snapshot.lastUpdate }),
    ...(updating && {
      LastUpdateStatusReason: 'The function is being created.',
      // Recorded from Lambda; the SDK's enumeration lacks it here.
      LastUpdateStatusReasonCode: 'Creating' as LastUpdateStatusReasonCode
    }),
    ...(snapshot.lastUpdate === 'Failed' && {
      LastUpdateStatusReason: 'The update failed, as the simulator was told to.',
      LastUpdateStatusReasonCode: 'InternalError'
    })
  }
}

/** As lists tell it: without its state. */
export function listed(
  aws: Aws,
  fn: LambdaFunction,
  snapshot: Snapshot,
  qualifier?: string
): FunctionConfiguration {
  const told = configuration(aws, fn, snapshot, qualifier)
  for (const member of STATE_MEMBERS) delete told[member]
  return told
}

const STATE_MEMBERS = [
  'State',
  'StateReason',
  'StateReasonCode',
  'LastUpdateStatus',
  'LastUpdateStatusReason',
  'LastUpdateStatusReasonCode'
] as const

/** A function's environment variables tell the simulator how it behaves, so that the AWS CLI can set this. */
export interface Behaviour {
  updateMs: number
  updateFails: boolean
  pendingMs: number
  versionFails: boolean
}

export function behaviourOf(settings: Snapshot['settings']): Behaviour {
  const variables = settings.Environment?.Variables ?? {}
  const slow = settings.SnapStart?.ApplyOn === 'PublishedVersions' || settings.PackageType === 'Image'
  const seconds = (name: string, otherwise: number) => Number(variables[name] ?? otherwise) * 1000
  return {
    updateMs: seconds('SIMULATOR_UPDATE_SECONDS', 1),
    updateFails: variables.SIMULATOR_UPDATE === 'fail',
    pendingMs: seconds('SIMULATOR_PENDING_SECONDS', slow ? 60 : 0),
    versionFails: variables.SIMULATOR_VERSION === 'fail'
  }
}
