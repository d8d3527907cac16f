import {
  BatchGetDeploymentTargetsCommand,
  type CodeDeployClient,
  ListDeploymentTargetsCommand
} from '@aws-sdk/client-codedeploy'
import { Failure, unsent } from '../failure.ts'
import type { DeploymentDescription } from '../operations/existing.ts'
import { type Asking, once, patiently } from './ask.ts'
import { lifecycleFrom } from './codedeploy-shapes.ts'
import { malformed, mustBe } from './failure.ts'
import type { Places } from './places.ts'

/** CodeDeploy can say for a moment that a deployment has not started, though it has ended: how long to wait before asking again, ms. */
const startedPauses = [500, 1_500, 4_000]

/** Whether there is such a deployment, GetDeployment tells; what is answered about its target may be older. */
const notYet: readonly string[] = ['DeploymentNotStartedException', 'DeploymentDoesNotExistException']

/** What deployments are about: a Lambda deployment has one target. All methods throw Failure. */
export class Targets {
  readonly #client: CodeDeployClient
  readonly #asking: Asking
  readonly #places: Places
  /** The format of target ids is not documented for Lambda, so they are asked for once and kept. */
  readonly #ids = new Map<string, string>()

  constructor(client: CodeDeployClient, asking: Asking, places: Places) {
    this.#client = client
    this.#asking = asking
    this.#places = places
  }

  /** Asks once, without retrying. Undefined while the deployment has not started, as far as this answer knows. */
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
      if (failure instanceof Failure && notYet.includes(failure.code)) return undefined
      throw failure
    }
  }

  /** The same of a deployment that has ended, and after transient failures asked again. Undefined when CodeDeploy does not say. */
  async ofEnded(deploymentId: string): Promise<DeploymentDescription['target']> {
    const { clock, cancelled, over = cancelled } = this.#asking
    const resource = this.#places.groupOf(deploymentId)
    const ask = () =>
      patiently(this.#asking, 'codedeploy:ListDeploymentTargets', resource, () => this.of(deploymentId))
    let target = await ask()
    for (const pause of startedPauses) {
      if (target) return target
      await clock.sleep(pause, over)
      if (over?.aborted) throw unsent('codedeploy:ListDeploymentTargets', resource)
      target = await ask()
    }
    return target
  }

  async #idOf(deploymentId: string): Promise<string | undefined> {
    const command = new ListDeploymentTargetsCommand({ deploymentId })
    const send = () => this.#client.send(command)
    const resource = this.#places.groupOf(deploymentId)
    return (await once('codedeploy:ListDeploymentTargets', resource, send)).targetIds?.[0]
  }
}
