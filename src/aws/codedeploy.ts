import {
  CreateDeploymentCommand,
  CreateDeploymentConfigCommand,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  ListDeploymentsCommand
} from '@aws-sdk/client-codedeploy'
import type { Strategy } from '../deployment/strategy.ts'
import { Failure } from '../failure.ts'
import type { CreateDeploymentPort, CreatedDeployment } from '../operations/createdeployment.ts'
import type { ExistingPort } from '../operations/existing.ts'
import type { SurveyCodeDeployPort } from '../operations/survey.ts'
import type { AppSpec } from '../plan/appspec.ts'
import type { DeploymentRequest } from '../plan/deploymentrequest.ts'
import type { Group } from '../plan/holdings.ts'
import { settleAll } from '../settleall.ts'
import { ifExists, once, patiently } from './ask.ts'
import {
  createDeploymentInput,
  groupFrom,
  recordFrom,
  strategyFrom,
  trafficRoutingOf
} from './codedeploy-shapes.ts'
import { CodeDeployDeployments } from './deployments.ts'
import { malformed } from './failure.ts'

/** All but the ended ones. `Baking` is in the API model; whether Lambda deployments ever have it is not known. */
const active = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'] as const

/** CodeDeploy, as far as it is asked about groups and configurations, and for new deployments. All methods throw Failure. */
export class CodeDeploy
  extends CodeDeployDeployments
  implements SurveyCodeDeployPort, CreateDeploymentPort, ExistingPort
{
  async group(application: string, group: string): Promise<Group | 'no-application' | 'no-group'> {
    this.place = { application, group }
    const action = 'codedeploy:GetDeploymentGroup'
    const command = new GetDeploymentGroupCommand({
      applicationName: application,
      deploymentGroupName: group
    })
    try {
      return await patiently(this.clock, action, this.groupArn, async () =>
        groupFrom((await this.client.send(command)).deploymentGroupInfo, action, this.groupArn)
      )
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
    const resource = this.arns.configuration(configuration)
    const command = new GetDeploymentConfigCommand({ deploymentConfigName: configuration })
    return ifExists(
      patiently(this.clock, action, resource, async () =>
        strategyFrom((await this.client.send(command)).deploymentConfigInfo, action, resource)
      )
    )
  }

  running(application: string, group: string): Promise<readonly string[]> {
    return this.#list(application, group, { includeOnlyStatuses: [...active] })
  }

  async createStrategy(name: string, strategy: Strategy): Promise<void> {
    const action = 'codedeploy:CreateDeploymentConfig'
    const resource = this.arns.configuration(name)
    const command = new CreateDeploymentConfigCommand({
      deploymentConfigName: name,
      computePlatform: 'Lambda',
      trafficRoutingConfig: trafficRoutingOf(strategy)
    })
    try {
      await patiently(this.clock, action, resource, async () => {
        const { deploymentConfigId } = await this.client.send(command)
        if (!deploymentConfigId) throw malformed(action, resource, 'deploymentConfigId')
      })
    } catch (failure) {
      // Another run, or an earlier try of ours, was there first.
      if (failure instanceof Failure && failure.code === 'DeploymentConfigAlreadyExistsException') return
      throw failure
    }
  }

  async create(request: DeploymentRequest, revision: AppSpec): Promise<string> {
    const resource = this.arns.group(request.application, request.group)
    const command = new CreateDeploymentCommand(createDeploymentInput(request, revision))
    const action = 'codedeploy:CreateDeployment'
    const { deploymentId } = await once(action, resource, () => this.client.send(command))
    if (deploymentId) return deploymentId
    throw malformed(action, resource, 'deploymentId')
  }

  async recent(
    { application, group }: Pick<DeploymentRequest, 'application' | 'group'>,
    since: number
  ): Promise<readonly CreatedDeployment[]> {
    const ids = await this.#list(application, group, { createTimeRange: { start: new Date(since) } })
    const resource = this.arns.group(application, group)
    const action = 'codedeploy:GetDeployment'
    return await settleAll(
      ids.map(deploymentId =>
        patiently(this.clock, action, resource, async () => {
          const { deploymentInfo } = await this.client.send(new GetDeploymentCommand({ deploymentId }))
          return recordFrom(deploymentInfo, deploymentId, action, resource)
        })
      )
    )
  }

  async #list(
    applicationName: string,
    deploymentGroupName: string,
    filter: Pick<ListDeploymentsCommand['input'], 'includeOnlyStatuses' | 'createTimeRange'>
  ): Promise<string[]> {
    const resource = this.arns.group(applicationName, deploymentGroupName)
    const action = 'codedeploy:ListDeployments'
    const ids: string[] = []
    let nextToken: string | undefined
    do {
      const command = new ListDeploymentsCommand({
        applicationName,
        deploymentGroupName,
        ...filter,
        ...(nextToken && { nextToken })
      })
      const answer = await patiently(this.clock, action, resource, async () => {
        const { deployments, nextToken } = await this.client.send(command)
        // A list that is not there is not an empty one: that nothing runs, and that nothing is ours, is concluded from it.
        if (!deployments) throw malformed(action, resource, 'deployments')
        return { deployments, nextToken }
      })
      ids.push(...answer.deployments)
      nextToken = answer.nextToken
    } while (nextToken)
    return ids
  }
}
