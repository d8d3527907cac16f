import {
  type CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentGroupCommand,
  ListDeploymentGroupsCommand
} from '@aws-sdk/client-codedeploy'
import { Failure } from '../failure.ts'
import type { CreationResult } from '../operations/createdeployment.ts'
import type { NewGroup } from '../plan/setup.ts'
import type { Arns } from './arns.ts'
import { type Asking, briefly, patiently } from './ask.ts'
import { createGroupInput } from './codedeploy-shapes.ts'
import { malformed } from './failure.ts'

/** CodeDeploy has at most a thousand groups in an application, and answers a hundred at once. */
const mostPages = 10

/** CodeDeploy's applications, and the groups in them. */
export class Applications {
  readonly #client: CodeDeployClient
  readonly #asking: Asking
  readonly #arns: Arns

  constructor(client: CodeDeployClient, asking: Asking, arns: Arns) {
    this.#client = client
    this.#asking = asking
    this.#arns = arns
  }

  /** Creates it for compute platform Lambda. Throws Failure. */
  create(applicationName: string): Promise<CreationResult> {
    const action = 'codedeploy:CreateApplication'
    const resource = this.#arns.application(applicationName)
    const command = new CreateApplicationCommand({ applicationName, computePlatform: 'Lambda' })
    return unlessExists(
      'ApplicationAlreadyExistsException',
      patiently(this.#asking, action, resource, async () => {
        const { applicationId } = await this.#client.send(command)
        if (!applicationId) throw malformed(action, resource, 'applicationId')
      })
    )
  }

  /** Throws Failure. */
  createGroup(group: NewGroup): Promise<CreationResult> {
    const action = 'codedeploy:CreateDeploymentGroup'
    const resource = this.#arns.group(group.application, group.group)
    const command = new CreateDeploymentGroupCommand(createGroupInput(group))
    return unlessExists(
      'DeploymentGroupAlreadyExistsException',
      patiently(this.#asking, action, resource, async () => {
        const { deploymentGroupId } = await this.#client.send(command)
        if (!deploymentGroupId) throw malformed(action, resource, 'deploymentGroupId')
      })
    )
  }

  /** The names of an application's groups; undefined when they cannot be read: nobody waits long for a hint. */
  async groups(applicationName: string): Promise<readonly string[] | undefined> {
    const action = 'codedeploy:ListDeploymentGroups'
    const resource = this.#arns.group(applicationName, '*')
    const names: string[] = []
    let nextToken: string | undefined
    try {
      for (let page = 1; page <= mostPages; page++) {
        const command = new ListDeploymentGroupsCommand({ applicationName, ...(nextToken && { nextToken }) })
        const answer = await briefly(this.#asking, action, resource, () => this.#client.send(command))
        names.push(...(answer.deploymentGroups ?? []))
        nextToken = answer.nextToken
        if (!nextToken) break
      }
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      return undefined
    }
    return names
  }
}

/** Another run, or an earlier attempt of ours, may have created it. */
async function unlessExists(code: string, creating: Promise<void>): Promise<CreationResult> {
  try {
    await creating
    return 'created'
  } catch (failure) {
    if (failure instanceof Failure && failure.code === code) return 'exists'
    throw failure
  }
}
