import {
  count,
  flag,
  listOf,
  mapOf,
  type Operation,
  type Shape,
  structure,
  text,
  timestamp
} from '../wire/shapes.ts'

/**
 * CodeDeploy's requests. Names, lengths and enumerations are not checked here: CodeDeploy has a separate exception for each,
 * which the operations throw. The same is true of most missing members.
 */
const any = text()
const tag = structure('Tag', { Key: any, Value: any })
const ec2TagFilter = structure('EC2TagFilter', { Key: any, Value: any, Type: any })
const tagFilter = structure('TagFilter', { Key: any, Value: any, Type: any })
const ec2TagSet = structure('EC2TagSet', { ec2TagSetList: listOf(listOf(ec2TagFilter)) })
const alarms = structure('AlarmConfiguration', {
  enabled: flag,
  ignorePollAlarmFailure: flag,
  alarms: listOf(structure('Alarm', { name: any }))
})
const rollback = structure('AutoRollbackConfiguration', { enabled: flag, events: listOf(any) })
const blueGreen = structure('BlueGreenDeploymentConfiguration', {
  terminateBlueInstancesOnDeploymentSuccess: structure('BlueInstanceTerminationOption', {
    action: any,
    terminationWaitTimeInMinutes: count()
  }),
  deploymentReadyOption: structure('DeploymentReadyOption', {
    actionOnTimeout: any,
    waitTimeInMinutes: count()
  }),
  greenFleetProvisioningOption: structure('GreenFleetProvisioningOption', { action: any })
})
const trafficRoute = structure('TrafficRoute', { listenerArns: listOf(any) })
const targetGroups = listOf(structure('TargetGroupInfo', { name: any }))
const loadBalancer = structure('LoadBalancerInfo', {
  elbInfoList: listOf(structure('ELBInfo', { name: any })),
  targetGroupInfoList: targetGroups,
  targetGroupPairInfoList: listOf(
    structure('TargetGroupPairInfo', {
      targetGroups,
      prodTrafficRoute: trafficRoute,
      testTrafficRoute: trafficRoute
    })
  )
})
const groupSettings: Record<string, Shape> = {
  deploymentConfigName: any,
  ec2TagFilters: listOf(ec2TagFilter),
  onPremisesInstanceTagFilters: listOf(tagFilter),
  autoScalingGroups: listOf(any),
  serviceRoleArn: any,
  triggerConfigurations: listOf(
    structure('TriggerConfig', { triggerName: any, triggerTargetArn: any, triggerEvents: listOf(any) })
  ),
  alarmConfiguration: alarms,
  autoRollbackConfiguration: rollback,
  outdatedInstancesStrategy: any,
  deploymentStyle: structure('DeploymentStyle', { deploymentType: any, deploymentOption: any }),
  blueGreenDeploymentConfiguration: blueGreen,
  loadBalancerInfo: loadBalancer,
  ec2TagSet,
  ecsServices: listOf(structure('ECSService', { serviceName: any, clusterName: any })),
  onPremisesTagSet: structure('OnPremisesTagSet', { onPremisesTagSetList: listOf(listOf(tagFilter)) }),
  terminationHookEnabled: flag
}
const revision = structure('RevisionLocation', {
  revisionType: any,
  s3Location: structure('S3Location', { bucket: any, key: any, bundleType: any, version: any, eTag: any }),
  gitHubLocation: structure('GitHubLocation', { repository: any, commitId: any }),
  string: structure('RawString', { content: any, sha256: any }),
  appSpecContent: structure('AppSpecContent', { content: any, sha256: any })
})

const operation = (name: string, members: Record<string, Shape>): Operation => ({
  name,
  input: structure(`${name}Input`, members)
})

