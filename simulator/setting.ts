import type { CreateDeploymentGroupCommandInput } from '@aws-sdk/client-codedeploy'
import type { State } from '@aws-sdk/client-lambda'
import type { Aws } from './aws.ts'
import { zip } from './lambda/zip.ts'
import type { AlarmState } from './monitoring/alarms.ts'

export interface HookOptions {
  behaviour?: 'succeed' | 'fail' | 'silent' | 'throw' | 'late'
  /** Default 3. */
  seconds?: number
  log?: string
  /** A log group other than /aws/lambda/<name>. */
  logGroup?: string
}

/** How the next version of a function runs. */
export interface RunOptions {
  /** What it answers: JSON, as a rule. */
  answer?: string
  /** It throws an error with this message. */
  throws?: string
  /** How long it runs, and how much longer its first run takes; default 0. */
  seconds?: number
  initSeconds?: number
  log?: string
  /** Its own time-out, seconds; default 3. */
  timeout?: number
  /** Lambda writes its own log lines as JSON. */
  jsonLog?: boolean
}

/** How a setting differs from the usual one. */
export interface PaymentsOptions {
  before?: HookOptions
  after?: HookOptions
  /** State of payments-errors; `missing` leaves it out of CloudWatch although the group watches it. */
  alarm?: AlarmState | 'missing'
  /** What CodeDeploy has of it: `application` without the group, or nothing. Default: both. */
  codedeploy?: 'application' | 'nothing'
  /** Members of the deployment group that replace the usual ones. */
  group?: Partial<CreateDeploymentGroupCommandInput>
  /** What the next published version becomes, after `pendingSeconds` (default 60 when failing or pending, otherwise 0). */
  version?: 'active' | 'pending' | 'failed'
  pendingSeconds?: number
  /** How the next version runs. */
  run?: RunOptions
  /** How much longer an update of the function is running. */
  updatingSeconds?: number
  /** Default: live serves version 7. `emptied`: it also has a weight of 0 for version 6, as somebody leaves it who ends a canary by hand. */
  alias?: 'plain' | 'weighted' | 'emptied' | '$LATEST' | 'missing'
  /** The next version has another execution role than the published ones, so that no alias can have both. */
  otherRole?: boolean
  /** The same with a dead-letter queue, which the published versions do not have. */
  otherQueue?: boolean
  /** $LATEST is what version 7 was published from. */
  unchanged?: boolean
  /** State of versions 1 to 6; default Active. Lambda lets versions rest that nobody invokes for weeks. */
  olderVersions?: State
  /** Description of version 7; default `release 7`. */
  description?: string
  /** A bucket that is there, in the account's region. */
  bucket?: string
  /** The function is an image; its releases are the tags of a repository that has its name. Default Zip. */
  packageType?: 'Zip' | 'Image'
  /** All of its versions run durable executions. */
  isDurable?: boolean
  /** What its clients do, where that differs from 200 healthy calls a minute through alias live. */
  clients?: {
    /** Calls a minute through alias live. */
    live?: number
    /** Calls a minute that name no alias. */
    latest?: number
    /** Version -> the share of its calls that fails, 0 to 1. */
    errors?: Readonly<Record<string, number>>
    /** Version -> 95th percentile of the duration, ms; 210 when left out. */
    p95?: Readonly<Record<string, number>>
  }
  /** Description of a version 8 that no alias serves yet. What is published next becomes version 9. */
  newer?: string
  /** How many further versions no alias has ever served; their numbers come before that of the next version. */
  unreleased?: number
  /** How many days ago the versions were published, but for the newest `recent` (default 0) of them. Default: today. */
  published?: { daysAgo: number; recent?: number }
}

/** The names of one function and of what belongs to it. */
export interface Names {
  functionName: string
  group: string
  /** The alarm that the group watches. */
  alarm: string
  /** The hook functions. */
  before: string
  after: string
}

/** The usual function. */
export const paymentsNames: Names = {
  functionName: 'payments-api',
  group: 'payments-live',
  alarm: 'payments-errors',
  before: 'CodeDeployHook_before',
  after: 'CodeDeployHook_after'
}

/** Names for another function of application payments. */
export const namesOf = (functionName: string): Names => ({
  functionName,
  group: `${functionName}-live`,
  alarm: `${functionName}-errors`,
  before: `CodeDeployHook_${functionName}_before`,
  after: `CodeDeployHook_${functionName}_after`
})

