import type { DeploymentGroupInfo } from '@aws-sdk/client-codedeploy'
import { type Aws, createAws, type RecordedRequest } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import type { Fault } from '../../simulator/faults.ts'
import { addFunction, payments } from '../../simulator/setting.ts'
import type { Outside } from '../../src/main.ts'
import { Chance } from '../draw/chance.ts'
import { storeBuilds } from '../draw/code.ts'
import type { Moment } from '../draw/moment.ts'
import type { Scene } from '../draw/scene.ts'
import { Chronicle } from './chronicle.ts'
import { Deletions } from './deletions.ts'
import { GitHubApi } from './githubapi.ts'
import { History } from './history.ts'
import { IdTokens } from './idtokens.ts'
import { jobCredentials } from './secrets.ts'
import { Uploads } from './uploads.ts'

/** The account of a scene, with an eye on everything that happens in it. */
export class Stage {
  readonly clock = new VirtualClock()
  /** When the world began: what is older is past. */
  begunAt = this.clock.now()
  readonly chronicle = new Chronicle(() => this.begunAt)
  readonly aws: Aws
  readonly chance: Chance
  readonly github: GitHubApi
  readonly idTokens: IdTokens
  /** What the job has before the step assumes a role: nothing when it is to assume one. */
  readonly credentials: NonNullable<NonNullable<Outside['aws']>['credentials']>
  /** The fault that hit a request. */
  readonly faults = new Map<RecordedRequest, Fault>()
  /** When CreateDeployment acted, by deployment id, those of rollbacks left out. */
  readonly created = new Map<string, number>()
  /** Stops that CodeDeploy has accepted. `input` is the same object that is on record with the request. */
  readonly stops: { deploymentId: string | undefined; input: unknown }[] = []
  /** The groups that were there, or were created, with what was set on them then. */
  readonly groups = new Map<DeploymentGroupInfo, { settings: string }>()
  readonly uploads: Uploads
  readonly deletions: Deletions
  /** How functions ran, by the input of the invocation. */
  readonly runs = new Map<object, { answer: string; error: boolean; endedAt: number }>()
  /** Somebody else is at work at this very moment. */
  somebodyActs = false
  #isBegun = false
  readonly #histories = new Map<string, History>()
  readonly #waiting: { moment: Moment; left: number; run(): void }[] = []

  constructor(scene: Scene) {
    this.chance = new Chance(scene.seed + 0x5eed)
    this.aws = createAws({ clock: this.clock, uncertain: scene.uncertain, seed: scene.seed })
    this.github = new GitHubApi(this.clock, scene.seed, scene.github)
    this.idTokens = new IdTokens(this.clock, scene.role)
    this.credentials = scene.role ? noCredentials : jobCredentials
    if (scene.role) this.aws.sts.sessionSeconds = scene.role.sessionSeconds
    const { lowMs, highMs } = scene.latency
    Object.defineProperty(this.aws, 'latencyMs', { get: () => 2 * this.chance.between(lowMs, highMs) })
    this.#watchAlias()
    this.deletions = new Deletions(this.aws, what =>
      this.chronicle.note(this.clock.now(), 'lambda', () => what)
    )
    const description = scene.github && {
      description: scene.github.live,
      ...(scene.github.arriving !== undefined && { newer: scene.github.arriving })
    }
    const [{ options: first }, ...others] = scene.functions
    payments(this.aws, { ...first, ...description })
    for (const { names, options } of others) addFunction(this.aws, names, { ...options, ...description })
    if (scene.steps.some(({ inputs }) => inputs.code?.startsWith('s3:'))) storeBuilds(this.aws)
    this.uploads = new Uploads(this.aws.lambda, () => ({
      at: this.clock.now(),
      bySomebody: this.somebodyActs
    }))
    Object.assign(this.aws.metrics, { jitterMs: scene.metrics.jitterMs, missing: scene.metrics.missing })
    if (scene.metrics.broken) this.aws.metrics.broken = scene.metrics.broken
  }

  /** Begins after all that is past by now. */
  begin(scene: Scene): void {
    this.begunAt = this.clock.now()
    this.aws.lambda.settle()
    if (scene.rollbackFailure) this.aws.codedeploy.rollbackFailure = scene.rollbackFailure
    this.#isBegun = true
    this.#watchGroups()
    this.#watchDeployments()
    this.#watchRuns()
    this.#watchFaults(scene)
  }

  /** What the alias `live` of a function served. */
  historyOf(functionName: string): History {
    const known = this.#histories.get(functionName)
    if (known) return known
    const history = new History()
    history.note(this.begunAt, undefined, true)
    this.#histories.set(functionName, history)
    return history
  }

  /** Runs something at a moment; a turn of the story that never comes leaves it undone. */
  at(moment: Moment, run: () => void): void {
    if (moment.after === 'start') this.clock.at(this.begunAt + moment.ms, run)
    else this.#waiting.push({ moment, left: moment.nth ?? 1, run })
  }

