/**
 * What nobody outside AWS knows for certain: one switch for each behaviour, so that a client can be tested against every
 * answer. README.md says what is known about each.
 */
export interface Uncertain {
  /** Unit of targetVersionWeight: 1.0 was recorded at the end of a release; the API's documentation says percentage. */
  weightUnit: 'fraction' | 'percent'
  /** Format of a Lambda targetId; no recording shows one. */
  targetId: 'function:alias' | 'function' | 'opaque'
  /** How many answers of GetDeployment show the terminal status before rollbackInfo appears. */
  rollbackInfoLooks: number
  /** How long after the end the rollback begins, milliseconds: 300 to 1000 were recorded. Until then nothing shows that it will. */
  rollbackGapMs: number
  /** How long each of a rollback's three steps takes, milliseconds: about two seconds in all were recorded. */
  rollbackStepMs: number
  /** How long after its time each shift but the first is made, milliseconds; no number is documented. */
  shiftLateMs: number
  /** How long after its last event a deployment ends, milliseconds: 400 were recorded. */
  finishMs: number
  /** Status Baking is shown between the last shift and Succeeded. The API model has it; it was never seen for Lambda. */
  baking: boolean
  /** Status Queued is shown between Created and InProgress. */
  queued: boolean
  /** Time in Created, milliseconds. Targets cannot be listed during that time. */
  createdMs: number
  /** How many answers still say Created, however much time has passed. */
  createdLooks: number
  /** `creator` of a rollback deployment; codeDeployRollback was recorded on ECS. */
  rollbackCreator: 'codeDeployRollback' | 'user'
  /** lambdaFunctionInfo of a rollback: with swapped versions, absent, or with those of the deployment that it rolls back. */
  rollbackTarget: 'swapped' | 'absent' | 'same'
  /** The revision that a rollback deployment shows. */
  rollbackRevision: 'same' | 'absent'
  /** targetVersionWeight before any traffic has moved. */
  weightBeforeShift: 'zero' | 'absent'
  /** targetVersionWeight of a deployment that failed or was stopped. */
  weightAfterRollback: 'asItWas' | 'zero' | 'absent'
  /** Status of the hook events without a hook; a rollback without hooks showed Succeeded. */
  hookEventsWithoutHooks: 'Succeeded' | 'Skipped'
  /** The event of a failed hook has diagnostics; the model has them for EC2 scripts. */
  hookDiagnostics: boolean
  /** Whether a rollback invokes the hooks again; one recording shows that it does not. */
  rollbackHooks: 'none' | 'invoked'
  /** StopDeployment with autoRollbackEnabled false, in a group that rolls back on stop. */
  stopOverride: 'overrides' | 'ignored'
  /** A race: a stop was accepted, and the deployment succeeds anyway, unless it has not begun to read its AppSpec. */
  stopEndsSucceeded: boolean
  /** What StopDeployment answers; with Pending the stop takes a moment. */
  stopResponse: 'Pending' | 'Succeeded' | 'Forced'
  /** With Pending, how long after its answer the deployment ends, milliseconds; no number is documented. */
  stopMs: number
  /** errorInformation of a deployment that somebody stopped. */
  manualStopCode: 'MANUAL_STOP' | 'absent'
  /** Status of the target of a stopped deployment. */
  stoppedTarget: 'Failed' | 'Skipped'
  /** Code when the AppSpec names a function or alias that does not exist. */
  missingAliasCode: 'INVALID_LAMBDA_FUNCTION' | 'INVALID_LAMBDA_CONFIGURATION'
  /** Code when a hook function does not exist. */
  missingHookCode: 'HOOK_EXECUTION_FAILURE' | 'INVALID_LAMBDA_FUNCTION' | 'IAM_ROLE_PERMISSIONS'
  /** Code when a hook has not called back within an hour. */
  hookTimeoutCode: 'TIMEOUT' | 'HOOK_EXECUTION_FAILURE'
  /** Code when the versions' roles or dead-letter queues differ, so that the alias cannot be weighted. */
  roleMismatchCode: 'INVALID_LAMBDA_CONFIGURATION' | 'INVALID_LAMBDA_FUNCTION' | 'INTERNAL_ERROR'
  /** A target version whose state is Pending. */
  pendingTarget: 'waits' | 'fails' | 'shifts'
  /** Somebody else changes the alias between two steps of the shift. */
  thirdPartyAlias: 'fails' | 'overwrites'
  /** Just before the end, the alias shows the target with a weight of 1. */
  fullWeightBeforeFlip: boolean
  /** Whether an AppSpec that was found invalid (nothing moved) is rolled back, when failures are. */
  invalidAppSpecRollback: 'none' | 'runs'
  /** Whether the first deployment of a group is rolled back. */
  firstDeploymentRollback: 'runs' | 'none'
  /** Whether a rollback keeps its group busy. */
  rollbackBusy: boolean
  /** Wording of DeploymentLimitExceededException; AWS has changed it once. */
  limitText: 'already has an active Deployment' | 'is already deploying'
  /** deploymentOverview while the status is Created. */
  overview: 'present' | 'absentWhileCreated'
  /** BatchGetDeployments with an id that does not exist. */
  batchUnknownIds: 'omits' | 'throws'
  /** The most ids in one BatchGetDeployments; the documentation gives both numbers. */
  batchLimit: 25 | 100
  /** Order of ListDeployments; newest first is what everybody sees, but it is undocumented. */
  listOrder: 'newestFirst' | 'oldestFirst'
  /** HTTP status of ExpiredTokenException from CodeDeploy: 400 recorded, 403 documented. */
  expiredStatus: 400 | 403
  /** Configuration of a deployment whose group has none: the documented one cannot be used by Lambda groups. */
  groupWithoutConfig: 'LambdaAllAtOnce' | 'refused'
  /** For how long an application or a group that was just created is not found, milliseconds; nothing says that there is such a time. */
  newGroupMs: number
  /** An AppSpec whose sha256 does not match its content. */
  sha256Mismatch: 'ignored' | 'refused' | 'fails'
  /** An ARN in the AppSpec's Name. */
  arnInName: 'fails' | 'accepted'
  /** A qualified hook, `function:alias`. */
  qualifiedHook: 'accepted' | 'fails'
  /** Unknown keys in an AppSpec. */
  unknownAppSpecKeys: 'fails' | 'ignored'
  /** The version of an AppSpec as the number 0, which is how JSON.stringify writes 0.0. */
  versionZero: 'accepted' | 'fails'
  /** A watched alarm that does not exist. */
  missingAlarm: 'ignored' | 'stops'
  /** Time between two checks of the alarms, milliseconds; about ten seconds were seen. */
  alarmPollMs: number
  /** Publishing after an update that changed nothing: a recording shows a new version; the documentation says there is none. */
  identicalUpdate: 'newVersion' | 'existing'
  /** UpdateFunctionCode without Architectures: the API's documentation says that the default is x86_64. */
  architecturesLeftOut: 'keeps' | 'x86_64'
  /** UpdateFunctionCode without SourceKMSKeyArn, when the code that is replaced had a key. */
  sourceKeyLeftOut: 'drops' | 'keeps'
  /** What UpdateFunctionCode as a dry run answers: the new code's digest, with a revision of its own too, or the old code's. */
  dryRun: 'newCode' | 'newRevision' | 'oldCode'
  /**
   * outdatedInstancesStrategy of a Lambda group, which Terraform sends for each group: it is kept, shown as UPDATE also when nobody
   * gave one, or refused.
   */
  outdatedInstances: 'kept' | 'always' | 'refused'
  /** LastModified of a published version: when `$LATEST` was updated before that, or when the version was published. */
  versionModified: 'updated' | 'published'
  /** DeleteFunction for a version that an alias names only with a weight. */
  deletingWeighted: 'refused' | 'deleted'
  /** The same for a version with provisioned concurrency. */
  deletingProvisioned: 'refused' | 'deleted'
  /** The metric Errors of a minute in which nothing failed. */
  healthyErrors: 'zero' | 'absent'
  /** A point of a metric grows while its minute lasts, or comes once the minute is over. */
  metricMinutes: 'growing' | 'whole'
  /** How late invocations appear in CloudWatch's metrics, milliseconds; no number is documented. */
  metricsLateMs: number
}

