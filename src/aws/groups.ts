import {
  type CodeDeployClient,
  CreateDeploymentCommand,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  ListDeploymentsCommand
} from '@aws-sdk/client-codedeploy'
import { Failure } from '../failure.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import type { CreatedDeployment } from '../operations/createdeployment.ts'
import type { AppSpec } from '../plan/appspec.ts'
import type { DeploymentRequest } from '../plan/deploymentrequest.ts'
import type { Group } from '../plan/holdings.ts'
import { settleAll } from '../settleall.ts'
import type { Arns } from './arns.ts'
import { type Asking, once, patiently } from './ask.ts'
import { createDeploymentInput, groupFrom, recordFrom } from './codedeploy-shapes.ts'
import { malformed } from './failure.ts'
import { pagesOf } from './pages.ts'
import type { Places } from './places.ts'

/** All statuses that are not final. `Baking` is in the API model; it is not known whether Lambda deployments ever have it. */
const active = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'] as const

/** CodeDeploy's deployment groups, what runs in them, and new deployments. All methods throw Failure. */
export class Groups {
  readonly #client: CodeDeployClient
  readonly #asking: Asking
  readonly #arns: Arns
  readonly #places: Places

  constructor(client: CodeDeployClient, asking: Asking, arns: Arns, places: Places) {
    this.#client = client
    this.#asking = asking
    this.#arns = arns
    this.#places = places
  }

  async group(application: string, group: string): Promise<Group | 'no-application' | 'no-group'> {
    const action = 'codedeploy:GetDeploymentGroup'
    const resource = this.#arns.group(application, group)
    const command = new GetDeploymentGroupCommand({
      applicationName: application,
      deploymentGroupName: group
    })
    try {
      return await patiently(this.#asking, action, resource, async () =>
        groupFrom((await this.#client.send(command)).deploymentGroupInfo, action, resource)
      )
    } catch (failure) {
      if (failure instanceof Failure && failure.code === 'ApplicationDoesNotExistException')
        return 'no-application'
      if (failure instanceof Failure && failure.code === 'DeploymentGroupDoesNotExistException')
        return 'no-group'
      throw failure
    }
  }

  /** Ids of the newest deployment that has succeeded, and of the newest one, whatever became of it. */
  async newestIn(application: string, group: string): Promise<readonly string[]> {
    const action = 'codedeploy:GetDeploymentGroup'
    const resource = this.#arns.group(application, group)
    const names = { applicationName: application, deploymentGroupName: group }
    return await patiently(this.#asking, action, resource, async () => {
      const { deploymentGroupInfo } = await this.#client.send(new GetDeploymentGroupCommand(names))
      if (!deploymentGroupInfo) throw malformed(action, resource, 'deploymentGroupInfo')
      const { lastSuccessfulDeployment: succeeded, lastAttemptedDeployment: last } = deploymentGroupInfo
      const ids = new Set([succeeded, last].flatMap(each => each?.deploymentId ?? []))
      for (const id of ids) this.#places.learn(id, application, group)
      return [...ids]
    })
  }

  /** Ids of the deployments that have not ended. With `isHurried`, nothing that fails is asked again. */
  running(application: string, group: string, isHurried = false): Promise<readonly string[]> {
    const asking = { ...this.#asking, ...(isHurried && { patienceMs: 0 }) }
    return this.#list(application, group, { includeOnlyStatuses: [...active] }, asking)
  }

  /** Deployments that were created at or after `since` (epoch ms by AWS's clock), whatever their status, except these. */
  async recent(
    { application, group }: Pick<ReleaseRequest, 'application' | 'group'>,
    since: number,
    except: ReadonlySet<string> = new Set()
  ): Promise<readonly CreatedDeployment[]> {
    const listed = await this.#list(application, group, { createTimeRange: { start: new Date(since) } })
    const ids = listed.filter(id => !except.has(id))
    const resource = this.#arns.group(application, group)
    const action = 'codedeploy:GetDeployment'
    return await settleAll(
      ids.map(deploymentId =>
        patiently(this.#asking, action, resource, async () => {
          const { deploymentInfo } = await this.#client.send(new GetDeploymentCommand({ deploymentId }))
          return recordFrom(deploymentInfo, deploymentId, action, resource)
        }).catch(unlessNewborn(deploymentId))
      )
    )
  }

  /** Sends one request and never repeats it. Returns the deployment's id. */
  async create(request: DeploymentRequest, revision: AppSpec): Promise<string> {
    const { application, group } = request
    const resource = this.#arns.group(application, group)
    const command = new CreateDeploymentCommand(createDeploymentInput(request, revision))
    const action = 'codedeploy:CreateDeployment'
    const { deploymentId } = await once(action, resource, () => this.#client.send(command))
    if (!deploymentId) throw malformed(action, resource, 'deploymentId')
    this.#places.learn(deploymentId, application, group)
    return deploymentId
  }

  async #list(
    application: string,
    group: string,
    filter: Pick<ListDeploymentsCommand['input'], 'includeOnlyStatuses' | 'createTimeRange'>,
    asking = this.#asking
  ): Promise<string[]> {
    const resource = this.#arns.group(application, group)
    const action = 'codedeploy:ListDeployments'
    const pages = pagesOf(asking, action, resource, async from => {
      const command = new ListDeploymentsCommand({
        applicationName: application,
        deploymentGroupName: group,
        ...filter,
        ...(from && { nextToken: from })
      })
      const { deployments, nextToken } = await this.#client.send(command)
      // A missing list is not an empty list, from which we would conclude that nothing runs and that nothing is ours.
      if (!deployments) throw malformed(action, resource, 'deployments')
      return { items: deployments, next: nextToken }
    })
    const ids: string[] = []
    for await (const { items } of pages) {
      for (const id of items) this.#places.learn(id, application, group)
      ids.push(...items)
    }
    return ids
  }
}

/** CodeDeploy may list a deployment a moment before it knows it. */
const unlessNewborn =
  (id: string) =>
  (failure: unknown): CreatedDeployment => {
    if (!(failure instanceof Failure) || failure.code !== 'DeploymentDoesNotExistException') throw failure
    return { id, description: '', sha256: '', status: 'Created', isUnread: true }
  }
