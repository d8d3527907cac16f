import type { Aws, ServiceName } from '../aws.ts'
import type { Deployment } from '../codedeploy/deployment.ts'
import { ServiceError } from '../error.ts'
import type { Context } from './policy.ts'

/** A permission that a request needs: any of these actions on a resource. A refusal names the first one. */
export interface Need {
  actions: readonly [string, ...string[]]
  /** ARN, or `*`. */
  resource: string
  /** What conditions may ask for. */
  context?: Context
}

type Input = Record<string, unknown>

/**
 * What a request needs according to the permissions references in the guides of CodeDeploy and Lambda and to the Service
 * Authorization Reference. A request about a deployment that does not exist needs nothing: it is refused anyway.
 */
export function needsOf(aws: Aws, service: ServiceName, operation: string, input: Input): Need[] {
  switch (service) {
    case 'sts':
    // S3 asks by itself: it first says whether there is a bucket.
    case 's3':
      return []
    case 'cloudwatch':
      return cloudwatchNeeds(aws, operation, input)
    case 'logs':
      return [need(`logs:${operation}`, aws.arn('logs', `log-group:${logGroupOf(input)}:log-stream:`))]
    case 'lambda':
      return lambdaNeeds(aws, operation, input)
    case 'codedeploy':
      return codedeployNeeds(aws, operation, input)
    default:
      return service satisfies never
  }
}

const need = (action: string, resource: string): Need => ({ actions: [action], resource })

const text = (input: Input, member: string): string => String(input[member] ?? '')

const logGroupOf = (input: Input): string =>
  text(input, 'logGroupName') || text(input, 'logGroupIdentifier').replace(/^arn:.*:log-group:/, '')

function cloudwatchNeeds(aws: Aws, operation: string, input: Input): Need[] {
  const action = `cloudwatch:${operation}`
  if (input.ResourceARN !== undefined) return [need(action, text(input, 'ResourceARN'))]
  if (operation === 'DeleteAlarms')
    return (input.AlarmNames as string[]).map(name => need(action, aws.arn('cloudwatch', `alarm:${name}`)))
  return [need(action, '*')]
}

/** All actions are on the function; a version or alias given as a qualifier is part of its ARN, the name of an alias is not. */
function lambdaNeeds(aws: Aws, operation: string, input: Input): Need[] {
  const action = `lambda:${operation === 'Invoke' ? 'InvokeFunction' : operation}`
  if (operation === 'ListFunctions' || operation === 'GetAccountSettings') return [need(action, '*')]
  const given = text(input, 'FunctionName') || text(input, 'Resource')
  const [, name = given, own] = /(?:^|function:)([\w-]+)(?::([\w$-]+))?$/.exec(given) ?? []
  const isOnFunction = operation === 'DeleteFunction' && aws.permissions.deletion === 'function'
  const qualifier = isOnFunction ? undefined : (input.Qualifier ?? own)
  return [need(action, aws.arn('lambda', `function:${name}${qualifier ? `:${qualifier}` : ''}`))]
}

