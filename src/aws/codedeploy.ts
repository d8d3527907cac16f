import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  type CodeDeployClient,
  CreateDeploymentCommand,
  CreateDeploymentConfigCommand,
  type DeploymentInfo,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand
} from '@aws-sdk/client-codedeploy'
import type { AppSpec } from '../appspec.ts'
import type { Clock } from '../clock.ts'
import type { Stopping } from '../deployment/farewell.ts'
import type { DeploymentView } from '../deployment/observation.ts'
import type { LifecycleView, Sight } from '../deployment/sight.ts'
import { causeOfFailure, Failure } from '../errors.ts'
import type { Group } from '../plan.ts'
import type { Request } from '../request.ts'
import type { DeploymentDescription, Resumer } from '../resume.ts'
import type { DeploymentOrder, DeploymentRecord, Starter } from '../start.ts'
import type { Strategy } from '../strategy.ts'
import type { CodeDeployReader } from '../survey.ts'
import type { Arns } from './arns.ts'
import { briefly, ifExists, once, patiently } from './ask.ts'
import { Batch } from './batch.ts'
import {
  createDeploymentInput,
  descriptionFrom,
  groupFrom,
  lifecycleFrom,
  strategyFrom,
  trafficRoutingOf,
  viewFrom
} from './codedeploy-shapes.ts'
import { garbled } from './failure.ts'
import { sightOf } from './sight.ts'

/** All but the ended ones. `Baking` is in the API model; whether Lambda deployments ever have it is not known. */
const active = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'] as const

/** CodeDeploy, as far as it is asked. All methods that do not give a Sight throw Failure. */
export class CodeDeploy implements CodeDeployReader, Starter, Resumer {
  readonly #client: CodeDeployClient
  readonly #clock: Clock
  readonly #arns: Arns
  /** The format of target ids is not documented for Lambda, so they are asked for once and kept. */
  readonly #targetIds = new Map<string, string>()
  /** Of the deployments of this run. */
  #place: { application: string; group: string } | undefined

