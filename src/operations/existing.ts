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
import { Failure, isTransient } from '../failure.ts'
import { parseAppSpec } from '../plan/appspec.ts'
import { settleAll } from '../settleall.ts'
import { plain } from '../text/safe.ts'
import { isRefusal } from '../watch/cause.ts'
import { patience } from '../watch/patience.ts'

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
  }
  /** Why its target could not be read. Undefined when it has been read, and while the deployment has not started. */
  unread?: Failure
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
  /**
   * What it does, or how it left the alias, cannot be seen. `patienceMs`: for how long it is worth asking again. `unread`: the request
   * that could not be answered, if any.
   */
  | { kind: 'lost'; cause: Cause; patienceMs: number; unread?: Failure }

/** A deployment starts within seconds, and only then does CodeDeploy say what it does, ms. */
const startsWithinMs = 20_000

/** For how long to ask again what a deployment does, when CodeDeploy has not said so yet, ms. A passing fault may hide it for longer. */
export const patienceWith = ({ unread }: Pick<DeploymentDescription, 'unread'>): number =>
  isTransient(unread) ? patience.sight : startsWithinMs

/** How long to wait before asking that again, ms. */
export const pauseAfter = (waitedMs: number): number => Math.min(15_000, Math.max(2_000, waitedMs / 2))

/** Says why it is asked again. */
export const notYetRead = (deploymentId: string, { action, code }: Failure): string =>
  `Deployment ${plain(deploymentId)} could not be read yet (${action}: ${code}); trying again`

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
  let { unread } = described
  const unless = (without: string) => (failure: unknown) => {
    if (!(failure instanceof Failure) || failure.kind === 'credentials') throw failure
    if (isTransient(failure)) unread = failure
    const why = failure.kind === 'denied' ? 'is denied' : `failed (${failure.code})`
    warnings.push(`${failure.action} on ${failure.resource} ${why}: ${without}`)
    return undefined
  }
  const [content, held, undone] = await settleAll([
    application && sha256
      ? codedeploy.appSpec(application, sha256).catch(unless('the AppSpec and its hooks are not known.'))
      : undefined,
    configuration
      ? codedeploy
          .strategy(configuration)
          .catch(unless('the traffic schedule is taken from the name, as far as possible.'))
      : undefined,
    described.rollsBack
      ? findUndone(described.rollsBack, codedeploy).catch(
          unless(`what ${described.rollsBack}, which it rolls back, did is not known.`)
        )
      : undefined
  ])
  const spec = content === undefined ? undefined : parseAppSpec(content)
  const functionName = undone?.functionName ?? target?.functionName ?? spec?.functionName
  const alias = undone?.alias ?? target?.alias ?? spec?.alias
  const currentVersion = undone?.targetVersion ?? target?.currentVersion ?? spec?.currentVersion
  const targetVersion = undone?.currentVersion ?? target?.targetVersion ?? spec?.targetVersion
  if (!functionName || !alias || !currentVersion || !targetVersion)
    return unreadable({ ...described, ...(unread && { unread }) })
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

/**
 * What the deployment did that a rollback undoes. The rollback itself may say nothing about its versions, or name them as the other
 * way round. Throws Failure.
 */
async function findUndone(
  deploymentId: string,
  codedeploy: ExistingPort
): Promise<DeploymentDescription['target']> {
  const undone = await codedeploy.describe(deploymentId)
  if (isTransient(undone?.unread)) throw undone?.unread
  if (undone?.target?.functionName || !undone?.application || !undone.sha256) return undone?.target
  const content = await codedeploy.appSpec(undone.application, undone.sha256)
  return content === undefined ? undefined : { lifecycle: [], ...parseAppSpec(content) }
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
function unreadable({ id, status, error, unread }: DeploymentDescription): ExistingResult {
  const what = `CodeDeploy does not say which function, alias and versions deployment ${id} is about.`
  const grant =
    'Grant codedeploy:ListDeploymentTargets and codedeploy:BatchGetDeploymentTargets on its deployment group.'
  const failed = unread && { unread }
  const patienceMs = patienceWith({ ...failed })
  if (!error)
    return {
      kind: 'lost',
      patienceMs,
      ...failed,
      cause: { code: 'DEPLOYMENT_UNREADABLE', what, next: grant }
    }
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
        patienceMs: isTransient(unread) ? patienceMs : 0,
        ...failed,
        cause: { code: error.code, what: `${ended} ${what}`, message: error.message, next: grant }
      }
}

const refused = (code: string, what: string, next: string): ExistingResult => ({
  kind: 'refused',
  cause: { code, what, next }
})
