import type {
  AlarmConfiguration,
  CreateDeploymentCommandInput,
  CreateDeploymentGroupCommandInput,
  DeploymentConfigInfo,
  DeploymentGroupInfo,
  DeploymentInfo,
  LambdaTarget,
  TrafficRoutingConfig
} from '@aws-sdk/client-codedeploy'
import type { DeploymentView, LifecycleEvent } from '../deployment/observation.ts'
import type { Strategy } from '../deployment/strategy.ts'
import { Failure } from '../failure.ts'
import { type RollbackEvent, rollbackEvents, type SafeguardChoice } from '../inputs/safeguards.ts'
import type { CreatedDeployment } from '../operations/createdeployment.ts'
import type { DeploymentDescription } from '../operations/existing.ts'
import type { AppSpec } from '../plan/appspec.ts'
import type { DeploymentRequest } from '../plan/deploymentrequest.ts'
import type { Group } from '../plan/holdings.ts'
import type { NewGroup } from '../plan/setup.ts'
import { malformed, mustBe } from './failure.ts'

/** Converts between CodeDeploy's shapes and ours. In the SDK's types every field is optional, so each is checked here. */

/**
 * `fileExistsBehavior`, `deploymentMode` and the like are left out because CodeDeploy refuses them for Lambda.
 * Overriding the alarms needs codedeploy:UpdateDeploymentGroup as well.
 */
export function createDeploymentInput(
  request: DeploymentRequest,
  revision: AppSpec
): CreateDeploymentCommandInput {
  const { configuration, alarms, rollback } = request
  return {
    applicationName: request.application,
    deploymentGroupName: request.group,
    ...(configuration && { deploymentConfigName: configuration }),
    description: request.description,
    revision: {
      revisionType: 'AppSpecContent',
      appSpecContent: { content: revision.content, sha256: revision.sha256 }
    },
    ...(alarms === 'none' && { overrideAlarmConfiguration: { enabled: false } }),
    ...(typeof alarms === 'object' && { overrideAlarmConfiguration: alarmConfigurationOf(alarms) }),
    ...(rollback === 'none' && { autoRollbackConfiguration: { enabled: false } }),
    ...(typeof rollback === 'object' && {
      autoRollbackConfiguration: { enabled: true, events: [...rollback] }
    })
  }
}

/** Without a deployment style, CodeDeploy would create the group for deployments in place, which Lambda does not have. */
export function createGroupInput(group: NewGroup): CreateDeploymentGroupCommandInput {
  const { alarms } = group
  return {
    applicationName: group.application,
    deploymentGroupName: group.group,
    serviceRoleArn: group.serviceRole,
    deploymentConfigName: group.configuration,
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    autoRollbackConfiguration: { enabled: true, events: [...rollbackEvents] },
    ...(typeof alarms === 'object' && { alarmConfiguration: alarmConfigurationOf(alarms) })
  }
}

const alarmConfigurationOf = ({
  names,
  ignorePollFailure
}: Extract<SafeguardChoice['alarms'], object>): AlarmConfiguration => ({
  enabled: true,
  ignorePollAlarmFailure: ignorePollFailure,
  alarms: names.map(name => ({ name }))
})

export function trafficRoutingOf(strategy: Strategy): TrafficRoutingConfig {
  switch (strategy.type) {
    case 'AllAtOnce':
      return { type: 'AllAtOnce' }
    case 'TimeBasedCanary':
      return {
        type: strategy.type,
        timeBasedCanary: { canaryPercentage: strategy.percentage, canaryInterval: strategy.minutes }
      }
    case 'TimeBasedLinear':
      return {
        type: strategy.type,
        timeBasedLinear: { linearPercentage: strategy.percentage, linearInterval: strategy.minutes }
      }
  }
}

export function strategyFrom(
  info: DeploymentConfigInfo | undefined,
  action: string,
  resource: string
): Strategy {
  if (!info) throw malformed(action, resource, 'deploymentConfigInfo')
  const { computePlatform: platform, trafficRoutingConfig: routing } = info
  const refusal = { kind: 'rejected', action, resource, mayHaveActed: false } as const
  // ECS has the same types of strategies. CodeDeploy would refuse such a configuration only after the version is published.
  if (platform && platform !== 'Lambda')
    throw new Failure(
      `Deployment configuration ${info.deploymentConfigName ?? ''} is for compute platform ${platform}, not Lambda`,
      { ...refusal, code: 'WRONG_COMPUTE_PLATFORM' }
    )
  if (routing?.type === 'AllAtOnce') return { type: 'AllAtOnce' }
  const { canaryPercentage, canaryInterval } = routing?.timeBasedCanary ?? {}
  if (canaryPercentage !== undefined && canaryInterval !== undefined)
    return { type: 'TimeBasedCanary', percentage: canaryPercentage, minutes: canaryInterval }
  const { linearPercentage, linearInterval } = routing?.timeBasedLinear ?? {}
  if (linearPercentage !== undefined && linearInterval !== undefined)
    return { type: 'TimeBasedLinear', percentage: linearPercentage, minutes: linearInterval }
  throw new Failure('the deployment configuration does not say how traffic moves', {
    ...refusal,
    code: 'NotALambdaConfiguration'
  })
}