/**
 * The usual setting: CodeDeploy application payments, and function payments-api with all that `addFunction` adds and both hook
 * functions.
 */
export function payments(aws: Aws, options: PaymentsOptions = {}): void {
  if (options.codedeploy !== 'nothing')
    aws.codedeploy.createApplication({ applicationName: 'payments', computePlatform: 'Lambda' })
  aws.codedeploy.applications.settle()
  addFunction(aws, paymentsNames, { before: {}, after: {}, ...options })
}

/**
 * Adds a function of application payments with versions 1 to 7, a changed $LATEST, and alias live on 7; its deployment group (all at
 * once, every rollback event, its alarm); and the hook functions that the options mention.
 *
 * It takes no virtual time: whatever is created here is ready, unless an option says otherwise.
 */
export function addFunction(aws: Aws, names: Names, options: PaymentsOptions = {}): void {
  const { lambda, codedeploy } = aws
  const { functionName: FunctionName, alarm: AlarmName } = names
  const image = options.packageType === 'Image'
  const made = { SIMULATOR_UPDATE_SECONDS: '0', ...(image && { SIMULATOR_PENDING_SECONDS: '0' }) }
  const code = (release: number) => (image ? imageOf(aws, names, release) : zipOf(names, release))
  if (options.bucket !== undefined && !aws.s3.bucket(options.bucket)) aws.s3.createBucket(options.bucket)
  lambda.createFunction({
    ...functionOf(aws, FunctionName, made),
    ...(image && { PackageType: 'Image' as const }),
    ...(options.isDurable && { DurableConfig: { ExecutionTimeout: 86_400 } }),
    Code: code(0)
  })
  for (let version = 1; version <= 7; version++) {
    lambda.updateFunctionCode({ FunctionName, ...code(version) })
    const description = (version === 7 && options.description) || `release ${version}`
    lambda.publishVersion({ FunctionName, Description: description })
  }
  if (options.olderVersions)
    for (let version = 1; version <= 6; version++)
      lambda.setVersionState(FunctionName, String(version), options.olderVersions)
  if (options.alias !== 'missing')
    lambda.createAlias({
      FunctionName,
      Name: 'live',
      FunctionVersion: options.alias === '$LATEST' ? '$LATEST' : options.alias === 'weighted' ? '6' : '7',
      ...(options.alias === 'weighted' && { RoutingConfig: { AdditionalVersionWeights: { 7: 0.2 } } }),
      ...(options.alias === 'emptied' && { RoutingConfig: { AdditionalVersionWeights: { 6: 0 } } })
    })
  attract(aws, FunctionName, options.clients)
  if (options.newer !== undefined) {
    lambda.updateFunctionCode({ FunctionName, ...code(80) })
    lambda.publishVersion({ FunctionName, Description: options.newer })
    lambda.updateFunctionCode({ FunctionName, ...code(7) })
  }
  for (let more = 1; more <= (options.unreleased ?? 0); more++) {
    lambda.updateFunctionCode({ FunctionName, ...code(100 + more) })
    lambda.publishVersion({ FunctionName, Description: `not released ${more}` })
    if (more === options.unreleased) lambda.updateFunctionCode({ FunctionName, ...code(7) })
  }
  if (!options.unchanged) changeLatest(aws, FunctionName, code(8), options)
  if (options.published) {
    const { daysAgo, recent = 0 } = options.published
    lambda.backdate(FunctionName, daysAgo * 24 * 3_600_000, 7 + (options.unreleased ?? 0) - recent)
  }
  if (options.before) addHook(aws, names.before, options.before)
  if (options.after) addHook(aws, names.after, options.after)
  if (options.alarm !== 'missing') {
    aws.alarms.putMetricAlarm({ AlarmName })
    aws.alarms.setAlarmState({
      AlarmName,
      StateValue: options.alarm ?? 'OK',
      StateReason: 'The setting starts so'
    })
  }
  if (options.codedeploy) return
  codedeploy.createDeploymentGroup({
    applicationName: 'payments',
    deploymentGroupName: names.group,
    serviceRoleArn: roleArn(aws, 'CodeDeployLambda'),
    deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    autoRollbackConfiguration: {
      enabled: true,
      events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']
    },
    alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: AlarmName }] },
    ...options.group
  })
  codedeploy.applications.settle()
  lambda.settle()
}