/** The most likely answers. */
export const likely: Uncertain = {
  weightUnit: 'fraction',
  targetId: 'function:alias',
  rollbackInfoLooks: 0,
  rollbackGapMs: 300,
  rollbackStepMs: 700,
  shiftLateMs: 0,
  finishMs: 400,
  baking: false,
  queued: false,
  createdMs: 1500,
  createdLooks: 0,
  rollbackCreator: 'codeDeployRollback',
  rollbackTarget: 'swapped',
  rollbackRevision: 'same',
  weightBeforeShift: 'zero',
  weightAfterRollback: 'asItWas',
  hookEventsWithoutHooks: 'Succeeded',
  hookDiagnostics: false,
  rollbackHooks: 'none',
  stopOverride: 'overrides',
  stopEndsSucceeded: false,
  stopResponse: 'Pending',
  stopMs: 1200,
  manualStopCode: 'MANUAL_STOP',
  stoppedTarget: 'Failed',
  missingAliasCode: 'INVALID_LAMBDA_FUNCTION',
  missingHookCode: 'HOOK_EXECUTION_FAILURE',
  hookTimeoutCode: 'TIMEOUT',
  roleMismatchCode: 'INVALID_LAMBDA_CONFIGURATION',
  pendingTarget: 'waits',
  thirdPartyAlias: 'fails',
  fullWeightBeforeFlip: false,
  invalidAppSpecRollback: 'none',
  firstDeploymentRollback: 'runs',
  rollbackBusy: true,
  limitText: 'already has an active Deployment',
  overview: 'present',
  batchUnknownIds: 'omits',
  batchLimit: 25,
  listOrder: 'newestFirst',
  expiredStatus: 400,
  groupWithoutConfig: 'LambdaAllAtOnce',
  newGroupMs: 0,
  sha256Mismatch: 'refused',
  arnInName: 'fails',
  qualifiedHook: 'accepted',
  unknownAppSpecKeys: 'fails',
  versionZero: 'accepted',
  missingAlarm: 'ignored',
  alarmPollMs: 10_000,
  identicalUpdate: 'newVersion',
  architecturesLeftOut: 'keeps',
  sourceKeyLeftOut: 'drops',
  dryRun: 'newCode',
  outdatedInstances: 'kept',
  versionModified: 'updated',
  deletingWeighted: 'refused',
  deletingProvisioned: 'refused',
  healthyErrors: 'zero',
  metricMinutes: 'growing',
  metricsLateMs: 20_000
}

