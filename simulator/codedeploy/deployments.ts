import type {
  BatchGetDeploymentsCommandInput,
  BatchGetDeploymentTargetsCommandInput,
  DeploymentInfo,
  DeploymentTarget,
  ListDeploymentsCommandInput,
  ListDeploymentTargetsCommandInput,
  PutLifecycleEventHookExecutionStatusCommandInput,
  StopDeploymentCommandInput
} from '@aws-sdk/client-codedeploy'
import type { Aws } from '../aws.ts'
import { ServiceError } from '../error.ts'
import { page } from '../page.ts'
import { Deployment, type DeploymentSettings, isTerminal } from './deployment.ts'
import type { DeploymentGroups } from './deploymentgroups.ts'
import { carryOut } from './progress.ts'
import { stoppedByHand } from './texts.ts'
import { deploymentInfo, deploymentTarget, shownAsCreated, targetIdOf, targetStatus } from './view.ts'

const PAGE = 100
const STATUSES = ['Created', 'Queued', 'InProgress', 'Baking', 'Succeeded', 'Failed', 'Stopped', 'Ready']
const TARGET_STATUSES = ['Failed', 'InProgress', 'Pending', 'Ready', 'Skipped', 'Succeeded', 'Unknown']

/** All deployments of the account, with the operations that read and stop them. */
export class Deployments {
  readonly #aws: Aws
  readonly #groups: DeploymentGroups
  readonly #deployments = new Map<string, Deployment>()

  constructor(aws: Aws, groups: DeploymentGroups) {
    this.#aws = aws
    this.#groups = groups
  }