  #turn(after: Moment['after']): void {
    if (!this.#isBegun) return
    for (const each of [...this.#waiting])
      if (each.moment.after === after && --each.left === 0) {
        this.#waiting.splice(this.#waiting.indexOf(each), 1)
        this.clock.at(this.clock.now() + each.moment.ms, each.run)
      }
  }

  #watchAlias(): void {
    const { lambda } = this.aws
    const note =
      <I extends { FunctionName?: string | undefined }, O>(
        change: (input: I) => O,
        left: (answer: O) => O | undefined
      ) =>
      (input: I): O => {
        const answer = change.call(lambda, input)
        const alias = left(answer)
        const functionName = input.FunctionName ?? ''
        if ((input as { Name?: string }).Name !== 'live') return answer
        this.historyOf(functionName).note(this.clock.now(), alias as never, this.somebodyActs)
        this.chronicle.note(this.clock.now(), 'lambda', () => `${functionName}:live serves ${served(alias)}`)
        const { FunctionVersion, RoutingConfig } = (alias ?? {}) as {
          FunctionVersion?: string
          RoutingConfig?: unknown
        }
        if (FunctionVersion !== undefined && FunctionVersion !== '7' && !RoutingConfig) this.#turn('flip')
        return answer
      }
    lambda.createAlias = note(lambda.createAlias, answer => answer)
    lambda.updateAlias = note(lambda.updateAlias, answer => answer)
    lambda.deleteAlias = note(lambda.deleteAlias, () => undefined)
  }

  #watchGroups(): void {
    const { codedeploy } = this.aws
    const note = (group: DeploymentGroupInfo) => this.groups.set(group, { settings: settingsOf(group) })
    for (const group of codedeploy.applications.allGroups()) note(group)
    const create = codedeploy.createDeploymentGroup.bind(codedeploy)
    codedeploy.createDeploymentGroup = input => {
      const answer = create(input)
      for (const group of codedeploy.applications.allGroups()) if (!this.groups.has(group)) note(group)
      this.chronicle.note(
        this.clock.now(),
        'codedeploy',
        () => `group ${input.applicationName}/${input.deploymentGroupName} is created`
      )
      return answer
    }
  }

  #watchDeployments(): void {
    const { codedeploy } = this.aws
    const create = codedeploy.createDeployment.bind(codedeploy)
    codedeploy.createDeployment = input => {
      const answer = create(input)
      this.created.set(answer.deploymentId, this.clock.now())
      this.chronicle.note(
        this.clock.now(),
        'codedeploy',
        () => `deployment ${answer.deploymentId} is created`
      )
      this.#turn('create')
      return answer
    }
    const stop = codedeploy.stopDeployment.bind(codedeploy)
    codedeploy.stopDeployment = input => {
      const answer = stop(input)
      this.stops.push({ deploymentId: input.deploymentId, input })
      this.#turn('stop')
      return answer
    }
  }

  #watchRuns(): void {
    const { lambda } = this.aws
    const invoke = lambda.invoke.bind(lambda)
    lambda.invoke = async input => {
      const run = await invoke(input)
      const answer = new TextDecoder().decode(run.Payload)
      const error = run.FunctionError !== undefined
      this.runs.set(input, { answer, error, endedAt: this.clock.now() })
      this.chronicle.note(
        this.clock.now(),
        'lambda',
        () => `${input.FunctionName}:${run.ExecutedVersion} answers ${error ? 'the error ' : ''}${answer}`
      )
      return run
    }
  }

  #watchFaults({ faults: weather, role }: Scene): void {
    const { faults, requests } = this.aws
    for (const { when, ...fault } of [...(role?.faults ?? []), ...weather])
      faults.add({
        ...fault,
        ...(when && {
          when: {
            ...(when.from !== undefined && { from: this.begunAt + when.from }),
            ...(when.to !== undefined && { to: this.begunAt + when.to })
          }
        })
      })
    const take = faults.take.bind(faults)
    faults.take = (operation, now, about) => {
      const fault = take(operation, now, about)
      const request = requests.at(-1)
      if (fault && request) this.faults.set(request, fault)
      if (request) this.chronicle.request(request, fault)
      if (operation === 'CreateDeployment') this.#turn('ask')
      if (operation === 'UpdateFunctionCode') this.#turn('upload')
      if (operation === 'Invoke') this.#turn('test')
      if (operation === 'ListAliases') this.#turn('prune')
      if (operation === 'CreateDeploymentGroup') this.#turn('setup')
      return fault
    }
  }
}

/** All that is set on a group, as text: its deployments are no part of it. */
export const settingsOf = ({
  lastAttemptedDeployment: _,
  lastSuccessfulDeployment: __,
  ...set
}: DeploymentGroupInfo): string => JSON.stringify(set)

/** As the SDK's chain ends where there are none. */
async function noCredentials(): Promise<never> {
  throw Object.assign(new Error('Could not load credentials from any providers'), {
    name: 'CredentialsProviderError'
  })
}

function served(alias: unknown): string {
  const { FunctionVersion, RoutingConfig } = (alias ?? {}) as {
    FunctionVersion?: string
    RoutingConfig?: { AdditionalVersionWeights?: Record<string, number> }
  }
  return `${FunctionVersion ?? 'nothing'}${RoutingConfig ? ` ${JSON.stringify(RoutingConfig.AdditionalVersionWeights)}` : ''}`
}