  /** 25 is what the API reference says of BatchGetDeployments; its error text says 100. */
  readonly #views = new Batch<DeploymentView>(25, ids =>
    ids.length === 1 ? this.#look(ids[0] ?? '') : this.#lookAtMany(ids)
  )

  constructor(client: CodeDeployClient, clock: Clock, arns: Arns) {
    this.#client = client
    this.#clock = clock
    this.#arns = arns
  }

  /** For the sentence that says which permission is missing. */
  get #group(): string {
    return this.#place ? this.#arns.group(this.#place.application, this.#place.group) : '*'
  }

  #learn(info: DeploymentInfo | undefined): void {
    const { applicationName: application, deploymentGroupName: group } = info ?? {}
    if (application && group) this.#place = { application, group }
  }

  async group(application: string, group: string): Promise<Group | 'no-application' | 'no-group'> {
    this.#place = { application, group }
    const action = 'codedeploy:GetDeploymentGroup'
    try {
      const answer = await patiently(this.#clock, action, this.#group, () =>
        this.#client.send(
          new GetDeploymentGroupCommand({ applicationName: application, deploymentGroupName: group })
        )
      )
      return groupFrom(answer.deploymentGroupInfo)
    } catch (failure) {
      if (failure instanceof Failure && failure.code === 'ApplicationDoesNotExistException')
        return 'no-application'
      if (failure instanceof Failure && failure.code === 'DeploymentGroupDoesNotExistException')
        return 'no-group'
      throw failure
    }
  }

  strategy(configuration: string): Promise<Strategy | undefined> {
    const action = 'codedeploy:GetDeploymentConfig'
    const resource = this.#arns.configuration(configuration)
    return ifExists(
      patiently(this.#clock, action, resource, async () => {
        const command = new GetDeploymentConfigCommand({ deploymentConfigName: configuration })
        return strategyFrom((await this.#client.send(command)).deploymentConfigInfo, action, resource)
      })
    )
  }

  async running(application: string, group: string): Promise<readonly string[]> {
    return this.#list(application, group, { includeOnlyStatuses: [...active] })
  }

  async createStrategy(name: string, strategy: Strategy): Promise<void> {
    const send = () =>
      this.#client.send(
        new CreateDeploymentConfigCommand({
          deploymentConfigName: name,
          computePlatform: 'Lambda',
          trafficRoutingConfig: trafficRoutingOf(strategy)
        })
      )
    try {
      await patiently(this.#clock, 'codedeploy:CreateDeploymentConfig', this.#arns.configuration(name), send)
    } catch (failure) {
      // Another run, or an earlier try of ours, was there first.
      if (failure instanceof Failure && failure.code === 'DeploymentConfigAlreadyExistsException') return
      throw failure
    }
  }

  async create(
    order: DeploymentOrder,
    configuration: string | undefined,
    revision: AppSpec
  ): Promise<string> {
    const resource = this.#arns.group(order.application, order.group)
    const command = new CreateDeploymentCommand(createDeploymentInput(order, configuration, revision))
    const action = 'codedeploy:CreateDeployment'
    const { deploymentId } = await once(action, resource, () => this.#client.send(command))
    if (deploymentId) return deploymentId
    throw garbled(action, resource, 'deploymentId')
  }

  async recent(
    { application, group }: Pick<Request, 'application' | 'group'>,
    since: number
  ): Promise<readonly DeploymentRecord[]> {
    const ids = await this.#list(application, group, {
      createTimeRange: { start: new Date(since) }
    })
    const resource = this.#arns.group(application, group)
    const found = await Promise.all(
      ids.map(id =>
        patiently(this.#clock, 'codedeploy:GetDeployment', resource, () =>
          this.#client.send(new GetDeploymentCommand({ deploymentId: id }))
        )
      )
    )
    return found.map(({ deploymentInfo: info }, index) => ({
      id: ids[index] ?? '',
      description: info?.description ?? '',
      sha256: info?.revision?.appSpecContent?.sha256 ?? info?.revision?.string?.sha256 ?? ''
    }))
  }

  async #list(
    applicationName: string,
    deploymentGroupName: string,
    filter: Pick<ListDeploymentsCommand['input'], 'includeOnlyStatuses' | 'createTimeRange'>
  ): Promise<string[]> {
    const resource = this.#arns.group(applicationName, deploymentGroupName)
    const ids: string[] = []
    let nextToken: string | undefined
    do {
      const command = new ListDeploymentsCommand({
        applicationName,
        deploymentGroupName,
        ...filter,
        ...(nextToken && { nextToken })
      })
      const answer = await patiently(this.#clock, 'codedeploy:ListDeployments', resource, () =>
        this.#client.send(command)
      )
      ids.push(...(answer.deployments ?? []))
      nextToken = answer.nextToken
    } while (nextToken)
    return ids
  }

  /** One try: the watch looks again by itself. */
  deployment(deploymentId: string): Promise<Sight<DeploymentView>> {
    return sightOf(this.#views.get(deploymentId).then(view => view ?? unknown(deploymentId, this.#group)))
  }

  async #look(deploymentId: string): Promise<Map<string, DeploymentView>> {
    const action = 'codedeploy:GetDeployment'
    const command = new GetDeploymentCommand({ deploymentId })
    const { deploymentInfo } = await once(action, this.#group, () => this.#client.send(command))
    this.#learn(deploymentInfo)
    return new Map([[deploymentId, viewFrom(deploymentInfo, deploymentId, action, this.#group)]])
  }

  /** CodeDeploy leaves out what it does not know, and gives no order. */
  async #lookAtMany(deploymentIds: readonly string[]): Promise<Map<string, DeploymentView>> {
    const action = 'codedeploy:BatchGetDeployments'
    const command = new BatchGetDeploymentsCommand({ deploymentIds: [...deploymentIds] })
    const { deploymentsInfo = [] } = await once(action, this.#group, () => this.#client.send(command))
    return new Map(
      deploymentsInfo.flatMap(info =>
        info.deploymentId ? [[info.deploymentId, viewFrom(info, info.deploymentId, action, this.#group)]] : []
      )
    )
  }

  /** One try, as above. */
  lifecycle(deploymentId: string): Promise<Sight<LifecycleView>> {
    return sightOf(this.#target(deploymentId).then(target => target ?? { lifecycle: [] }))
  }

  /** Undefined while the deployment has not started. */
  async #target(deploymentId: string): Promise<DeploymentDescription['target'] | undefined> {
    try {
      const targetId = this.#targetIds.get(deploymentId) ?? (await this.#targetId(deploymentId))
      if (targetId === undefined) return undefined
      this.#targetIds.set(deploymentId, targetId)
      const command = new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds: [targetId] })
      const answer = await once('codedeploy:BatchGetDeploymentTargets', this.#group, () =>
        this.#client.send(command)
      )
      return lifecycleFrom(answer.deploymentTargets?.[0]?.lambdaTarget)
    } catch (failure) {
      if (failure instanceof Failure && failure.code === 'DeploymentNotStartedException') return undefined
      throw failure
    }
  }

  async #targetId(deploymentId: string): Promise<string | undefined> {
    const command = new ListDeploymentTargetsCommand({ deploymentId })
    const answer = await once('codedeploy:ListDeploymentTargets', this.#group, () =>
      this.#client.send(command)
    )
    return answer.targetIds?.[0]
  }

  /** Asks to stop a deployment. It may be asked again: stopping what is stopping or over does no harm. */
  async stop(deploymentId: string, rollBack: boolean): Promise<Stopping> {
    const command = new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: rollBack })
    try {
      await briefly(this.#clock, 'codedeploy:StopDeployment', this.#group, () => this.#client.send(command))
      return { kind: 'asked' }
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      if (failure.code === 'DeploymentAlreadyCompletedException') return { kind: 'over' }
      return { kind: 'failed', reason: causeOfFailure(failure).what }
    }
  }

  /** What is known of a deployment that was started before. */
  async describe(deploymentId: string): Promise<DeploymentDescription | undefined> {
    const action = 'codedeploy:GetDeployment'
    const answer = await ifExists(
      patiently(this.#clock, action, this.#group, () =>
        this.#client.send(new GetDeploymentCommand({ deploymentId }))
      )
    )
    if (!answer?.deploymentInfo) return undefined
    const described = descriptionFrom(answer.deploymentInfo)
    this.#learn(answer.deploymentInfo)
    const target = await this.#target(deploymentId).catch(unlessDenied)
    return { ...described, ...(target && { target }) }
  }

  /** The AppSpec's text, which GetDeployment never gives; undefined when it may not be read. */
  async appSpec(application: string, sha256: string): Promise<string | undefined> {
    const command = new GetApplicationRevisionCommand({
      applicationName: application,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256 } }
    })
    const resource = this.#arns.application(application)
    const answer = await ifExists(
      patiently(this.#clock, 'codedeploy:GetApplicationRevision', resource, () => this.#client.send(command))
    ).catch(unlessDenied)
    return answer?.revision?.appSpecContent?.content ?? answer?.revision?.string?.content
  }
}

function unknown(deploymentId: string, resource: string): never {
  throw new Failure(`there is no deployment ${deploymentId}`, {
    kind: 'missing',
    code: 'DeploymentDoesNotExistException',
    action: 'codedeploy:BatchGetDeployments',
    resource,
    mayHaveActed: false
  })
}

function unlessDenied(failure: unknown): undefined {
  if (failure instanceof Failure && (failure.kind === 'denied' || failure.kind === 'rejected'))
    return undefined
  throw failure
}
