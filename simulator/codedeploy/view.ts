import type {
  DeploymentInfo,
  DeploymentOverview,
  DeploymentTarget,
  LambdaFunctionInfo,
  TargetStatus
} from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { type Deployment, isTerminal } from './deployment.ts'

/** Whether the deployment is still shown as Created. */
export function shownAsCreated(aws: Aws, deployment: Deployment): boolean {
  return deployment.status === 'Created' || deployment.looks <= aws.uncertain.createdLooks
}

/** The answer of GetDeployment, which never has the text of the AppSpec. Counts as a look. */
export function deploymentInfo(aws: Aws, deployment: Deployment): DeploymentInfo {
  deployment.looks++
  const { settings, startedMs, completedMs, error } = deployment
  const { uncertain } = aws
  const created = shownAsCreated(aws, deployment)
  const completed = !created && isTerminal(deployment.status)
  if (completed) deployment.looksSinceEnd++
  const rollbackInfo = rollbackInfoOf(
    deployment,
    completed && deployment.looksSinceEnd > uncertain.rollbackInfoLooks
  )
  return {
    applicationName: settings.group.applicationName,
    deploymentGroupName: settings.group.deploymentGroupName,
    deploymentConfigName: settings.configName,
    deploymentId: settings.id,
    ...(settings.revision.revisionType && { revision: withoutContent(settings.revision) }),
    status: created ? 'Created' : deployment.status,
    ...(completed && error && { errorInformation: error }),
    createTime: new Date(deployment.createdMs),
    ...(!created && startedMs !== undefined && { startTime: new Date(startedMs) }),
    ...(completed && completedMs !== undefined && { completeTime: new Date(completedMs) }),
    ...(!(created && uncertain.overview === 'absentWhileCreated') && {
      deploymentOverview: overview(created ? 'Pending' : targetStatus(aws, deployment))
    }),
    ...(settings.description !== undefined && { description: settings.description }),
    creator: settings.creator,
    ignoreApplicationStopFailures: false,
    autoRollbackConfiguration: settings.rollback,
    updateOutdatedInstancesOnly: false,
    ...(rollbackInfo && { rollbackInfo }),
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    instanceTerminationWaitTimeStarted: false,
    fileExistsBehavior: 'DISALLOW',
    deploymentStatusMessages: [],
    computePlatform: 'Lambda',
    ...(settings.overrideAlarms && { overrideAlarmConfiguration: settings.overrideAlarms })
  }
}

export function targetIdOf(aws: Aws, deployment: Deployment): string {
  const spec = deployment.appSpec
  if (!spec || aws.uncertain.targetId === 'opaque') return deployment.opaqueTargetId
  return aws.uncertain.targetId === 'function' ? spec.functionName : `${spec.functionName}:${spec.alias}`
}

export function deploymentTarget(aws: Aws, deployment: Deployment): DeploymentTarget {
  const spec = deployment.appSpec
  const info = functionInfo(aws, deployment)
  return {
    deploymentTargetType: 'LambdaTarget',
    lambdaTarget: {
      deploymentId: deployment.settings.id,
      targetId: targetIdOf(aws, deployment),
      ...(spec && { targetArn: aws.arn('lambda', `function:${spec.functionName}:${spec.alias}`) }),
      status: targetStatus(aws, deployment),
      lastUpdatedAt: new Date(deployment.updatedMs),
      lifecycleEvents: Object.values(deployment.events).map(event => ({ ...event })),
      ...(info && { lambdaFunctionInfo: info })
    }
  }
}

export function targetStatus(aws: Aws, deployment: Deployment): TargetStatus {
  switch (deployment.status) {
    case 'Created':
    case 'Queued':
      return 'Pending'
    case 'InProgress':
    case 'Baking':
      return 'InProgress'
    case 'Stopped':
      return aws.uncertain.stoppedTarget
    default:
      return deployment.status
  }
}

function functionInfo(aws: Aws, deployment: Deployment): LambdaFunctionInfo | undefined {
  const spec = deployment.appSpec
  const { rollbackTarget } = aws.uncertain
  const rollback = deployment.settings.triggeredBy !== undefined
  if (!spec || (rollback && rollbackTarget === 'absent')) return undefined
  const swapped = rollback && rollbackTarget === 'swapped'
  const weight = weightShown(aws, deployment, rollback && !swapped)
  return {
    functionName: spec.functionName,
    functionAlias: spec.alias,
    currentVersion: swapped ? spec.targetVersion : spec.currentVersion,
    targetVersion: swapped ? spec.currentVersion : spec.targetVersion,
    ...(weight !== undefined && {
      targetVersionWeight: aws.uncertain.weightUnit === 'percent' ? Math.round(weight * 100) : weight
    })
  }
}

/** `backwards`: as the share of the version that loses the traffic. */
function weightShown(aws: Aws, deployment: Deployment, backwards: boolean): number | undefined {
  const { weightAfterRollback, weightBeforeShift } = aws.uncertain
  const broken = deployment.status === 'Failed' || deployment.status === 'Stopped'
  if (broken && weightAfterRollback !== 'asItWas') return weightAfterRollback === 'zero' ? 0 : undefined
  if (deployment.weight === undefined) return weightBeforeShift === 'zero' ? 0 : undefined
  return backwards ? 1 - deployment.weight : deployment.weight
}

function overview(status: TargetStatus): DeploymentOverview {
  return { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0, [status]: 1 }
}

function withoutContent(revision: Deployment['settings']['revision']): DeploymentInfo['revision'] {
  const { appSpecContent, string, ...rest } = revision
  return {
    ...rest,
    ...(appSpecContent && { appSpecContent: { sha256: appSpecContent.sha256 } }),
    ...(string && { string: { sha256: string.sha256 } })
  }
}

function rollbackInfoOf(deployment: Deployment, told: boolean): DeploymentInfo['rollbackInfo'] {
  const { id, triggeredBy } = deployment.settings
  if (triggeredBy)
    return {
      rollbackTriggeringDeploymentId: triggeredBy.settings.id,
      rollbackMessage: `Deployment ${id} is triggered to roll back deployment ${triggeredBy.settings.id}.`
    }
  const rollbackId = deployment.rolledBackBy?.settings.id
  if (!rollbackId || !told) return undefined
  return {
    rollbackDeploymentId: rollbackId,
    rollbackMessage: `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${rollbackId}.`
  }
}
