import type {
  ApplicationInfo,
  CreateApplicationCommandInput,
  CreateDeploymentGroupCommandInput,
  DeploymentGroupInfo,
  GetDeploymentGroupCommandInput,
  UpdateDeploymentGroupCommandInput
} from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import { page } from '../page.ts'
import { checkAlarms, checkRollback } from './deploymentsettings.ts'
import { checkName } from './names.ts'

export interface Application {
  info: ApplicationInfo
  groups: Map<string, DeploymentGroupInfo>
  /** Content of AppSpecs by their sha256. */
  revisions: Map<string, string>
}

const PAGE = 100
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
  ['terminationHookEnabled', 'InvalidInputException'],
  ['outdatedInstancesStrategy', 'InvalidInputException']
] as const
const invalidToken = () => new ServiceError('InvalidNextTokenException', 'The next token is invalid')

/** CodeDeploy's applications and their deployment groups. */
export class Applications {
  readonly #aws: Aws
  readonly #checkConfig: (name: string) => void
  readonly #applications = new Map<string, Application>()
  /** Until when what was just created is not found, epoch ms. */
  readonly #unseenUntil = new Map<object, number>()
  /** From when on CodeDeploy can assume the roles it is given, epoch ms: IAM takes a while to tell of a new one. */
  rolesKnownFrom = Number.NEGATIVE_INFINITY

  /** `checkConfig` throws when a deployment configuration does not exist. */
  constructor(aws: Aws, checkConfig: (name: string) => void) {
    this.#aws = aws
    this.#checkConfig = checkConfig
  }

  create(input: CreateApplicationCommandInput): { applicationId: string } {
    const name = checkName('Application', input.applicationName)
    const platform: string = input.computePlatform ?? 'Server'
    if (!['Server', 'Lambda', 'ECS', 'Kubernetes'].includes(platform))
      throw new ServiceError('InvalidComputePlatformException', `Unknown compute platform: ${platform}`)
    if (this.#applications.has(name))
      throw new ServiceError(
        'ApplicationAlreadyExistsException',
        `An application with the name ${name} already exists`
      )
    const applicationId = this.#aws.random.uuid()
    const application: Application = {
      info: {
        applicationId,
        applicationName: name,
        createTime: new Date(this.#aws.clock.now()),
        linkedToGitHub: false,
        computePlatform: platform as 'Lambda'
      },
      groups: new Map(),
      revisions: new Map()
    }
    this.#applications.set(name, application)
    this.#hide(application)
    return { applicationId }
  }

  /** @throws ApplicationNameRequiredException, InvalidApplicationNameException, ApplicationDoesNotExistException */
  find(given: string | undefined): Application {
    const name = checkName('Application', given)
    const application = this.#applications.get(name)
    if (application && this.#isSeen(application)) return application
    throw new ServiceError('ApplicationDoesNotExistException', `No application found for name: ${name}`)
  }

  /** What is there is found at once from now on. */
  settle(): void {
    this.#unseenUntil.clear()
  }

  #hide(created: object): void {
    this.#unseenUntil.set(created, this.#aws.clock.now() + this.#aws.uncertain.newGroupMs)
  }

  #isSeen(each: object): boolean {
    return this.#aws.clock.now() >= (this.#unseenUntil.get(each) ?? 0)
  }

  list(input: { nextToken?: string | undefined }): { applications: string[]; nextToken?: string } {
    const { items, next } = page([...this.#applications.keys()], input.nextToken, PAGE, invalidToken)
    return { applications: items, ...(next && { nextToken: next }) }
  }

  /** @throws as `find`, and DeploymentGroupNameRequired-, InvalidDeploymentGroupName-, DeploymentGroupDoesNotExistException */
  group(input: Partial<GetDeploymentGroupCommandInput>): DeploymentGroupInfo {
    const application = this.find(input.applicationName)
    const name = checkName('DeploymentGroup', input.deploymentGroupName)
    const group = application.groups.get(name)
    if (group && this.#isSeen(group)) return group
    throw new ServiceError(
      'DeploymentGroupDoesNotExistException',
      `No Deployment Group found for name: ${name}`
    )
  }

  allGroups(): DeploymentGroupInfo[] {
    return [...this.#applications.values()].flatMap(({ groups }) => [...groups.values()])
  }

  listGroups(input: { applicationName: string | undefined; nextToken?: string | undefined }): {
    applicationName: string
    deploymentGroups: string[]
    nextToken?: string
  } {
    const { info, groups } = this.find(input.applicationName)
    const { items, next } = page([...groups.keys()], input.nextToken, PAGE, invalidToken)
    return {
      applicationName: info.applicationName ?? '',
      deploymentGroups: items,
      ...(next && { nextToken: next })
    }
  }

  createGroup(input: CreateDeploymentGroupCommandInput): { deploymentGroupId: string } {
    const application = this.find(input.applicationName)
    const name = checkName('DeploymentGroup', input.deploymentGroupName)
    if (application.info.computePlatform !== 'Lambda')
      throw new ServiceError(
        'InvalidInputException',
        'The simulator has groups of the compute platform Lambda only'
      )
    if (application.groups.has(name))
      throw new ServiceError(
        'DeploymentGroupAlreadyExistsException',
        `A deployment group with the name ${name} already exists`
      )
    if (!input.serviceRoleArn)
      throw new ServiceError('RoleRequiredException', 'The service role ARN is required')
    if (!input.deploymentStyle)
      throw new ServiceError(
        'InvalidDeploymentStyleException',
        'For Lambda, deploymentType BLUE_GREEN and deploymentOption WITH_TRAFFIC_CONTROL must be given'
      )
    this.#checkSettings(input)
    const { tags: _tags, ...given } = input
    const deploymentGroupId = this.#aws.random.uuid()
    const group: DeploymentGroupInfo = {
      alarmConfiguration: { enabled: false, ignorePollAlarmFailure: false, alarms: [] },
      autoRollbackConfiguration: { enabled: false, events: [] },
      triggerConfigurations: [],
      ...(given as Partial<DeploymentGroupInfo>),
      deploymentGroupId,
      computePlatform: 'Lambda'
    }
    application.groups.set(name, group)
    this.#hide(group)
    return { deploymentGroupId }
  }

  updateGroup(input: UpdateDeploymentGroupCommandInput): { hooksNotCleanedUp: never[] } {
    const { currentDeploymentGroupName: name, newDeploymentGroupName: renamed, ...changes } = input
    const { groups } = this.find(input.applicationName)
    const group = this.group({ applicationName: input.applicationName, deploymentGroupName: name })
    if (renamed !== undefined) {
      checkName('DeploymentGroup', renamed)
      if (groups.has(renamed) && renamed !== name)
        throw new ServiceError(
          'DeploymentGroupAlreadyExistsException',
          `A deployment group with the name ${renamed} already exists`
        )
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

  #checkSettings(input: Partial<CreateDeploymentGroupCommandInput>): void {
    for (const [member, name] of FOREIGN)
      if (input[member] !== undefined)
        throw new ServiceError(name, `${member} cannot be specified for the compute platform Lambda`)
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
    if (arn.includes('NoTrust') || this.#aws.clock.now() < this.rolesKnownFrom)
      throw new ServiceError('InvalidRoleException', 'Cannot assume role provided.')
  }
}
