import {
  type CodeDeployClient,
  CreateDeploymentConfigCommand,
  GetDeploymentConfigCommand
} from '@aws-sdk/client-codedeploy'
import type { Strategy } from '../deployment/strategy.ts'
import { Failure } from '../failure.ts'
import type { CreationResult } from '../operations/createdeployment.ts'
import type { Arns } from './arns.ts'
import { type Asking, ifExists, patiently } from './ask.ts'
import { strategyFrom, trafficRoutingOf } from './codedeploy-shapes.ts'
import { malformed } from './failure.ts'

/** CodeDeploy's deployment configurations. All methods throw Failure. */
export class Configurations {
  readonly #client: CodeDeployClient
  readonly #asking: Asking
  readonly #arns: Arns

  constructor(client: CodeDeployClient, asking: Asking, arns: Arns) {
    this.#client = client
    this.#asking = asking
    this.#arns = arns
  }

  /** Undefined when there is no configuration of that name. */
  strategy(name: string): Promise<Strategy | undefined> {
    const action = 'codedeploy:GetDeploymentConfig'
    const resource = this.#arns.configuration(name)
    const command = new GetDeploymentConfigCommand({ deploymentConfigName: name })
    return ifExists(
      patiently(this.#asking, action, resource, async () =>
        strategyFrom((await this.#client.send(command)).deploymentConfigInfo, action, resource)
      )
    )
  }

  /** Creates the configuration, unless there already is one of that name. */
  async create(name: string, strategy: Strategy): Promise<CreationResult> {
    const action = 'codedeploy:CreateDeploymentConfig'
    const resource = this.#arns.configuration(name)
    const command = new CreateDeploymentConfigCommand({
      deploymentConfigName: name,
      computePlatform: 'Lambda',
      trafficRoutingConfig: trafficRoutingOf(strategy)
    })
    try {
      await patiently(this.#asking, action, resource, async () => {
        const { deploymentConfigId } = await this.#client.send(command)
        if (!deploymentConfigId) throw malformed(action, resource, 'deploymentConfigId')
      })
      return 'created'
    } catch (failure) {
      // Another run, or an earlier attempt of ours, has already created it.
      if (failure instanceof Failure && failure.code === 'DeploymentConfigAlreadyExistsException')
        return 'exists'
      throw failure
    }
  }
}
