import {
  BatchGetDeploymentsCommand,
  type CodeDeployClient,
  type DeploymentInfo,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  StopDeploymentCommand
} from '@aws-sdk/client-codedeploy'
import type { StopResult } from '../deployment/leaving.ts'
import type { DeploymentView } from '../deployment/observation.ts'
import type { Reading } from '../deployment/reading.ts'
import { causeOfFailure, Failure, isTransient } from '../failure.ts'
import type { DeploymentDescription } from '../operations/existing.ts'
import type { Arns } from './arns.ts'
import { type Asking, briefly, ifExists, once, patiently } from './ask.ts'
import { Batch, type Found } from './batch.ts'
import { descriptionFrom, viewFrom } from './codedeploy-shapes.ts'
import { failureOf, malformed } from './failure.ts'
import type { Places } from './places.ts'
import { readingOf } from './reading.ts'

/** How long to keep asking for what is only nice to know, ms. */
const shortMs = 15_000

/** The requests to CodeDeploy about one deployment by its id. Methods that do not return a Reading throw Failure, except `stop`. */
export class Deployments {
  readonly #client: CodeDeployClient
  readonly #asking: Asking
  readonly #arns: Arns
  readonly #places: Places
  /** By deployment, how many of our stops CodeDeploy may have acted on: the answer came, was lost, or is still to come. */
  readonly #stops = new Map<string, number>()
  /** The API reference allows 25 ids for BatchGetDeployments; its error text says 100. */
  readonly #views = new Batch<DeploymentView>(25, async ids =>
    ids.length === 1 ? new Map(ids.map(id => [id, this.#look(id)])) : await this.#lookAtMany(ids)
  )

  constructor(client: CodeDeployClient, asking: Asking, arns: Arns, places: Places) {
    this.#client = client
    this.#asking = asking
    this.#arns = arns
    this.#places = places
  }

  /** Asks once: the watch looks again by itself. */
  view(deploymentId: string): Promise<Reading<DeploymentView>> {
    return readingOf(this.#views.get(deploymentId).then(view => view ?? this.#unknown(deploymentId)))
  }

  async #look(deploymentId: string): Promise<DeploymentView> {
    const action = 'codedeploy:GetDeployment'
    const resource = this.#places.groupOf(deploymentId)
    const command = new GetDeploymentCommand({ deploymentId })
    const { deploymentInfo } = await once(action, resource, () => this.#client.send(command))
    this.#learn(deploymentId, deploymentInfo)
    return viewFrom(deploymentInfo, deploymentId, action, resource)
  }

  /** CodeDeploy leaves out ids that it does not know, and promises no order. */
  async #lookAtMany(deploymentIds: readonly string[]): Promise<Found<DeploymentView>> {
    const action = 'codedeploy:BatchGetDeployments'
    const resource = this.#places.groupOfAll(deploymentIds)
    const command = new BatchGetDeploymentsCommand({ deploymentIds: [...deploymentIds] })
    let deploymentsInfo: DeploymentInfo[] | undefined
    try {
      deploymentsInfo = (await once(action, resource, () => this.#client.send(command))).deploymentsInfo
    } catch (failure) {
      if (!(failure instanceof Failure) || (failure.kind !== 'denied' && failure.kind !== 'missing'))
        throw failure
      // A policy that was written for one function may allow only GetDeployment, and only for some. And one unknown id must not hide the
      // others.
      return new Map(deploymentIds.map(id => [id, ifExists(this.#look(id))]))
    }
    if (!deploymentsInfo) throw malformed(action, resource, 'deploymentsInfo')
    const views = new Map<string, Promise<DeploymentView>>()
    for (const info of deploymentsInfo) {
      const { deploymentId = '' } = info
      if (!deploymentIds.includes(deploymentId) || views.has(deploymentId)) continue
      this.#learn(deploymentId, info)
      // What cannot be understood about one must not hide the others.
      const view = async () => viewFrom(info, deploymentId, action, this.#places.groupOf(deploymentId))
      views.set(deploymentId, view())
    }
    return views
  }

  /** A rollback belongs to the same group as the deployment that it rolls back. */
  #learn(deploymentId: string, info: DeploymentInfo | undefined): void {
    const { applicationName, deploymentGroupName, rollbackInfo } = info ?? {}
    for (const id of [deploymentId, rollbackInfo?.rollbackDeploymentId])
      this.#places.learn(id, applicationName, deploymentGroupName)
  }

  #unknown(deploymentId: string): never {
    throw new Failure(`there is no deployment ${deploymentId}`, {
      kind: 'missing',
      code: 'DeploymentDoesNotExistException',
      action: 'codedeploy:BatchGetDeployments',
      resource: this.#places.groupOf(deploymentId),
      mayHaveActed: false
    })
  }

  /**
   * Asks CodeDeploy to stop a deployment, and only once when it `isAgain`. Safe to repeat: stopping one that is stopping or over does no
   * harm.
   */
  async stop(deploymentId: string, rollBack: boolean, isAgain = false): Promise<StopResult> {
    const action = 'codedeploy:StopDeployment'
    const resource = this.#places.groupOf(deploymentId)
    const command = new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: rollBack })
    try {
      const send = async () => {
        this.#count(deploymentId, 1)
        try {
          const { status } = await this.#client.send(command)
          if (!status) throw malformed(action, resource, 'status')
        } catch (error) {
          // A look may have told the group since.
          const failure = failureOf(error, action, this.#places.groupOf(deploymentId))
          if (!failure.mayHaveActed) this.#count(deploymentId, -1)
          throw failure
        }
      }
      await (isAgain ? once(action, resource, send) : briefly(this.#asking, action, resource, send))
      return { kind: 'asked' }
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      const mayHaveActed = (this.#stops.get(deploymentId) ?? 0) > 0
      // Perhaps by an earlier try, whose answer was lost or is still to come.
      if (failure.code === 'DeploymentAlreadyCompletedException')
        return { kind: mayHaveActed ? 'asked' : 'over' }
      const { what, next } = causeOfFailure(failure)
      // It was created, and an older answer does not know it yet.
      const isPassing = isTransient(failure) || failure.kind === 'missing'
      return { kind: 'failed', reason: isPassing ? what : `${what} ${next}`, isPassing, mayHaveActed }
    }
  }

  #count(deploymentId: string, stops: 1 | -1): void {
    this.#stops.set(deploymentId, (this.#stops.get(deploymentId) ?? 0) + stops)
  }

  /** A deployment without its target, whoever started it; undefined when there is none with that id. `over` as in Asking. */
  describe(deploymentId: string, over?: AbortSignal): Promise<DeploymentDescription | undefined> {
    const action = 'codedeploy:GetDeployment'
    const resource = this.#places.groupOf(deploymentId)
    return ifExists(
      patiently({ ...this.#asking, ...(over && { over }) }, action, resource, async () => {
        const { deploymentInfo } = await this.#client.send(new GetDeploymentCommand({ deploymentId }))
        this.#learn(deploymentId, deploymentInfo)
        return descriptionFrom(deploymentInfo, deploymentId, action, resource)
      })
    )
  }

  /**
   * The text of the AppSpec, which GetDeployment never returns; undefined when CodeDeploy has not kept it. Unless it `isNeeded`, it is
   * nice to know, and not worth a long wait.
   */
  async appSpec(application: string, sha256: string, isNeeded = false): Promise<string | undefined> {
    const command = new GetApplicationRevisionCommand({
      applicationName: application,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256 } }
    })
    const action = 'codedeploy:GetApplicationRevision'
    const resource = this.#arns.application(application)
    const revision = await ifExists(
      patiently(
        { ...this.#asking, ...(!isNeeded && { patienceMs: shortMs }) },
        action,
        resource,
        async () => {
          const answer = await this.#client.send(command)
          if (!answer.revision) throw malformed(action, resource, 'revision')
          return answer.revision
        }
      )
    )
    return revision?.appSpecContent?.content ?? revision?.string?.content
  }
}