function codedeployNeeds(aws: Aws, operation: string, input: Input): Need[] {
  const action = `codedeploy:${operation}`
  const application = text(input, 'applicationName')
  const inGroup = (name: string) => need(action, group(aws, application, name))
  const onApplication = (name: string) => need(action, aws.arn('codedeploy', `application:${name}`))
  switch (operation) {
    case 'CreateApplication':
    case 'GetApplication':
    case 'GetApplicationRevision':
    case 'BatchGetApplicationRevisions':
    case 'ListApplicationRevisions':
    case 'RegisterApplicationRevision':
    case 'DeleteApplication':
      return [onApplication(application)]
    case 'UpdateApplication':
      return [application, text(input, 'newApplicationName')].flatMap(name =>
        name ? [onApplication(name)] : []
      )
    case 'BatchGetApplications':
      return ((input.applicationNames ?? []) as string[]).map(onApplication)
    case 'ListTagsForResource':
    case 'TagResource':
    case 'UntagResource':
      return [need(action, text(input, 'ResourceArn'))]
    case 'ListApplications':
      return [need(action, aws.arn('codedeploy', 'application:*'))]
    case 'GetDeploymentConfig':
    case 'CreateDeploymentConfig':
      return [need(action, configuration(aws, text(input, 'deploymentConfigName')))]
    case 'ListDeploymentConfigs':
      return [need(action, configuration(aws, '*'))]
    case 'ListDeploymentGroups':
      return [inGroup('*')]
    case 'GetDeploymentGroup':
    case 'DeleteDeploymentGroup':
      return [inGroup(text(input, 'deploymentGroupName'))]
    case 'CreateDeploymentGroup':
      return [inGroup(text(input, 'deploymentGroupName')), ...passRole(input)]
    case 'BatchGetDeploymentGroups':
      return ((input.deploymentGroupNames ?? []) as string[]).map(inGroup)
    case 'ListDeployments':
      return input.deploymentGroupName ? [inGroup(text(input, 'deploymentGroupName'))] : [need(action, '*')]
    case 'UpdateDeploymentGroup':
      return [
        ...[input.currentDeploymentGroupName, input.newDeploymentGroupName].flatMap(name =>
          name ? [inGroup(String(name))] : []
        ),
        ...passRole(input)
      ]
    case 'CreateDeployment':
      return createNeeds(aws, application, input)
    case 'BatchGetDeployments':
      return (input.deploymentIds as string[] | undefined)?.flatMap(id => ofDeployment(aws, action, id)) ?? []
    default:
      return ofDeployment(aws, action, text(input, 'deploymentId'))
  }
}

/** "Granting a user permissions to pass a role to an AWS service" in the IAM user guide. */
const passRole = ({ serviceRoleArn: role }: Input): Need[] =>
  role
    ? [
        {
          actions: ['iam:PassRole'],
          resource: String(role),
          context: { 'iam:PassedToService': 'codedeploy.amazonaws.com' }
        }
      ]
    : []

/** Footnote 1 of the permissions reference, and overrideAlarmConfiguration in the API reference. */
function createNeeds(aws: Aws, application: string, input: Input): Need[] {
  const resource = group(aws, application, text(input, 'deploymentGroupName'))
  const { groups } = known(() => aws.codedeploy.applications.find(application)) ?? {}
  const config =
    input.deploymentConfigName ?? groups?.get(text(input, 'deploymentGroupName'))?.deploymentConfigName
  const register = 'codedeploy:RegisterApplicationRevision'
  const either = [register, 'codedeploy:GetApplicationRevision'] as const
  return [
    need('codedeploy:CreateDeployment', resource),
    ...(config ? [need('codedeploy:GetDeploymentConfig', configuration(aws, String(config)))] : []),
    {
      actions: aws.permissions.revision === 'either' ? either : [register],
      resource: aws.arn('codedeploy', `application:${application}`)
    },
    ...(input.overrideAlarmConfiguration ? [need('codedeploy:UpdateDeploymentGroup', resource)] : [])
  ]
}

function ofDeployment(aws: Aws, action: string, id: string): Need[] {
  const settings = known(() => aws.codedeploy.deployments.find(id))?.settings as
    | Deployment['settings']
    | undefined
  if (!settings) return []
  const { applicationName = '', deploymentGroupName = '' } = settings.group
  return [need(action, group(aws, applicationName, deploymentGroupName))]
}

const group = (aws: Aws, application: string, name: string): string =>
  aws.arn('codedeploy', `deploymentgroup:${application}/${name}`)

const configuration = (aws: Aws, name: string): string => aws.arn('codedeploy', `deploymentconfig:${name}`)

function known<T>(find: () => T): T | undefined {
  try {
    return find()
  } catch (error) {
    if (error instanceof ServiceError) return undefined
    throw error
  }
}
