import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  type CodeDeployClient,
  type DeploymentInfo,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  ListDeploymentTargetsCommand,
  StopDeploymentCommand
} from '@aws-sdk/client-codedeploy'
import type { Clock } from '../clock.ts'
import type { StopResult } from '../deployment/leaving.ts'
import type { DeploymentView } from '../deployment/observation.ts'
import type { LifecycleView, Reading } from '../deployment/reading.ts'
import { causeOfFailure, Failure } from '../failure.ts'
import type { DeploymentDescription } from '../operations/existing.ts'
import { settleAll } from '../settleall.ts'
import type { Arns } from './arns.ts'
import { briefly, ifExists, once, patiently } from './ask.ts'
import { Batch } from './batch.ts'
import { descriptionFrom, lifecycleFrom, viewFrom } from './codedeploy-shapes.ts'
import { malformed, mustBe } from './failure.ts'
import { readingOf } from './reading.ts'

type Target = DeploymentDescription['target']

/** CodeDeploy, as far as it is asked about a deployment by its id. All methods that do not give a Sight throw Failure. */
export class CodeDeployDeployments {
  protected readonly client: CodeDeployClient
  protected readonly clock: Clock
  protected readonly arns: Arns
  /** The group of the deployments of this run. */
  protected place: { application: string; group: string } | undefined
  /** The format of target ids is not documented for Lambda, so they are asked for once and kept. */
  readonly #targetIds = new Map<string, string>()
  /** 25 is what the API reference says of BatchGetDeployments; its error text says 100. */
  readonly #views = new Batch<DeploymentView>(25, ids =>
    ids.length === 1 ? this.#look(ids[0] ?? '') : this.#lookAtMany(ids)
  )

  constructor(client: CodeDeployClient, clock: Clock, arns: Arns) {
    this.client = client
    this.clock = clock
    this.arns = arns
  }

  /** For the sentence that says which permission is missing. */
  protected get groupArn(): string {
    return this.place ? this.arns.group(this.place.application, this.place.group) : '*'
  }

  #learn(info: DeploymentInfo | undefined): void {
    const { applicationName: application, deploymentGroupName: group } = info ?? {}
    if (application && group) this.place = { application, group }
  }

  /** One try: the watch looks again by itself. */
  deployment(deploymentId: string): Promise<Reading<DeploymentView>> {
    return readingOf(this.#views.get(deploymentId).then(view => view ?? unknown(deploymentId, this.groupArn)))
  }

  async #look(deploymentId: string): Promise<Map<string, DeploymentView>> {
    const action = 'codedeploy:GetDeployment'
    const command = new GetDeploymentCommand({ deploymentId })
    const { deploymentInfo } = await once(action, this.groupArn, () => this.client.send(command))
    this.#learn(deploymentInfo)
    return new Map([[deploymentId, viewFrom(deploymentInfo, deploymentId, action, this.groupArn)]])
  }

  /** CodeDeploy leaves out what it does not know, and gives no order. */
  async #lookAtMany(deploymentIds: readonly string[]): Promise<Map<string, DeploymentView>> {
    const action = 'codedeploy:BatchGetDeployments'
    const command = new BatchGetDeploymentsCommand({ deploymentIds: [...deploymentIds] })
    let deploymentsInfo: DeploymentInfo[] | undefined
    try {
      deploymentsInfo = (await once(action, this.groupArn, () => this.client.send(command))).deploymentsInfo
    } catch (failure) {
      if (!(failure instanceof Failure) || (failure.kind !== 'denied' && failure.kind !== 'missing'))
        throw failure
      // A policy that was written for one function has only GetDeployment; and one unknown id must not hide the others.
      const each = await settleAll(deploymentIds.map(id => ifExists(this.#look(id))))
      return new Map(each.flatMap(found => [...(found ?? [])]))
    }
    if (!deploymentsInfo) throw malformed(action, this.groupArn, 'deploymentsInfo')
    return new Map(
      deploymentsInfo.flatMap(info =>
        info.deploymentId
          ? [[info.deploymentId, viewFrom(info, info.deploymentId, action, this.groupArn)]]
          : []
      )
    )
  }

  /** One try, as above. */
  lifecycle(deploymentId: string): Promise<Reading<LifecycleView>> {
    return readingOf(this.#target(deploymentId).then(target => target ?? { lifecycle: [] }))
  }

  /** Undefined while the deployment has not started. */
  async #target(deploymentId: string): Promise<Target> {
    try {
      const targetId = this.#targetIds.get(deploymentId) ?? (await this.#targetId(deploymentId))
      if (targetId === undefined) return undefined
      this.#targetIds.set(deploymentId, targetId)
      const action = 'codedeploy:BatchGetDeploymentTargets'
      const command = new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds: [targetId] })
      const answer = await once(action, this.groupArn, () => this.client.send(command))
      const target = answer.deploymentTargets?.[0]?.lambdaTarget
      if (!target) throw malformed(action, this.groupArn, 'lambdaTarget')
      mustBe(action, this.groupArn, 'deployment', target.deploymentId, deploymentId)
      return lifecycleFrom(target)
    } catch (failure) {
      if (failure instanceof Failure && failure.code === 'DeploymentNotStartedException') return undefined
      throw failure
    }
  }

  async #targetId(deploymentId: string): Promise<string | undefined> {
    const command = new ListDeploymentTargetsCommand({ deploymentId })
    const send = () => this.client.send(command)
    return (await once('codedeploy:ListDeploymentTargets', this.groupArn, send)).targetIds?.[0]
  }

  /** Asks to stop a deployment. It may be asked again: stopping what is stopping or over does no harm. */
  async stop(deploymentId: string, rollBack: boolean): Promise<StopResult> {
    const action = 'codedeploy:StopDeployment'
    const command = new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: rollBack })
    try {
      await briefly(this.clock, action, this.groupArn, async () => {
        const { status } = await this.client.send(command)
        if (!status) throw malformed(action, this.groupArn, 'status')
      })
      return { kind: 'asked' }
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      if (failure.code === 'DeploymentAlreadyCompletedException') return { kind: 'over' }
      const { what, next } = causeOfFailure(failure)
      return { kind: 'failed', reason: `${what} ${next}` }
    }
  }

  /** What is known of a deployment, whoever started it; undefined when there is none of that id. */
  async describe(deploymentId: string): Promise<DeploymentDescription | undefined> {
    const action = 'codedeploy:GetDeployment'
    const described = await ifExists(
      patiently(this.clock, action, this.groupArn, async () => {
        const { deploymentInfo } = await this.client.send(new GetDeploymentCommand({ deploymentId }))
        this.#learn(deploymentInfo)
        return descriptionFrom(deploymentInfo, deploymentId, action, this.groupArn)
      })
    )
    if (!described) return undefined
    const target = await this.#target(deploymentId).catch(unlessUnreadable)
    return { ...described, ...(target && { target }) }
  }

  /** The AppSpec's text, which GetDeployment never gives; undefined when it is not kept. */
  async appSpec(application: string, sha256: string): Promise<string | undefined> {
    const command = new GetApplicationRevisionCommand({
      applicationName: application,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256 } }
    })
    const resource = this.arns.application(application)
    const answer = await ifExists(
      patiently(this.clock, 'codedeploy:GetApplicationRevision', resource, () => this.client.send(command))
    )
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

/** Without it there is less to tell, and nothing else is different. Expired credentials are not passed over. */
function unlessUnreadable(failure: unknown): undefined {
  if (failure instanceof Failure && failure.kind !== 'credentials') return undefined
  throw failure
}
