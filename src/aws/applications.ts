import {
  type CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentGroupCommand,
  ListDeploymentGroupsCommand
} from '@aws-sdk/client-codedeploy'
import { Failure, unlessUnforeseen } from '../failure.ts'
import type { CreationResult } from '../operations/createdeployment.ts'
import type { NewGroup } from '../plan/setup.ts'
import type { Arns } from './arns.ts'
import { type Asking, patiently } from './ask.ts'
import { createGroupInput } from './codedeploy-shapes.ts'
import { malformed } from './failure.ts'
import { pagesOf } from './pages.ts'

/** Nobody waits for long for a hint, ms. */
const hintMs = 3_000

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

  /** The names of all groups of an application. Throws Failure. */
  async groupNames(applicationName: string, asking = this.#asking): Promise<readonly string[]> {
    const action = 'codedeploy:ListDeploymentGroups'
    const resource = this.#arns.group(applicationName, '*')
    const pages = pagesOf(asking, action, resource, async nextToken => {
      const command = new ListDeploymentGroupsCommand({ applicationName, ...(nextToken && { nextToken }) })
      const { deploymentGroups, nextToken: next } = await this.#client.send(command)
      if (!deploymentGroups) throw malformed(action, resource, 'deploymentGroups')
      return { items: deploymentGroups, next }
    })
    const names: string[] = []
    for await (const { items } of pages) names.push(...items)
    return names
  }

  /** The same for a hint: undefined when they cannot be read. */
  async groups(applicationName: string): Promise<readonly string[] | undefined> {
    const hurried = { ...this.#asking, patienceMs: hintMs }
    return await this.groupNames(applicationName, hurried).catch(unlessUnforeseen)
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
