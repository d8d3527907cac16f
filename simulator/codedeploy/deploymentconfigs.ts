import type {
  CreateDeploymentConfigCommandInput,
  DeploymentConfigInfo,
  TrafficRoutingConfig
} from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import { page } from '../page.ts'
import { checkName } from './names.ts'

/** One step of a shift: after a further `afterMs`, `weight` (0 to 1) goes to the target. The last weight is always 1. */
export interface Shift {
  afterMs: number
  weight: number
}

const MINUTE_MS = 60_000
/** Documented: at most 48 hours from the first shift to the last, at most 99 % in one increment. */
const LONGEST_MINUTES = 2880
const MOST_PERCENT = 99
const PAGE = 100

/** Deployment configurations: predefined ones for Lambda and for other compute platforms, and custom ones for Lambda. */
export class DeploymentConfigs {
  readonly #aws: Aws
  readonly #configs = new Map<string, DeploymentConfigInfo>()

  constructor(aws: Aws) {
    this.#aws = aws
    const created = new Date('2017-11-27T20:00:00Z')
    const predefine = (name: string, routing: TrafficRoutingConfig) =>
      this.#add(`CodeDeployDefault.Lambda${name}`, { trafficRoutingConfig: routing }, created)
    predefine('AllAtOnce', { type: 'AllAtOnce' })
    for (const minutes of [5, 10, 15, 30]) predefine(`Canary10Percent${minutes}Minutes`, canary(10, minutes))
    for (const minutes of [1, 2, 3, 10])
      predefine(`Linear10PercentEvery${minutes}Minute${minutes === 1 ? '' : 's'}`, linear(10, minutes))
    const elsewhere = (name: string, platform: 'ECS' | 'Server', given: Partial<DeploymentConfigInfo>) =>
      this.#add(`CodeDeployDefault.${name}`, given, created, platform)
    elsewhere('ECSAllAtOnce', 'ECS', { trafficRoutingConfig: { type: 'AllAtOnce' } })
    elsewhere('ECSCanary10Percent5Minutes', 'ECS', { trafficRoutingConfig: canary(10, 5) })
    elsewhere('OneAtATime', 'Server', { minimumHealthyHosts: { type: 'HOST_COUNT', value: 1 } })
  }

  create(input: CreateDeploymentConfigCommandInput): { deploymentConfigId: string } {
    const name = checkName('DeploymentConfig', input.deploymentConfigName)
    if (name.startsWith('CodeDeployDefault.'))
      throw new ServiceError(
        'InvalidDeploymentConfigNameException',
        'Deployment configuration names that start with CodeDeployDefault. are reserved'
      )
    if (input.computePlatform !== 'Lambda')
      throw new ServiceError(
        'InvalidComputePlatformException',
        'The simulator knows the compute platform Lambda only'
      )
    if (input.minimumHealthyHosts)
      throw new ServiceError(
        'InvalidMinimumHealthyHostValueException',
        'Minimum healthy hosts cannot be specified for the compute platform Lambda'
      )
    if (input.zonalConfig)
      throw new ServiceError(
        'InvalidZonalDeploymentConfigurationException',
        'A zonal configuration cannot be specified for the compute platform Lambda'
      )
    if (this.#configs.has(name))
      throw new ServiceError(
        'DeploymentConfigAlreadyExistsException',
        `A deployment configuration with the name ${name} already exists`
      )
    checkRouting(input.trafficRoutingConfig)
    const trafficRoutingConfig = input.trafficRoutingConfig as TrafficRoutingConfig
    return this.#add(name, { trafficRoutingConfig }, new Date(this.#aws.clock.now()))
  }

  get(given: string | undefined): DeploymentConfigInfo {
    const name = checkName('DeploymentConfig', given)
    const config = this.#configs.get(name)
    if (config) return config
    throw new ServiceError(
      'DeploymentConfigDoesNotExistException',
      `No Deployment Configuration found for name: ${name}`
    )
  }

  /** The same for a deployment or a group of compute platform Lambda. @throws ServiceError also for another platform */
  getForLambda(given: string | undefined): DeploymentConfigInfo {
    const config = this.get(given)
    if (config.computePlatform === 'Lambda') return config
    throw new ServiceError(
      'InvalidDeploymentConfigNameException',
      `${config.deploymentConfigName} cannot be used for the compute platform Lambda`
    )
  }

  list(input: { nextToken?: string | undefined }): { deploymentConfigsList: string[]; nextToken?: string } {
    const invalid = () => new ServiceError('InvalidNextTokenException', 'The next token is invalid')
    const { items, next } = page([...this.#configs.keys()], input.nextToken, PAGE, invalid)
    return { deploymentConfigsList: items, ...(next && { nextToken: next }) }
  }

  /**
   * Deleting one that does not exist succeeds. `isUsed` says whether a group has it.
   * @throws DeploymentConfigInUseException, and InvalidOperationException for CodeDeploy's own
   */
  delete(input: { deploymentConfigName: string | undefined }, isUsed: (name: string) => boolean): void {
    const name = checkName('DeploymentConfig', input.deploymentConfigName)
    if (name.startsWith('CodeDeployDefault.'))
      throw new ServiceError('InvalidOperationException', `${name} cannot be deleted`)
    if (isUsed(name))
      throw new ServiceError(
        'DeploymentConfigInUseException',
        `The deployment configuration ${name} is in use by a deployment group`
      )
    this.#configs.delete(name)
  }

  #add(
    name: string,
    given: Partial<DeploymentConfigInfo>,
    createTime: Date,
    computePlatform: 'Lambda' | 'ECS' | 'Server' = 'Lambda'
  ): { deploymentConfigId: string } {
    const deploymentConfigId =
      computePlatform === 'Lambda' ? this.#aws.random.uuid() : `${computePlatform}-${this.#configs.size}`
    this.#configs.set(name, {
      deploymentConfigId,
      deploymentConfigName: name,
      createTime,
      computePlatform,
      ...given
    })
    return { deploymentConfigId }
  }
}

