import { createHash } from 'node:crypto'
import type {
  CreateDeploymentCommandInput,
  DeploymentGroupInfo,
  ErrorInformation,
  RevisionLocation
} from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import type { Applications } from './applications.ts'
import type { DeploymentConfigs } from './deploymentconfigs.ts'
import type { Deployments } from './deployments.ts'
import { checkAlarms, checkRollback } from './deploymentsettings.ts'

const LONGEST_DESCRIPTION = 256

/** CreateDeployment, and what it refuses immediately. Anything wrong inside the AppSpec shows only while the deployment runs. */
export function createDeployment(
  aws: Aws,
  {
    applications,
    configs,
    deployments
  }: { applications: Applications; configs: DeploymentConfigs; deployments: Deployments },
  input: CreateDeploymentCommandInput
): { deploymentId: string } {
  const application = applications.find(input.applicationName)
  const group = applications.group(input)
  if (!input.revision) throw new ServiceError('RevisionRequiredException', 'The revision is required')
  const { content, revision, flaw } = readRevision(input.revision, aws)
  const configName = configOf(aws, group, input.deploymentConfigName)
  configs.getForLambda(configName)
  if ((input.description ?? '').length > LONGEST_DESCRIPTION)
    throw new ServiceError(
      'DescriptionTooLongException',
      `The description has more than ${LONGEST_DESCRIPTION} characters`
    )
  refuseForeign(input)
  checkAlarms(input.overrideAlarmConfiguration)
  checkRollback(input.autoRollbackConfiguration)
  const active = deployments.active(group)
  if (active) {
    const text = `The Deployment Group '${group.deploymentGroupName}' ${aws.uncertain.limitText} '${active.settings.id}'`
    throw new ServiceError('DeploymentLimitExceededException', text)
  }
  const sha256 = (revision.appSpecContent ?? revision.string)?.sha256
  if (sha256) application.revisions.set(sha256, content)
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

/** GetApplicationRevision, the only way to read the text of an AppSpec. */
export function findRevision(
  applications: Applications,
  input: { applicationName: string | undefined; revision: RevisionLocation | undefined }
): { applicationName: string | undefined; revision: RevisionLocation } {
  const { revisions } = applications.find(input.applicationName)
  if (!input.revision) throw new ServiceError('RevisionRequiredException', 'The revision is required')
  const { revisionType } = input.revision
  const { sha256 } = input.revision.appSpecContent ?? input.revision.string ?? {}
  if (!sha256) throw new ServiceError('InvalidRevisionException', 'The sha256 of the revision is required')
  const content = revisions.get(sha256)
  if (content === undefined)
    throw new ServiceError('RevisionDoesNotExistException', 'The revision does not exist')
  const member = revisionType === 'String' ? 'string' : 'appSpecContent'
  return { applicationName: input.applicationName, revision: { revisionType, [member]: { content, sha256 } } }
}

function readRevision(
  given: RevisionLocation,
  aws: Aws
): { content: string; revision: RevisionLocation; flaw?: ErrorInformation } {
  const refuse = (why: string) => new ServiceError('InvalidRevisionException', why)
  if (given.revisionType === 'S3') {
    const bundle = given.s3Location?.bundleType
    if (bundle !== 'YAML' && bundle !== 'JSON') throw refuse('BundleType must be either YAML or JSON')
    const flaw: ErrorInformation = {
      code: 'REVISION_MISSING',
      message: 'The simulator has no Amazon S3: give the AppSpec in the request.'
    }
    return { content: '', revision: given, flaw }
  }
  const member = given.revisionType === 'String' ? 'string' : 'appSpecContent'
  if (given.revisionType !== 'String' && given.revisionType !== 'AppSpecContent')
    throw refuse(`A revision of type ${given.revisionType} cannot be used for Lambda`)
  const { content, sha256: claimed } = given[member] ?? {}
  if (!content) throw refuse('The content of the AppSpec is required')
  const sha256 = createHash('sha256').update(content).digest('hex')
  const differs = claimed !== undefined && claimed !== sha256
  const why = 'The sha256 is not that of the content'
  if (differs && aws.uncertain.sha256Mismatch === 'refused') throw refuse(why)
  return {
    content,
    revision: { revisionType: given.revisionType, [member]: { sha256 } },
    ...(differs &&
      aws.uncertain.sha256Mismatch === 'fails' && { flaw: { code: 'INVALID_REVISION', message: why } })
  }
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
