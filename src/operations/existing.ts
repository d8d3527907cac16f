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
import { causeOfFailure, Failure, isTransient } from '../failure.ts'
import { readAppSpec } from '../plan/appspec.ts'
import { revertedBy } from '../plan/revertmark.ts'
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
  /** Once `over` aborts, nothing is asked again. */
  describe(deploymentId: string, over?: AbortSignal): Promise<DeploymentDescription | undefined>
  appSpec(application: string, sha256: string): Promise<string | undefined>
  strategy(configuration: string): Promise<Strategy | undefined>
  /** Of a deployment that has ended. CodeDeploy may say for a moment that it has not started: then it is asked again. */
  target(deploymentId: string): Promise<DeploymentDescription['target']>
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
   * that a passing fault has hit, if any.
   */
  | { kind: 'lost'; cause: Cause; patienceMs: number; unread?: Failure }

/** Whether it takes back another one: as CodeDeploy's rollback, or as a revert by this action. It takes seconds, and nobody stops it. */
export const takesBack = ({
  rollsBack,
  description
}: Pick<DeploymentDescription, 'rollsBack' | 'description'>): boolean =>
  rollsBack !== undefined || revertedBy(description) !== undefined

/** A deployment starts within seconds, and only then does CodeDeploy say what it does, ms. */
export const startsWithinMs = 20_000
/** The longest pause between two looks at somebody else's deployment, ms. */
export const longestPauseMs = 15_000

/** How long to wait before looking again, ms, by how long that has gone on. */
export const pauseAfter = (waitedMs: number): number =>
  Math.min(longestPauseMs, Math.max(2_000, waitedMs / 2))

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
    const why = failure.kind === 'denied' ? 'is denied' : `failed (${failure.code})`
    warnings.push(`${failure.action} on ${failure.resource} ${why}: ${without}`)
    return undefined
  }
  const [content, held, undone] = await settleAll([
    application && sha256
      ? codedeploy.appSpec(application, sha256).catch(failure => {
          if (isTransient(failure)) unread = failure
          return unless('the AppSpec and its hooks are not known.')(failure)
        })
      : undefined,
    configuration
      ? codedeploy
          .strategy(configuration)
          .catch(unless('the traffic schedule is taken from the name, as far as possible.'))
      : undefined,
    described.rollsBack
      ? findUndone(described.rollsBack, codedeploy).catch(failure => {
          // A cancel leaves unknown which way it goes.
          if (isTransient(failure) || failure.kind === 'unsent') throw failure
          return unless(`what ${described.rollsBack}, which it rolls back, did is not known.`)(failure)
        })
      : undefined
  ])
  const spec = content === undefined ? undefined : await readAppSpec(content)
  const functionName = undone?.functionName ?? target?.functionName ?? spec?.functionName
  const alias = undone?.alias ?? target?.alias ?? spec?.alias
  const currentVersion = undone ? undone.targetVersion : (target?.currentVersion ?? spec?.currentVersion)
  const targetVersion = undone ? undone.currentVersion : (target?.targetVersion ?? spec?.targetVersion)
  if (!functionName || !alias || !currentVersion || !targetVersion)
    return unreadable({ ...described, ...(unread && { unread }) }, content !== undefined && !spec)
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
 * way round. Undefined unless all of it is known. Throws Failure, a transient one too.
 */
async function findUndone(
  deploymentId: string,
  codedeploy: ExistingPort
): Promise<Required<Versions> | undefined> {
  const undone = await codedeploy.describe(deploymentId)
  if (!undone) return undefined
  const { application, sha256, unread } = undone
  if (isTransient(unread)) throw unread
  const target = undone.target ?? (unread ? undefined : await codedeploy.target(deploymentId))
  if (isWhole(target)) return target
  const content = application && sha256 ? await codedeploy.appSpec(application, sha256) : undefined
  return content === undefined ? undefined : await readAppSpec(content)
}

/**
 * What its AppSpec says of a deployment that has not started, or whose target may not be read. Undefined when that is not known, and of a
 * rollback, whose AppSpec may be that of what it rolls back. Throws a Failure only for credentials.
 */
export async function specified(
  { application, sha256, rollsBack }: DeploymentDescription,
  codedeploy: Pick<ExistingPort, 'appSpec'>
): Promise<DeploymentDescription['target']> {
  if (!application || !sha256 || rollsBack !== undefined) return undefined
  try {
    const content = await codedeploy.appSpec(application, sha256)
    const spec = content === undefined ? undefined : await readAppSpec(content)
    if (!spec) return undefined
    const { functionName, alias, currentVersion, targetVersion } = spec
    return { lifecycle: [], functionName, alias, currentVersion, targetVersion }
  } catch (failure) {
    if (failure instanceof Failure && failure.kind !== 'credentials') return undefined
    throw failure
  }
}

type Versions = Pick<
  NonNullable<DeploymentDescription['target']>,
  'functionName' | 'alias' | 'currentVersion' | 'targetVersion'
>

/** CodeDeploy may show the target of a deployment that never began without saying what that was to do. */
export const isWhole = (target: Versions | undefined): target is Required<Versions> =>
  Boolean(target?.functionName && target.alias && target.currentVersion && target.targetVersion)

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
function unreadable(
  { id, status, error, unread }: DeploymentDescription,
  saysNoVersions: boolean
): ExistingResult {
  const about = `which function, alias and versions deployment ${id} is about`
  const isOdd = saysNoVersions && !unread
  const what = isOdd
    ? `Neither CodeDeploy nor the AppSpec says ${about}.`
    : `CodeDeploy does not say ${about}.`
  const hidden = unread && isTransient(unread) ? { unread, cause: causeOfFailure(unread) } : undefined
  const why = hidden ? `${what} ${hidden.cause.what}` : what
  const next =
    hidden?.cause.next ??
    (isOdd
      ? 'Look at its AppSpec in the CodeDeploy console: Name, Alias, CurrentVersion and TargetVersion are needed, with the versions as numbers.'
      : 'Grant codedeploy:ListDeploymentTargets and codedeploy:BatchGetDeploymentTargets on its deployment group.')
  const lost = { kind: 'lost', ...(hidden && { unread: hidden.unread }) } as const
  if (!error) {
    const patienceMs = hidden ? patience.sight : startsWithinMs
    return { ...lost, patienceMs, cause: { code: 'DEPLOYMENT_UNREADABLE', what: why, next } }
  }
  const ended = `CodeDeploy ended deployment ${id} as ${status} with ${error.code}.`
  const { code, message } = error
  return isRefusal(code)
    ? {
        kind: 'refused',
        cause: {
          code,
          what: `${ended} No traffic was moved.`,
          message,
          next: 'Correct what AWS says about the AppSpec, the function or its alias, then release again.'
        }
      }
    : {
        ...lost,
        patienceMs: hidden ? patience.sight : 0,
        cause: { code, what: `${ended} ${why}`, message, next }
      }
}

const refused = (code: string, what: string, next: string): ExistingResult => ({
  kind: 'refused',
  cause: { code, what, next }
})
