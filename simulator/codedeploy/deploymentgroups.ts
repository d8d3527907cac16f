import type {
  BatchGetDeploymentGroupsCommandInput,
  CreateDeploymentGroupCommandInput,
  DeleteDeploymentGroupCommandInput,
  DeploymentGroupInfo,
  GetDeploymentGroupCommandInput,
  UpdateDeploymentGroupCommandInput
} from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import { page } from '../page.ts'
import type { Applications } from './applications.ts'
import { checkAlarms, checkRollback } from './deploymentsettings.ts'
import { checkName } from './names.ts'
import { addTags } from './tags.ts'

const PAGE = 100
const LARGEST_BATCH = 100
/** Settings of other compute platforms; a Lambda group that is given one is refused. */
const FOREIGN = [
  ['ec2TagFilters', 'InvalidEC2TagException'],
  ['ec2TagSet', 'InvalidEC2TagException'],
  ['onPremisesInstanceTagFilters', 'InvalidTagException'],
  ['onPremisesTagSet', 'InvalidTagException'],
  ['autoScalingGroups', 'InvalidAutoScalingGroupException'],
  ['ecsServices', 'InvalidECSServiceException'],
  ['loadBalancerInfo', 'InvalidLoadBalancerInfoException'],
  ['blueGreenDeploymentConfiguration', 'InvalidBlueGreenDeploymentConfigurationException'],
  ['terminationHookEnabled', 'InvalidInputException']
] as const
const invalidToken = () => new ServiceError('InvalidNextTokenException', 'The next token is invalid')
const taken = (name: string) =>
  new ServiceError(
    'DeploymentGroupAlreadyExistsException',
    `A deployment group with the name ${name} already exists`
  )

/** The deployment groups of all applications. */
export class DeploymentGroups {
  readonly #aws: Aws
  readonly #applications: Applications
  readonly #checkConfig: (name: string) => void

  /** `checkConfig` throws when a deployment configuration does not exist. */
  constructor(aws: Aws, applications: Applications, checkConfig: (name: string) => void) {
    this.#aws = aws
    this.#applications = applications
    this.#checkConfig = checkConfig
  }

