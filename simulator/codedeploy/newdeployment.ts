import type { CreateDeploymentCommandInput, DeploymentGroupInfo } from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { Applications } from './applications.ts'
import type { DeploymentConfigs } from './deploymentconfigs.ts'
import type { DeploymentGroups } from './deploymentgroups.ts'
import type { Deployments } from './deployments.ts'
import { checkAlarms, checkRollback } from './deploymentsettings.ts'
import { checkDescription } from './names.ts'
import { keepRevision, readRevision } from './revisions.ts'

/** CreateDeployment, and what it refuses immediately. Anything wrong inside the AppSpec shows only while the deployment runs. */
export function createDeployment(
  aws: Aws,
  {
    applications,
    groups,
    configs,
    deployments
  }: {
    applications: Applications
    groups: DeploymentGroups
    configs: DeploymentConfigs
    deployments: Deployments
  },
  input: CreateDeploymentCommandInput
): { deploymentId: string } {
  const application = applications.find(input.applicationName)
  const group = groups.find(input)
  if (!input.revision) throw new ServiceError('RevisionRequiredException', 'The revision is required')
  const { content, revision, flaw } = readRevision(input.revision, aws)
  const configName = configOf(aws, group, input.deploymentConfigName)
  configs.getForLambda(configName)
  checkDescription(input.description)
  refuseForeign(input)
  checkAlarms(input.overrideAlarmConfiguration)
  checkRollback(input.autoRollbackConfiguration)
  const active = deployments.active(group)
  if (active) {
    const text = `The Deployment Group '${group.deploymentGroupName}' ${aws.uncertain.limitText} '${active.settings.id}'`
    throw new ServiceError('DeploymentLimitExceededException', text)
  }
  keepRevision(aws, application, { content, revision }, true)
  const deployment = deployments.start({
    group,
    configName,
    content,
    revision,
    description: input.description,
    rollback: input.autoRollbackConfiguration ?? group.autoRollbackConfiguration ?? { enabled: false },
    alarms: input.overrideAlarmConfiguration ?? group.alarmConfiguration ?? { enabled: false },
    ...(input.overrideAlarmConfiguration && { overrideAlarms: input.overrideAlarmConfiguration }),
    creator: 'user',
    ...(flaw && { flaw })
  })
  return { deploymentId: deployment.settings.id }
}

function configOf(aws: Aws, group: DeploymentGroupInfo, given: string | undefined): string {
  const name = given ?? group.deploymentConfigName
  if (name !== undefined) return name
  if (aws.uncertain.groupWithoutConfig === 'LambdaAllAtOnce') return 'CodeDeployDefault.LambdaAllAtOnce'
  throw new ServiceError(
    'InvalidDeploymentConfigNameException',
    'CodeDeployDefault.OneAtATime cannot be used for the compute platform Lambda'
  )
}

function refuseForeign(input: CreateDeploymentCommandInput): void {
  if (input.fileExistsBehavior !== undefined)
    throw new ServiceError(
      'InvalidFileExistsBehaviorException',
      'For Lambda and ECS deployment, fileExistsBehavior can not be specified'
    )
  if (input.updateOutdatedInstancesOnly)
    throw new ServiceError(
      'InvalidUpdateOutdatedInstancesOnlyValueException',
      'For Lambda deployments, updateOutdatedInstancesOnly must be false'
    )
  if (input.ignoreApplicationStopFailures)
    throw new ServiceError(
      'InvalidIgnoreApplicationStopFailuresValueException',
      'For Lambda deployments, ignoreApplicationStopFailures must be false'
    )
  if (input.targetInstances)
    throw new ServiceError(
      'InvalidTargetInstancesException',
      'For Lambda deployments, targetInstances can not be specified'
    )
  if (input.deploymentMode !== undefined && input.deploymentMode !== 'STANDARD')
    throw new ServiceError('InvalidInputException', 'For Lambda deployments, deploymentMode must be STANDARD')
}