/** When and how far traffic moves. The last linear increment is cut at 100 %, so n increments take n - 1 intervals. */
export function shiftsOf(routing: TrafficRoutingConfig | undefined): Shift[] {
  const { timeBasedCanary, timeBasedLinear } = routing ?? {}
  if (timeBasedCanary)
    return [
      { afterMs: 0, weight: (timeBasedCanary.canaryPercentage ?? 0) / 100 },
      { afterMs: (timeBasedCanary.canaryInterval ?? 0) * MINUTE_MS, weight: 1 }
    ]
  if (timeBasedLinear) {
    const percent = timeBasedLinear.linearPercentage ?? 100
    return Array.from({ length: Math.ceil(100 / percent) }, (_, step) => ({
      afterMs: step === 0 ? 0 : (timeBasedLinear.linearInterval ?? 0) * MINUTE_MS,
      weight: Math.min(100, percent * (step + 1)) / 100
    }))
  }
  return [{ afterMs: 0, weight: 1 }]
}

function canary(canaryPercentage: number, canaryInterval: number): TrafficRoutingConfig {
  return { type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage, canaryInterval } }
}

function linear(linearPercentage: number, linearInterval: number): TrafficRoutingConfig {
  return { type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage, linearInterval } }
}

function checkRouting(routing: TrafficRoutingConfig | undefined): void {
  const wrong = wrongRouting(routing)
  if (wrong !== undefined) throw new ServiceError('InvalidTrafficRoutingConfigurationException', wrong)
}

function wrongRouting(routing: TrafficRoutingConfig | undefined): string | undefined {
  if (!routing?.type) return 'A traffic routing configuration with a type is required for Lambda'
  const { type, timeBasedCanary, timeBasedLinear } = routing
  if (type !== 'TimeBasedCanary' && timeBasedCanary) return `timeBasedCanary does not go with ${type}`
  if (type !== 'TimeBasedLinear' && timeBasedLinear) return `timeBasedLinear does not go with ${type}`
  if (type === 'AllAtOnce') return undefined
  const percent = timeBasedCanary?.canaryPercentage ?? timeBasedLinear?.linearPercentage
  const minutes = timeBasedCanary?.canaryInterval ?? timeBasedLinear?.linearInterval
  if (percent === undefined || percent < 1 || percent > MOST_PERCENT)
    return `The percentage must be from 1 to ${MOST_PERCENT}`
  if (minutes === undefined || minutes < 1) return 'The interval must be at least one minute'
  const total = shiftsOf(routing).reduce((sum, shift) => sum + shift.afterMs, 0) / MINUTE_MS
  return total > LONGEST_MINUTES ? `Traffic must be shifted within ${LONGEST_MINUTES} minutes` : undefined
}