/** Every answer worth testing, the likely one first. */
export const answers: { [K in keyof Uncertain]: Uncertain[K][] } = {
  weightUnit: ['fraction', 'percent'],
  targetId: ['function:alias', 'function', 'opaque'],
  rollbackInfoLooks: [0, 1, 3],
  rollbackGapMs: [300, 0, 1000, 5000],
  rollbackStepMs: [700, 10_000, 60_000],
  shiftLateMs: [0, 4000, 40_000],
  finishMs: [400, 10_000, 60_000],
  baking: [false, true],
  queued: [false, true],
  createdMs: [1500, 0, 20_000],
  createdLooks: [0, 1, 3],
  rollbackCreator: ['codeDeployRollback', 'user'],
  rollbackTarget: ['swapped', 'absent', 'same'],
  rollbackRevision: ['same', 'absent'],
  weightBeforeShift: ['zero', 'absent'],
  weightAfterRollback: ['asItWas', 'zero', 'absent'],
  hookEventsWithoutHooks: ['Succeeded', 'Skipped'],
  hookDiagnostics: [false, true],
  rollbackHooks: ['none', 'invoked'],
  stopOverride: ['overrides', 'ignored'],
  stopEndsSucceeded: [false, true],
  stopResponse: ['Pending', 'Succeeded', 'Forced'],
  stopMs: [1200, 15_000, 90_000],
  manualStopCode: ['MANUAL_STOP', 'absent'],
  stoppedTarget: ['Failed', 'Skipped'],
  missingAliasCode: ['INVALID_LAMBDA_FUNCTION', 'INVALID_LAMBDA_CONFIGURATION'],
  missingHookCode: ['HOOK_EXECUTION_FAILURE', 'INVALID_LAMBDA_FUNCTION', 'IAM_ROLE_PERMISSIONS'],
  hookTimeoutCode: ['TIMEOUT', 'HOOK_EXECUTION_FAILURE'],
  roleMismatchCode: ['INVALID_LAMBDA_CONFIGURATION', 'INVALID_LAMBDA_FUNCTION', 'INTERNAL_ERROR'],
  pendingTarget: ['waits', 'fails', 'shifts'],
  thirdPartyAlias: ['fails', 'overwrites'],
  fullWeightBeforeFlip: [false, true],
  invalidAppSpecRollback: ['none', 'runs'],
  firstDeploymentRollback: ['runs', 'none'],
  rollbackBusy: [true, false],
  limitText: ['already has an active Deployment', 'is already deploying'],
  overview: ['present', 'absentWhileCreated'],
  batchUnknownIds: ['omits', 'throws'],
  batchLimit: [25, 100],
  listOrder: ['newestFirst', 'oldestFirst'],
  expiredStatus: [400, 403],
  groupWithoutConfig: ['LambdaAllAtOnce', 'refused'],
  newGroupMs: [0, 3000, 15_000],
  sha256Mismatch: ['refused', 'ignored', 'fails'],
  arnInName: ['fails', 'accepted'],
  qualifiedHook: ['accepted', 'fails'],
  unknownAppSpecKeys: ['fails', 'ignored'],
  versionZero: ['accepted', 'fails'],
  missingAlarm: ['ignored', 'stops'],
  alarmPollMs: [10_000, 1000, 60_000],
  identicalUpdate: ['newVersion', 'existing'],
  architecturesLeftOut: ['keeps', 'x86_64'],
  sourceKeyLeftOut: ['drops', 'keeps'],
  dryRun: ['newCode', 'newRevision', 'oldCode'],
  outdatedInstances: ['kept', 'always', 'refused'],
  versionModified: ['updated', 'published'],
  deletingWeighted: ['refused', 'deleted'],
  deletingProvisioned: ['refused', 'deleted'],
  healthyErrors: ['zero', 'absent'],
  metricMinutes: ['growing', 'whole'],
  metricsLateMs: [20_000, 0, 150_000, 600_000]
}

/** These are about metrics only. The simulation draws them apart, so that the worlds of its seeds stay as they are. */
export const metricsAnswers = [
  'healthyErrors',
  'metricMinutes',
  'metricsLateMs'
] as const satisfies readonly (keyof Uncertain)[]

/** These are about requests that a release does not send; drawing them would only change the worlds of all seeds. */
export const otherAnswers = ['outdatedInstances'] as const satisfies readonly (keyof Uncertain)[]
/** These are about the deletion of versions only, and are drawn apart likewise. */
export const deletionAnswers = [
  'versionModified',
  'deletingWeighted',
  'deletingProvisioned'
] as const satisfies readonly (keyof Uncertain)[]
/** These are about new applications and groups only, and are drawn apart too. */
export const setUpAnswers = ['newGroupMs'] as const satisfies readonly (keyof Uncertain)[]
/** How slow CodeDeploy is; also drawn apart. */
export const speedAnswers = [
  'stopMs',
  'rollbackStepMs',
  'shiftLateMs',
  'finishMs'
] as const satisfies readonly (keyof Uncertain)[]