export function groupFrom(info: DeploymentGroupInfo | undefined, action: string, resource: string): Group {
  if (!info) throw malformed(action, resource, 'deploymentGroupInfo')
  return {
    ...(info.computePlatform && { computePlatform: info.computePlatform }),
    ...(info.deploymentConfigName && { configuration: info.deploymentConfigName }),
    ...(info.serviceRoleArn && { serviceRole: info.serviceRoleArn }),
    alarms: alarmNames(info.alarmConfiguration),
    rollbackEvents: eventsFrom(info.autoRollbackConfiguration) ?? []
  }
}

/** Alarms that are switched off are still listed, but stop nothing. */
const alarmNames = (configuration: DeploymentGroupInfo['alarmConfiguration']): string[] =>
  configuration?.enabled ? (configuration.alarms ?? []).flatMap(({ name }) => name ?? []) : []

function eventsFrom(
  rollback: DeploymentInfo['autoRollbackConfiguration']
): readonly RollbackEvent[] | undefined {
  if (!rollback) return undefined
  return rollback.enabled ? rollbackEvents.filter(event => rollback.events?.includes(event)) : []
}

export function viewFrom(
  info: DeploymentInfo | undefined,
  deploymentId: string,
  action: string,
  resource: string
): DeploymentView {
  if (!info?.status) throw malformed(action, resource, 'status')
  mustBe(action, resource, 'deployment', info.deploymentId, deploymentId)
  const { createTime, startTime, completeTime, errorInformation, rollbackInfo, creator } = info
  const isRollback = creator === 'codeDeployRollback' || Boolean(rollbackInfo?.rollbackTriggeringDeploymentId)
  return {
    id: deploymentId,
    status: info.status,
    ...(createTime && { createdAt: createTime.getTime() }),
    ...(startTime && { startedAt: startTime.getTime() }),
    ...(completeTime && { completedAt: completeTime.getTime() }),
    ...(errorInformation?.code && {
      error: { code: errorInformation.code, message: errorInformation.message ?? '' }
    }),
    ...(rollbackInfo?.rollbackDeploymentId && { rollbackId: rollbackInfo.rollbackDeploymentId }),
    ...(isRollback && { isRollback })
  }
}

export function lifecycleFrom(
  target: LambdaTarget | undefined
): NonNullable<DeploymentDescription['target']> {
  const info = target?.lambdaFunctionInfo
  return {
    lifecycle: (target?.lifecycleEvents ?? []).map((event): LifecycleEvent => {
      const { startTime, endTime, diagnostics } = event
      return {
        name: event.lifecycleEventName ?? '',
        status: event.status ?? 'Unknown',
        ...(startTime && { startedAt: startTime.getTime() }),
        ...(endTime && { endedAt: endTime.getTime() }),
        ...(diagnostics?.logTail && { logTail: diagnostics.logTail })
      }
    }),
    ...(info?.targetVersionWeight !== undefined && { claimedShare: fraction(info.targetVersionWeight) }),
    ...(info?.functionName && { functionName: info.functionName }),
    ...(info?.functionAlias && { alias: info.functionAlias }),
    ...(info?.currentVersion && { currentVersion: info.currentVersion }),
    ...(info?.targetVersion && { targetVersion: info.targetVersion })
  }
}

/** `targetVersionWeight` is documented as a percentage and has been seen as a fraction. */
const fraction = (weight: number): number => (weight > 1 ? weight / 100 : weight)

/** For comparison with what was sent: an incomplete answer must not look like somebody else's deployment. */
export function recordFrom(
  info: DeploymentInfo | undefined,
  id: string,
  action: string,
  resource: string
): CreatedDeployment {
  const sha256 = info?.revision?.appSpecContent?.sha256 ?? info?.revision?.string?.sha256
  if (!info?.status) throw malformed(action, resource, 'status')
  mustBe(action, resource, 'deployment', info.deploymentId, id)
  return {
    id,
    description: info.description ?? '',
    sha256: sha256 ?? '',
    status: info.status,
    ...(info.createTime && { createdAt: info.createTime.getTime() }),
    ...(info.completeTime && { completedAt: info.completeTime.getTime() })
  }
}

export function descriptionFrom(
  info: DeploymentInfo | undefined,
  id: string,
  action: string,
  resource: string
): DeploymentDescription {
  if (!info?.status) throw malformed(action, resource, 'status')
  mustBe(action, resource, 'deployment', info.deploymentId, id)
  const events = eventsFrom(info.autoRollbackConfiguration)
  const revision = info.revision?.appSpecContent ?? info.revision?.string
  return {
    ...viewFrom(info, id, action, resource),
    description: info.description ?? '',
    ...(info.applicationName && { application: info.applicationName }),
    ...(info.deploymentGroupName && { group: info.deploymentGroupName }),
    ...(info.deploymentConfigName && { configuration: info.deploymentConfigName }),
    ...(info.computePlatform && { computePlatform: info.computePlatform }),
    ...(revision?.sha256 && { sha256: revision.sha256 }),
    ...(info.rollbackInfo?.rollbackTriggeringDeploymentId && {
      rollsBack: info.rollbackInfo.rollbackTriggeringDeploymentId
    }),
    hasOwnAlarms: info.overrideAlarmConfiguration !== undefined,
    alarms: alarmNames(info.overrideAlarmConfiguration),
    ...(events && { rollbackEvents: events })
  }
}