type ReleasedCode = { ZipFile: Uint8Array } | { ImageUri: string }

/** No two functions have the same code. */
const contentOf = (names: Names, release: number): string =>
  names.functionName === paymentsNames.functionName
    ? `release ${release}`
    : `${names.functionName} ${release}`

const zipOf = (names: Names, release: number): ReleasedCode => ({ ZipFile: zip(contentOf(names, release)) })

function imageOf(aws: Aws, names: Names, release: number): ReleasedCode {
  const repository = names.functionName
  aws.ecr.push(repository, String(release), contentOf(names, release))
  return { ImageUri: aws.ecr.uri(repository, String(release)) }
}

function attract(aws: Aws, functionName: string, clients: PaymentsOptions['clients'] = {}): void {
  const { live = 200, latest = 0, errors = {}, p95 = {} } = clients
  const { traffic } = aws.metrics
  traffic.calls(functionName, 'live', live)
  if (latest > 0) traffic.calls(functionName, '$LATEST', latest)
  for (const [version, share] of Object.entries(errors)) traffic.fails(functionName, version, share)
  for (const [version, ms] of Object.entries(p95)) traffic.takes(functionName, version, ms)
}

export function roleArn(aws: Aws, name: string): string {
  return `arn:${aws.partition}:iam::${aws.account}:role/${name}`
}

/** An update takes as long as the previous settings say: no time until the last call here. */
function changeLatest(aws: Aws, FunctionName: string, code: ReleasedCode, options: PaymentsOptions): void {
  const { updatingSeconds, version } = options
  const waits = version === 'pending' || version === 'failed'
  aws.lambda.updateFunctionCode({ FunctionName, ...code })
  aws.lambda.updateFunctionConfiguration({
    FunctionName,
    ...(options.otherQueue && { DeadLetterConfig: { TargetArn: aws.arn('sqs', 'payments-failed') } }),
    ...(options.otherRole && { Role: roleArn(aws, 'payments-api-next') }),
    Environment: {
      Variables: {
        SIMULATOR_PENDING_SECONDS: String(options.pendingSeconds ?? (waits ? 60 : 0)),
        ...(updatingSeconds !== undefined && { SIMULATOR_UPDATE_SECONDS: String(updatingSeconds) }),
        ...(version === 'failed' && { SIMULATOR_VERSION: 'fail' }),
        ...runVariables(options.run)
      }
    },
    ...(options.run?.timeout !== undefined && { Timeout: options.run.timeout }),
    ...(options.run?.jsonLog && {
      LoggingConfig: { LogFormat: 'JSON' as const, LogGroup: `/aws/lambda/${FunctionName}` }
    })
  })
  if (updatingSeconds !== undefined) aws.lambda.updateFunctionCode({ FunctionName, ...code })
}

function runVariables({
  answer,
  throws,
  seconds,
  initSeconds,
  log
}: RunOptions = {}): Record<string, string> {
  return {
    ...(answer !== undefined && { SIMULATOR_ANSWER: answer }),
    ...(throws !== undefined && { SIMULATOR_THROW: throws }),
    ...(seconds !== undefined && { SIMULATOR_SECONDS: String(seconds) }),
    ...(initSeconds !== undefined && { SIMULATOR_INIT_SECONDS: String(initSeconds) }),
    ...(log !== undefined && { SIMULATOR_LOG: log })
  }
}

/** A hook function of that name. */
export function addHook(aws: Aws, name: string, options: HookOptions): void {
  aws.lambda.createFunction({
    ...functionOf(aws, name, {
      SIMULATOR_UPDATE_SECONDS: '0',
      SIMULATOR_HOOK: options.behaviour ?? 'succeed',
      SIMULATOR_HOOK_SECONDS: String(options.seconds ?? 3),
      ...(options.log && { SIMULATOR_HOOK_LOG: options.log })
    }),
    Timeout: 900,
    ...(options.logGroup && { LoggingConfig: { LogGroup: options.logGroup } }),
    Code: { ZipFile: zip(name) }
  })
}

function functionOf(aws: Aws, FunctionName: string, Variables: Record<string, string>) {
  return {
    FunctionName,
    Runtime: 'nodejs24.x' as const,
    Handler: 'index.handler',
    Role: roleArn(aws, 'payments-api'),
    Environment: { Variables }
  }
}
