import {
  BatchGetDeploymentsCommand,
  type CodeDeployClient,
  type DeploymentInfo,
  GetDeploymentCommand,
  ListDeploymentsCommand
} from '@aws-sdk/client-codedeploy'
import { Failure } from '../failure.ts'
import type { DeploymentGroup } from '../operations/othergroups.ts'
import type { PastDeployment } from '../operations/previous.ts'
import { settleAll } from '../settleall.ts'
import type { Arns } from './arns.ts'
import { type Asking, ifExists, patiently } from './ask.ts'
import { descriptionFrom } from './codedeploy-shapes.ts'
import { malformed } from './failure.ts'
import { pagesOf } from './pages.ts'
import type { Places } from './places.ts'

/** As many as BatchGetDeployments certainly takes. */
const atOnce = 25

/** The deployments of a group that have succeeded. Throws Failure. */
export class History {
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

  /** From the newest to the oldest; read as far as somebody asks for them. */
  async *succeeded(group: DeploymentGroup): AsyncGenerator<PastDeployment> {
    const pages = this.#pages(group)
    let isFirst = true
    for await (const { ids, isLast } of pages) {
      const isWhole = isLast && ids.length <= atOnce
      if (isFirst && !isWhole && (await this.#isOldestFirst(ids, group))) {
        for await (const more of pages) ids.push(...more.ids)
        ids.reverse()
      }
      isFirst = false
      for (let from = 0; from < ids.length; from += atOnce)
        yield* byAge(await this.#describeAll(ids.slice(from, from + atOnce), group))
    }
  }

  /** The order of the list is not documented. That it begins with the newest is what everybody sees. */
  async #isOldestFirst(ids: readonly string[], group: DeploymentGroup): Promise<boolean> {
    const [first, last] = [ids[0], ids.at(-1)]
    if (first === undefined || last === undefined || first === last) return false
    return byAge(await this.#describeAll([first, last], group))[0]?.id === last
  }

  async *#pages({ application, group }: DeploymentGroup): AsyncGenerator<{ ids: string[]; isLast: boolean }> {
    const resource = this.#arns.group(application, group)
    const action = 'codedeploy:ListDeployments'
    const pages = pagesOf(this.#asking, action, resource, async from => {
      const command = new ListDeploymentsCommand({
        applicationName: application,
        deploymentGroupName: group,
        includeOnlyStatuses: ['Succeeded'],
        ...(from && { nextToken: from })
      })
      const { deployments, nextToken } = await this.#client.send(command)
      // A missing list is not an empty list, from which we would conclude that nothing has served before.
      if (!deployments) throw malformed(action, resource, 'deployments')
      return { items: deployments, next: nextToken }
    })
    for await (const { items, next } of pages) {
      for (const id of items) this.#places.learn(id, application, group)
      yield { ids: [...items], isLast: !next }
    }
  }

  /** In the order of the ids. */
  async #describeAll(deploymentIds: readonly string[], group: DeploymentGroup): Promise<PastDeployment[]> {
    const action = 'codedeploy:BatchGetDeployments'
    const resource = this.#arns.group(group.application, group.group)
    const command = new BatchGetDeploymentsCommand({ deploymentIds: [...deploymentIds] })
    const found = await patiently(this.#asking, action, resource, async () => {
      const { deploymentsInfo } = await this.#client.send(command)
      if (!deploymentsInfo) throw malformed(action, resource, 'deploymentsInfo')
      return deploymentsInfo.map(info => pastFrom(info, info.deploymentId ?? '', action, resource))
    }).catch(unlessDenied)
    const known = new Map(found.map(each => [each.id, each]))
    // One that is left out might be the one that counts.
    const all = await settleAll(deploymentIds.map(id => known.get(id) ?? this.#describe(id, resource)))
    return all.flatMap(each => each ?? [])
  }

  #describe(deploymentId: string, resource: string): Promise<PastDeployment | undefined> {
    const action = 'codedeploy:GetDeployment'
    return ifExists(
      patiently(this.#asking, action, resource, async () => {
        const { deploymentInfo } = await this.#client.send(new GetDeploymentCommand({ deploymentId }))
        return pastFrom(deploymentInfo, deploymentId, action, resource)
      })
    )
  }
}

/** Not every rollback of CloudFormation has been seen to say so; see `creator` in the API reference of DeploymentInfo. */
const rollbackCreators: readonly string[] = ['codeDeployRollback', 'CloudFormationRollback']

/** Without its time, it could be taken for older or newer than it is. */
function pastFrom(
  info: DeploymentInfo | undefined,
  id: string,
  action: string,
  resource: string
): PastDeployment {
  const described = descriptionFrom(info, id, action, resource)
  const { createdAt, rollsBack } = described
  if (createdAt === undefined) throw malformed(action, resource, 'createTime')
  const isRollback = rollsBack !== undefined || rollbackCreators.includes(info?.creator ?? '')
  return { ...described, createdAt, isRollback }
}

const byAge = (deployments: readonly PastDeployment[]): PastDeployment[] =>
  [...deployments].sort((a, b) => b.createdAt - a.createdAt)

/** A policy that was written for one function may allow only GetDeployment. And one unknown id must not hide the others. */
function unlessDenied(failure: unknown): [] {
  if (failure instanceof Failure && (failure.kind === 'denied' || failure.kind === 'missing')) return []
  throw failure
}