export const codedeployOperations: readonly Operation[] = [
  operation('CreateApplication', { applicationName: any, computePlatform: any, tags: listOf(tag) }),
  operation('GetApplication', { applicationName: any }),
  operation('ListApplications', { nextToken: any }),
  operation('BatchGetApplications', { applicationNames: listOf(any) }),
  operation('UpdateApplication', { applicationName: any, newApplicationName: any }),
  operation('DeleteApplication', { applicationName: any }),
  operation('CreateDeploymentGroup', {
    applicationName: any,
    deploymentGroupName: any,
    ...groupSettings,
    tags: listOf(tag)
  }),
  operation('GetDeploymentGroup', { applicationName: any, deploymentGroupName: any }),
  operation('UpdateDeploymentGroup', {
    applicationName: any,
    currentDeploymentGroupName: any,
    newDeploymentGroupName: any,
    ...groupSettings
  }),
  operation('ListDeploymentGroups', { applicationName: any, nextToken: any }),
  operation('BatchGetDeploymentGroups', { applicationName: any, deploymentGroupNames: listOf(any) }),
  operation('DeleteDeploymentGroup', { applicationName: any, deploymentGroupName: any }),
  operation('CreateDeploymentConfig', {
    deploymentConfigName: any,
    minimumHealthyHosts: structure('MinimumHealthyHosts', { type: any, value: count() }),
    trafficRoutingConfig: structure('TrafficRoutingConfig', {
      type: any,
      timeBasedCanary: structure('TimeBasedCanary', { canaryPercentage: count(), canaryInterval: count() }),
      timeBasedLinear: structure('TimeBasedLinear', { linearPercentage: count(), linearInterval: count() })
    }),
    computePlatform: any,
    zonalConfig: structure('ZonalConfig', {
      firstZoneMonitorDurationInSeconds: count(),
      monitorDurationInSeconds: count(),
      minimumHealthyHostsPerZone: structure('MinimumHealthyHostsPerZone', { type: any, value: count() })
    })
  }),
  operation('GetDeploymentConfig', { deploymentConfigName: any }),
  operation('ListDeploymentConfigs', { nextToken: any }),
  operation('DeleteDeploymentConfig', { deploymentConfigName: any }),
  operation('CreateDeployment', {
    applicationName: any,
    deploymentGroupName: any,
    revision,
    deploymentConfigName: any,
    description: any,
    ignoreApplicationStopFailures: flag,
    targetInstances: structure('TargetInstances', {
      tagFilters: listOf(ec2TagFilter),
      autoScalingGroups: listOf(any),
      ec2TagSet
    }),
    autoRollbackConfiguration: rollback,
    updateOutdatedInstancesOnly: flag,
    fileExistsBehavior: any,
    deploymentMode: any,
    overrideAlarmConfiguration: alarms
  }),
  operation('GetDeployment', { deploymentId: any }),
  operation('BatchGetDeployments', { deploymentIds: listOf(any) }),
  operation('ListDeployments', {
    applicationName: any,
    deploymentGroupName: any,
    externalId: any,
    includeOnlyStatuses: listOf(any),
    createTimeRange: structure('TimeRange', { start: timestamp, end: timestamp }),
    nextToken: any
  }),
  operation('ListDeploymentTargets', {
    deploymentId: any,
    nextToken: any,
    targetFilters: mapOf(listOf(any))
  }),
  operation('BatchGetDeploymentTargets', { deploymentId: any, targetIds: listOf(any) }),
  operation('GetDeploymentTarget', { deploymentId: any, targetId: any }),
  operation('StopDeployment', { deploymentId: any, autoRollbackEnabled: flag }),
  operation('GetApplicationRevision', { applicationName: any, revision }),
  operation('BatchGetApplicationRevisions', { applicationName: any, revisions: listOf(revision) }),
  operation('ListApplicationRevisions', {
    applicationName: any,
    sortBy: any,
    sortOrder: any,
    s3Bucket: any,
    s3KeyPrefix: any,
    deployed: any,
    nextToken: any
  }),
  operation('RegisterApplicationRevision', { applicationName: any, revision, description: any }),
  operation('ListTagsForResource', { ResourceArn: any, NextToken: any }),
  operation('TagResource', { ResourceArn: any, Tags: listOf(tag) }),
  operation('UntagResource', { ResourceArn: any, TagKeys: listOf(any) }),
  operation('PutLifecycleEventHookExecutionStatus', {
    deploymentId: any,
    lifecycleEventHookExecutionId: any,
    status: any
  })
]