  /** Creates and starts a deployment. */
  start(settings: Omit<DeploymentSettings, 'id'>): Deployment {
    let id = this.#aws.random.deploymentId()
    while (this.#deployments.has(id)) id = this.#aws.random.deploymentId()
    const deployment = new Deployment({ ...settings, id }, this.#aws.clock, this.#aws.random.uuid())
    this.#deployments.set(id, deployment)
    const { group } = settings
    group.lastAttemptedDeployment = this.#lastOf(deployment)
    void carryOut(this.#aws, deployment).then(() => {
      if (group.lastAttemptedDeployment?.deploymentId === id)
        group.lastAttemptedDeployment = this.#lastOf(deployment)
      if (deployment.status === 'Succeeded') group.lastSuccessfulDeployment = this.#lastOf(deployment)
    })
    return deployment
  }

  /** The deployment that keeps a group busy. */
  active(group: DeploymentSettings['group']): Deployment | undefined {
    const busy = (deployment: Deployment) =>
      deployment.settings.group === group &&
      !deployment.ended &&
      (!deployment.settings.triggeredBy || this.#aws.uncertain.rollbackBusy)
    return [...this.#deployments.values()].find(busy)
  }

  /** @throws DeploymentIdRequired-, InvalidDeploymentId-, DeploymentDoesNotExistException */
  find(id: string | undefined): Deployment {
    if (!id) throw new ServiceError('DeploymentIdRequiredException', 'The deployment ID is required')
    if (!/^d-[A-Z0-9]{9}$/.test(id))
      throw new ServiceError('InvalidDeploymentIdException', `The deployment ID ${id} is invalid`)
    const deployment = this.#deployments.get(id)
    if (deployment) return deployment
    throw new ServiceError('DeploymentDoesNotExistException', `The deployment ${id} could not be found`)
  }

  /** The function that a deployment is about, as far as there is such a deployment and its AppSpec says so. */
  functionOf(id: string): string | undefined {
    return this.#deployments.get(id)?.appSpec?.functionName
  }

  /** @param at Epoch ms; default: now. */
  get(id: string | undefined, at?: number): DeploymentInfo {
    return deploymentInfo(this.#aws, this.#findAsOf(id, at))
  }

  /** @param at Epoch ms; default: now. */
  batchGet(input: BatchGetDeploymentsCommandInput, at?: number): { deploymentsInfo: DeploymentInfo[] } {
    const ids: string[] = input.deploymentIds ?? []
    const { batchLimit, batchUnknownIds } = this.#aws.uncertain
    if (ids.length === 0)
      throw new ServiceError('DeploymentIdRequiredException', 'The deployment ID is required')
    if (ids.length > batchLimit)
      throw new ServiceError(
        'BatchLimitExceededException',
        `At most ${batchLimit} deployments can be asked for`
      )
    const isKnown = (id: string) => {
      const deployment = this.#deployments.get(id)
      return deployment !== undefined && (at === undefined || deployment.createdMs <= at)
    }
    const known = batchUnknownIds === 'throws' ? ids : ids.filter(isKnown)
    return { deploymentsInfo: known.map(id => this.get(id, at)) }
  }

  /** @param at Epoch ms; default: now. */
  list(input: ListDeploymentsCommandInput, at?: number): { deployments: string[]; nextToken?: string } {
    const { applicationName, deploymentGroupName } = input
    if (applicationName !== undefined || deploymentGroupName !== undefined)
      this.#groups.find({ applicationName, deploymentGroupName })
    const statuses: string[] = input.includeOnlyStatuses ?? STATUSES
    const unknown = statuses.find(status => !STATUSES.includes(status))
    if (unknown !== undefined)
      throw new ServiceError('InvalidDeploymentStatusException', `Unknown deployment status: ${unknown}`)
    const start = input.createTimeRange?.start?.getTime() ?? 0
    const end = input.createTimeRange?.end?.getTime() ?? Number.POSITIVE_INFINITY
    if (start > end)
      throw new ServiceError('InvalidTimeRangeException', 'The time range ends before it starts')
    const found = [...this.#deployments.values()].filter(deployment => {
      const { settings, createdMs } = deployment
      const { group } = settings
      const status = (at === undefined ? deployment : deployment.asOf(at))?.status
      return (
        (applicationName === undefined || group.applicationName === applicationName) &&
        (deploymentGroupName === undefined || group.deploymentGroupName === deploymentGroupName) &&
        status !== undefined &&
        statuses.includes(status) &&
        createdMs >= start &&
        createdMs <= end
      )
    })
    if (this.#aws.uncertain.listOrder === 'newestFirst') found.reverse()
    const ids = found.map(deployment => deployment.settings.id)
    const { items, next } = page(ids, input.nextToken, PAGE, invalidToken)
    return { deployments: items, ...(next && { nextToken: next }) }
  }

  stop(input: StopDeploymentCommandInput): { status: string; statusMessage: string } {
    const deployment = this.find(input.deploymentId)
    const { stopResponse, stopMs, manualStopCode, stopEndsSucceeded } = this.#aws.uncertain
    if (deployment.ended)
      throw new ServiceError(
        'DeploymentAlreadyCompletedException',
        `The deployment ${input.deploymentId} is already completed`
      )
    const { autoRollbackEnabled } = input
    const { clock } = this.#aws
    const stop = () =>
      deployment.lifetime.interrupt(
        stopEndsSucceeded && deployment.appSpec
          ? { status: 'Succeeded' }
          : {
              status: 'Stopped',
              ...(manualStopCode === 'MANUAL_STOP' && { error: stoppedByHand }),
              trigger: 'DEPLOYMENT_STOP_ON_REQUEST',
              ...(typeof autoRollbackEnabled === 'boolean' && { rollback: autoRollbackEnabled })
            }
      )
    if (!deployment.stopping) clock.at(clock.now() + (stopResponse === 'Pending' ? stopMs : 0), stop)
    deployment.stopping = true
    return {
      status: stopResponse,
      statusMessage: stopResponse === 'Pending' ? 'Stopping Pending' : 'Stopped'
    }
  }

  /** @param at Epoch ms; default: now. */
  listTargets(
    input: ListDeploymentTargetsCommandInput,
    at?: number
  ): { targetIds: string[]; nextToken?: string } {
    const deployment = this.#started(input.deploymentId, at)
    const filters: [string, string[]][] = Object.entries(input.targetFilters ?? {})
    for (const [name, values] of filters) {
      if (name !== 'TargetStatus')
        throw new ServiceError(
          'InvalidTargetFilterNameException',
          `Unknown target filter for Lambda: ${name}`
        )
      const unknown = values.find(value => !TARGET_STATUSES.includes(value))
      if (unknown !== undefined)
        throw new ServiceError('InvalidInstanceStatusException', `Unknown target status: ${unknown}`)
    }
    const status = targetStatus(this.#aws, deployment)
    const wanted = filters.every(([, values]) => values.includes(status))
    const { items } = page(
      wanted ? [targetIdOf(this.#aws, deployment)] : [],
      input.nextToken,
      PAGE,
      invalidToken
    )
    return { targetIds: items }
  }

  /** @param at Epoch ms; default: now. */
  batchGetTargets(
    input: BatchGetDeploymentTargetsCommandInput,
    at?: number
  ): { deploymentTargets: DeploymentTarget[] } {
    const deployment = this.#started(input.deploymentId, at)
    const ids: string[] = input.targetIds ?? []
    if (ids.length === 0)
      throw new ServiceError('DeploymentTargetIdRequiredException', 'The target ID is required')
    if (ids.length > 1)
      throw new ServiceError(
        'DeploymentTargetListSizeExceededException',
        'For Lambda, exactly one target can be asked for'
      )
    if (ids[0] !== targetIdOf(this.#aws, deployment))
      throw new ServiceError('DeploymentTargetDoesNotExistException', `The target ${ids[0]} does not exist`)
    return { deploymentTargets: [deploymentTarget(this.#aws, deployment)] }
  }

  putHookStatus(input: PutLifecycleEventHookExecutionStatusCommandInput): {
    lifecycleEventHookExecutionId: string
  } {
    const deployment = this.find(input.deploymentId)
    const { status } = input
    if (status !== 'Succeeded' && status !== 'Failed')
      throw new ServiceError(
        'InvalidLifecycleEventHookExecutionStatusException',
        `The status must be Succeeded or Failed: ${status}`
      )
    const hook = deployment.hooks.get(input.lifecycleEventHookExecutionId ?? '')
    if (!hook)
      throw new ServiceError(
        'InvalidLifecycleEventHookExecutionIdException',
        'The lifecycle event hook execution ID is invalid'
      )
    if (!hook.answer)
      throw new ServiceError(
        'LifecycleEventAlreadyCompletedException',
        'The lifecycle event is already completed'
      )
    const { answer } = hook
    delete hook.answer
    answer(status)
    return { lifecycleEventHookExecutionId: hook.token }
  }

  #findAsOf(id: string | undefined, at?: number): Deployment {
    const deployment = this.find(id)
    const then = at === undefined ? deployment : deployment.asOf(at)
    if (then) return then
    throw new ServiceError('DeploymentDoesNotExistException', `The deployment ${id} could not be found`)
  }

  #started(id: string | undefined, at?: number): Deployment {
    const deployment = this.#findAsOf(id, at)
    deployment.looks++
    const unread = deployment.appSpec === undefined && !isTerminal(deployment.status)
    if (shownAsCreated(this.#aws, deployment) || deployment.status === 'Queued' || unread)
      throw new ServiceError('DeploymentNotStartedException', `The deployment ${id} has not started`)
    return deployment
  }

  #lastOf({ settings, status, createdMs, completedMs }: Deployment) {
    return {
      deploymentId: settings.id,
      status,
      createTime: new Date(createdMs),
      ...(completedMs !== undefined && { endTime: new Date(completedMs) })
    }
  }
}

function invalidToken(): ServiceError {
  return new ServiceError('InvalidNextTokenException', 'The next token is invalid')
}
