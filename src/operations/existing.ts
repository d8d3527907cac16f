import {
  type DeploymentView,
  type Safeguards,
  type Subject,
  safeguardsOf
} from '../deployment/observation.ts'
import type { Cause } from '../deployment/outcome.ts'
import type { LifecycleView } from '../deployment/reading.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { configurationNamed, describeStrategy, type Strategy, scheduleOf } from '../deployment/strategy.ts'
import { Failure } from '../failure.ts'
import { parseAppSpec } from '../plan/appspec.ts'
import { settleAll } from '../settleall.ts'
import { isRefusal } from '../watch/cause.ts'

/** What CodeDeploy says about an existing deployment. */
export interface DeploymentDescription extends DeploymentView, Safeguards {
  description: string
  /** It overrides the alarms of its group, perhaps with none. Otherwise those of the group are in force. */
  hasOwnAlarms: boolean
  application?: string
  group?: string
  configuration?: string
  computePlatform?: string
  /** Of the AppSpec. */
  sha256?: string
  /** The deployment that this one rolls back, when it is a rollback. */
  rollsBack?: string
  target?: LifecycleView & {
    functionName?: string
    alias?: string
    currentVersion?: string
    targetVersion?: string
  }
}

/** What finding out about a deployment asks of CodeDeploy. All throw Failure. */
export interface ExistingPort {
  describe(deploymentId: string): Promise<DeploymentDescription | undefined>
  appSpec(application: string, sha256: string): Promise<string | undefined>
  strategy(configuration: string): Promise<Strategy | undefined>
}

/** What an existing deployment does. */
export interface ExistingDeployment {
  subject: Subject
  strategy: Strategy | undefined
  appSpec: string | undefined
  /** What could not be read, and what that means. */
  warnings: readonly string[]
  /** Epoch ms. */
  createdAt: number | undefined
}

export type ExistingResult =
  | ({ kind: 'found' } & ExistingDeployment)
  /** There is nothing to watch, or CodeDeploy refused the deployment before any traffic moved. */
  | { kind: 'refused'; cause: Cause }
  /** What it does, or how it left the alias, cannot be seen. */
  | { kind: 'lost'; cause: Cause }

/** Finds out what an existing deployment does, so that it can be watched. Throws Failure. */
export async function findExisting(
  deploymentId: string,
  codedeploy: ExistingPort,
  known?: DeploymentDescription
): Promise<ExistingResult> {
  const described = known ?? (await codedeploy.describe(deploymentId))
  if (!described)
    return refused(
      'DEPLOYMENT_MISSING',
      `CodeDeploy does not know deployment ${deploymentId} in this account and region.`,
      'Correct deployment-id or aws-region.'
    )
  if (described.computePlatform && described.computePlatform !== 'Lambda')
    return refused(
      'WRONG_COMPUTE_PLATFORM',
      `Deployment ${deploymentId} is of compute platform ${described.computePlatform}, not Lambda.`,
      'Give the id of a Lambda deployment.'
    )
  const { application, sha256, configuration, target } = described
  const warnings: string[] = []
  const unless = (without: string) => (failure: unknown) => {
    if (!(failure instanceof Failure) || failure.kind === 'credentials') throw failure
    const why = failure.kind === 'denied' ? 'is denied' : `failed (${failure.code})`
    warnings.push(`${failure.action} on ${failure.resource} ${why}: ${without}`)
    return undefined
  }
  const [content, held] = await settleAll([
    application && sha256
      ? codedeploy.appSpec(application, sha256).catch(unless('the AppSpec and its hooks are not known.'))
      : undefined,
    configuration
      ? codedeploy
          .strategy(configuration)
          .catch(unless('the traffic schedule is taken from the name, as far as possible.'))
      : undefined
  ])
  const spec = content === undefined ? undefined : parseAppSpec(content)
  const functionName = target?.functionName ?? spec?.functionName
  const alias = target?.alias ?? spec?.alias
  const currentVersion = target?.currentVersion ?? spec?.currentVersion
  const targetVersion = target?.targetVersion ?? spec?.targetVersion
  if (!functionName || !alias || !currentVersion || !targetVersion) return unreadable(described)
  const strategy = held ?? (configuration ? configurationNamed(configuration).strategy : undefined)
  return {
    kind: 'found',
    strategy,
    appSpec: content,
    warnings,
    createdAt: described.createdAt,
    subject: {
      deploymentId,
      functionName,
      alias,
      currentVersion,
      targetVersion,
      hooks: spec?.hooks ?? {},
      ...(!spec && { hooksUnknown: true }),
      ...safeguardsOf(described),
      ...(strategy && { schedule: scheduleOf(strategy) })
    }
  }
}

/** Enters in the record what was found. `now` (epoch ms) stands in for a missing creation time. */
export function noteExisting(
  record: ReleaseRecord,
  { subject, strategy, appSpec, createdAt }: ExistingDeployment,
  now: number
): void {
  record.functionName = subject.functionName
  record.alias = subject.alias
  record.previousVersion = subject.currentVersion
  record.version = subject.targetVersion
  record.startedAt = createdAt ?? now
  if (appSpec !== undefined) record.appSpec = appSpec
  if (strategy) {
    record.strategy = describeStrategy(strategy)
    record.schedule = scheduleOf(strategy)
  }
}

/** It is not known which alias the deployment shifts, so what that serves is not known either. */
function unreadable({ id, status, error }: DeploymentDescription): ExistingResult {
  const what = `CodeDeploy does not say which function, alias and versions deployment ${id} is about.`
  const grant =
    'Grant codedeploy:ListDeploymentTargets and codedeploy:BatchGetDeploymentTargets on its deployment group.'
  if (!error) return { kind: 'lost', cause: { code: 'DEPLOYMENT_UNREADABLE', what, next: grant } }
  const ended = `CodeDeploy ended deployment ${id} as ${status} with ${error.code}.`
  return isRefusal(error.code)
    ? {
        kind: 'refused',
        cause: {
          code: error.code,
          what: `${ended} No traffic was moved.`,
          message: error.message,
          next: 'Correct what AWS says about the AppSpec, the function or its alias, then release again.'
        }
      }
    : {
        kind: 'lost',
        cause: { code: error.code, what: `${ended} ${what}`, message: error.message, next: grant }
      }
}

const refused = (code: string, what: string, next: string): ExistingResult => ({
  kind: 'refused',
  cause: { code, what, next }
})
