import {
  BatchGetDeploymentTargetsCommand,
  type CodeDeployClient,
  ListDeploymentTargetsCommand
} from '@aws-sdk/client-codedeploy'
import { Failure } from '../failure.ts'
import type { DeploymentDescription } from '../operations/existing.ts'
import { once } from './ask.ts'
import { lifecycleFrom } from './codedeploy-shapes.ts'
import { malformed, mustBe } from './failure.ts'
import type { Places } from './places.ts'

/** What deployments are about: a Lambda deployment has one target. All methods throw Failure. */
export class Targets {
  readonly #client: CodeDeployClient
  readonly #places: Places
  /** The format of target ids is not documented for Lambda, so they are asked for once and kept. */
  readonly #ids = new Map<string, string>()

  constructor(client: CodeDeployClient, places: Places) {
    this.#client = client
    this.#places = places
  }

  /** Asks once, without retrying. Undefined while the deployment has not started. */
  async of(deploymentId: string): Promise<DeploymentDescription['target']> {
    const resource = this.#places.groupOf(deploymentId)
    try {
      const targetId = this.#ids.get(deploymentId) ?? (await this.#idOf(deploymentId))
      if (targetId === undefined) return undefined
      this.#ids.set(deploymentId, targetId)
      const action = 'codedeploy:BatchGetDeploymentTargets'
      const command = new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds: [targetId] })
      const answer = await once(action, resource, () => this.#client.send(command))
      const target = answer.deploymentTargets?.[0]?.lambdaTarget
      if (!target) throw malformed(action, resource, 'lambdaTarget')
      mustBe(action, resource, 'deployment', target.deploymentId, deploymentId)
      return lifecycleFrom(target)
    } catch (failure) {
      if (failure instanceof Failure && failure.code === 'DeploymentNotStartedException') return undefined
      throw failure
    }
  }

  async #idOf(deploymentId: string): Promise<string | undefined> {
    const command = new ListDeploymentTargetsCommand({ deploymentId })
    const send = () => this.#client.send(command)
    const resource = this.#places.groupOf(deploymentId)
    return (await once('codedeploy:ListDeploymentTargets', resource, send)).targetIds?.[0]
  }
}
