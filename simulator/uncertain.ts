/**
 * What nobody outside AWS can know for certain: one switch for each behaviour, so that a client can be tried against every
 * answer. README.md says what is known about each.
 */
export interface Uncertain {
  /** Unit of targetVersionWeight: 1.0 was recorded at the end of a release, the API's documentation speaks of a percentage. */
  weightUnit: 'fraction' | 'percent'
  /** Form of a Lambda targetId; no recording shows one. */
  targetId: 'function:alias' | 'function' | 'opaque'
  /** GetDeployment answers with the terminal status that come before rollbackInfo appears. */
  rollbackInfoLooks: number
  /** How long after the end the rollback begins, milliseconds: 300 to 1000 were recorded. Until then nothing tells that it will. */
  rollbackGapMs: number
  /** Status Baking is shown between the last shift and Succeeded. The API model has it; nobody saw it for Lambda. */
  baking: boolean
  /** Status Queued is shown between Created and InProgress. */
  queued: boolean
  /** Time in Created, milliseconds. Targets cannot be listed meanwhile. */
  createdMs: number
  /** Answers that still say Created, however much time has passed. */
  createdLooks: number
  /** `creator` of a rollback deployment; codeDeployRollback was recorded on ECS. */
  rollbackCreator: 'codeDeployRollback' | 'user'
  /** lambdaFunctionInfo of a rollback: its versions swapped, absent, or those of the deployment that it rolls back. */
  rollbackTarget: 'swapped' | 'absent' | 'same'
  /** Revision that a rollback deployment shows. */
  rollbackRevision: 'same' | 'absent'
  /** targetVersionWeight before any traffic moved. */
  weightBeforeShift: 'zero' | 'absent'
  /** targetVersionWeight of a deployment that failed or was stopped. */
  weightAfterRollback: 'asItWas' | 'zero' | 'absent'
  /** Status of the hook events when no hook is set; a hook-less rollback showed Succeeded. */
  hookEventsWithoutHooks: 'Succeeded' | 'Skipped'
  /** A failed hook's event carries diagnostics; the model has them for EC2 scripts. */
  hookDiagnostics: boolean
  /** Whether a rollback invokes the hooks again; one recording shows that it does not. */
  rollbackHooks: 'none' | 'invoked'
  /** StopDeployment with autoRollbackEnabled false, in a group that rolls back on stop. */
  stopOverride: 'overrides' | 'ignored'
  /** The race: a stop was accepted, and the deployment succeeds after all. */
  stopEndsSucceeded: boolean
  /** What StopDeployment answers; with Pending the stop takes a moment. */
  stopResponse: 'Pending' | 'Succeeded' | 'Forced'
  /** errorInformation of a deployment that somebody stopped. */
  manualStopCode: 'MANUAL_STOP' | 'absent'
  /** Status of the target of a stopped deployment. */
  stoppedTarget: 'Failed' | 'Skipped'
  /** Code when the AppSpec names a function or alias that does not exist. */
  missingAliasCode: 'INVALID_LAMBDA_FUNCTION' | 'INVALID_LAMBDA_CONFIGURATION'
  /** Code when a hook function does not exist. */
  missingHookCode: 'HOOK_EXECUTION_FAILURE' | 'INVALID_LAMBDA_FUNCTION' | 'IAM_ROLE_PERMISSIONS'
  /** Code when a hook did not call back within the hour. */
  hookTimeoutCode: 'TIMEOUT' | 'HOOK_EXECUTION_FAILURE'
  /** Code when versions differ in role or dead-letter queue, so that the alias cannot be weighted. */
  roleMismatchCode: 'INVALID_LAMBDA_CONFIGURATION' | 'INVALID_LAMBDA_FUNCTION' | 'INTERNAL_ERROR'
  /** A target version whose state is Pending. */
  pendingTarget: 'waits' | 'fails' | 'shifts'
  /** Somebody else changes the alias between two shifts. */
  thirdPartyAlias: 'fails' | 'overwrites'
  /** Just before the last flip, the alias shows the target with a weight of 1. */
  fullWeightBeforeFlip: boolean
  /** Whether an AppSpec that was found invalid (nothing moved) is rolled back, when failures are. */
  invalidAppSpecRollback: 'none' | 'runs'
  /** Whether the first deployment of a group is rolled back. */
  firstDeploymentRollback: 'runs' | 'none'
  /** Whether a rollback keeps its group busy. */
  rollbackBusy: boolean
  /** Wording of DeploymentLimitExceededException; it was changed once. */
  limitText: 'already has an active Deployment' | 'is already deploying'
  /** deploymentOverview while the status is Created. */
  overview: 'present' | 'absentWhileCreated'
  /** BatchGetDeployments with an id that does not exist. */
  batchUnknownIds: 'omits' | 'throws'
  /** Most ids in one BatchGetDeployments; the documentation says both. */
  batchLimit: 25 | 100
  /** Order of ListDeployments; newest first is how everybody finds it, and undocumented. */
  listOrder: 'newestFirst' | 'oldestFirst'
  /** HTTP status of ExpiredTokenException from CodeDeploy: 400 recorded, 403 documented. */
  expiredStatus: 400 | 403
  /** Configuration of a deployment whose group has none: documented is one that Lambda groups cannot use. */
  groupWithoutConfig: 'LambdaAllAtOnce' | 'refused'
  /** An AppSpec whose sha256 is not that of its content. */
  sha256Mismatch: 'ignored' | 'refused' | 'fails'
  /** An ARN in the AppSpec's Name. */
  arnInName: 'fails' | 'accepted'
  /** A qualified hook, `function:alias`. */
  qualifiedHook: 'accepted' | 'fails'
  /** Keys that an AppSpec should not have. */
  unknownAppSpecKeys: 'fails' | 'ignored'
  /** An AppSpec's version written as the number 0, as JSON.stringify writes 0.0. */
  versionZero: 'accepted' | 'fails'
  /** A watched alarm that does not exist. */
  missingAlarm: 'ignored' | 'stops'
  /** Time between two looks at the alarms, milliseconds; about ten seconds were seen. */
  alarmPollMs: number
  /** Publishing after an update that changed nothing: a new version was recorded, the documentation says none. */
  identicalUpdate: 'newVersion' | 'existing'
}

/** The most likely answers. */
export const likely: Uncertain = {
  weightUnit: 'fraction',
  targetId: 'function:alias',
  rollbackInfoLooks: 0,
  rollbackGapMs: 300,
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
  sha256Mismatch: 'refused',
  arnInName: 'fails',
  qualifiedHook: 'accepted',
  unknownAppSpecKeys: 'fails',
  versionZero: 'accepted',
  missingAlarm: 'ignored',
  alarmPollMs: 10_000,
  identicalUpdate: 'newVersion'
}

/** Every answer worth trying, the likely one first. */
export const answers: { [K in keyof Uncertain]: Uncertain[K][] } = {
  weightUnit: ['fraction', 'percent'],
  targetId: ['function:alias', 'function', 'opaque'],
  rollbackInfoLooks: [0, 1, 3],
  rollbackGapMs: [300, 0, 1000, 5000],
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
  sha256Mismatch: ['refused', 'ignored', 'fails'],
  arnInName: ['fails', 'accepted'],
  qualifiedHook: ['accepted', 'fails'],
  unknownAppSpecKeys: ['fails', 'ignored'],
  versionZero: ['accepted', 'fails'],
  missingAlarm: ['ignored', 'stops'],
  alarmPollMs: [10_000, 1000, 60_000],
  identicalUpdate: ['newVersion', 'existing']
}