  /** @throws as `Applications.find`, and DeploymentGroupNameRequired-, InvalidDeploymentGroupName-, DeploymentGroupDoesNotExistException */
  find(input: Partial<GetDeploymentGroupCommandInput>): DeploymentGroupInfo {
    const application = this.#applications.find(input.applicationName)
    const name = checkName('DeploymentGroup', input.deploymentGroupName)
    const group = application.groups.get(name)
    if (group && this.#applications.isSeen(group)) return group
    throw new ServiceError(
      'DeploymentGroupDoesNotExistException',
      `No Deployment Group found for name: ${name}`
    )
  }

  list(input: { applicationName: string | undefined; nextToken?: string | undefined }): {
    applicationName: string
    deploymentGroups: string[]
    nextToken?: string
  } {
    const { info, groups } = this.#applications.find(input.applicationName)
    const { items, next } = page([...groups.keys()], input.nextToken, PAGE, invalidToken)
    return {
      applicationName: info.applicationName ?? '',
      deploymentGroups: items,
      ...(next && { nextToken: next })
    }
  }

  /** Groups that do not exist are left out, and named in the error message. */
  batchGet(input: BatchGetDeploymentGroupsCommandInput): {
    deploymentGroupsInfo: DeploymentGroupInfo[]
    errorMessage?: string
  } {
    const { groups } = this.#applications.find(input.applicationName)
    const names: string[] = input.deploymentGroupNames ?? []
    if (names.length === 0) checkName('DeploymentGroup', undefined)
    if (names.length > LARGEST_BATCH)
      throw new ServiceError(
        'BatchLimitExceededException',
        `At most ${LARGEST_BATCH} deployment groups can be asked for`
      )
    const missing = names.filter(name => !groups.has(checkName('DeploymentGroup', name)))
    return {
      deploymentGroupsInfo: names.flatMap(name => groups.get(name) ?? []).map(group => ({ ...group })),
      ...(missing.length > 0 && { errorMessage: `No Deployment Group found for name: ${missing.join(', ')}` })
    }
  }

  create(input: CreateDeploymentGroupCommandInput): { deploymentGroupId: string } {
    const application = this.#applications.find(input.applicationName)
    const name = checkName('DeploymentGroup', input.deploymentGroupName)
    if (application.info.computePlatform !== 'Lambda')
      throw new ServiceError(
        'InvalidInputException',
        'The simulator has groups of the compute platform Lambda only'
      )
    if (application.groups.has(name)) throw taken(name)
    if (!input.serviceRoleArn)
      throw new ServiceError('RoleRequiredException', 'The service role ARN is required')
    if (!input.deploymentStyle)
      throw new ServiceError(
        'InvalidDeploymentStyleException',
        'For Lambda, deploymentType BLUE_GREEN and deploymentOption WITH_TRAFFIC_CONTROL must be given'
      )
    this.#checkSettings(input)
    const { tags, ...given } = input
    const deploymentGroupId = this.#aws.random.uuid()
    const group: DeploymentGroupInfo = {
      alarmConfiguration: { enabled: false, ignorePollAlarmFailure: false, alarms: [] },
      autoRollbackConfiguration: { enabled: false, events: [] },
      triggerConfigurations: [],
      ...(this.#aws.uncertain.outdatedInstances === 'always' && { outdatedInstancesStrategy: 'UPDATE' }),
      ...(given as Partial<DeploymentGroupInfo>),
      deploymentGroupId,
      computePlatform: 'Lambda'
    }
    if (tags) addTags(group, tags)
    application.groups.set(name, group)
    this.#applications.hide(group)
    return { deploymentGroupId }
  }

  update(input: UpdateDeploymentGroupCommandInput): { hooksNotCleanedUp: never[] } {
    const { currentDeploymentGroupName: name, newDeploymentGroupName: renamed, ...changes } = input
    const { groups } = this.#applications.find(input.applicationName)
    const group = this.find({ applicationName: input.applicationName, deploymentGroupName: name })
    if (renamed !== undefined) {
      checkName('DeploymentGroup', renamed)
      if (groups.has(renamed) && renamed !== name) throw taken(renamed)
    }
    this.#checkSettings(changes)
    Object.assign(group, changes)
    if (renamed !== undefined && name !== undefined) {
      group.deploymentGroupName = renamed
      groups.delete(name)
      groups.set(renamed, group)
    }
    return { hooksNotCleanedUp: [] }
  }

  /** Deleting one that does not exist succeeds, whatever the application. Its deployments go on. */
  delete(input: DeleteDeploymentGroupCommandInput): { hooksNotCleanedUp: never[] } {
    const application = checkName('Application', input.applicationName)
    const name = checkName('DeploymentGroup', input.deploymentGroupName)
    this.#applications.all.find(({ info }) => info.applicationName === application)?.groups.delete(name)
    return { hooksNotCleanedUp: [] }
  }

  #checkSettings(input: Partial<CreateDeploymentGroupCommandInput>): void {
    for (const [member, name] of FOREIGN)
      if (input[member] !== undefined)
        throw new ServiceError(name, `${member} cannot be specified for the compute platform Lambda`)
    this.#checkOutdated(input.outdatedInstancesStrategy)
    if (input.deploymentConfigName !== undefined) this.#checkConfig(input.deploymentConfigName)
    if (
      input.serviceRoleArn !== undefined &&
      !/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/.test(input.serviceRoleArn)
    )
      throw new ServiceError(
        'InvalidRoleException',
        `The service role ARN is invalid: ${input.serviceRoleArn}`
      )
    if (input.serviceRoleArn !== undefined) this.#checkRole(input.serviceRoleArn)
    const style = input.deploymentStyle
    if (style && (style.deploymentType !== 'BLUE_GREEN' || style.deploymentOption !== 'WITH_TRAFFIC_CONTROL'))
      throw new ServiceError(
        'InvalidDeploymentStyleException',
        'For Lambda, deploymentType must be BLUE_GREEN and deploymentOption WITH_TRAFFIC_CONTROL'
      )
    checkAlarms(input.alarmConfiguration)
    checkRollback(input.autoRollbackConfiguration)
  }

  #checkRole(arn: string): void {
    if (arn.split(':')[4] !== this.#aws.account)
      throw new ServiceError('AccessDeniedException', 'Cross-account pass role is not allowed.')
    if (arn.includes('NoTrust') || this.#aws.clock.now() < this.#applications.rolesKnownFrom)
      throw new ServiceError('InvalidRoleException', 'Cannot assume role provided.')
  }

  /** It is about instances. Terraform sends UPDATE for each group, of Lambda too. */
  #checkOutdated(strategy: string | undefined): void {
    if (strategy === undefined) return
    if (this.#aws.uncertain.outdatedInstances !== 'refused' && ['UPDATE', 'IGNORE'].includes(strategy)) return
    throw new ServiceError(
      'InvalidInputException',
      `outdatedInstancesStrategy ${strategy} cannot be specified for the compute platform Lambda`
    )
  }
}
