import { bareName } from '../deployment/names.ts'
import { isWhollyOn, servingVersion } from '../deployment/observation.ts'
import type { Cause } from '../deployment/outcome.ts'
import {
  describeStrategy,
  type NamedConfiguration,
  type Strategy,
  sameStrategy
} from '../deployment/strategy.ts'
import type { ReleaseRequest, RollbackEvent } from '../inputs/request.ts'
import { appSpec } from './appspec.ts'
import { type Alias, type FunctionVersion, type Holdings, strategyOf } from './holdings.ts'
import { aliasOnLatest, aliasSplit, missingSource, type Refusal } from './refusals.ts'
import { cannotShare } from './sharing.ts'

/** Everything that will be asked of AWS, before anything is. */
export interface Plan {
  request: ReleaseRequest
  functionArn: string
  alias: Alias
  currentVersion: string
  /** Undefined until it is published. */
  targetVersion: string | undefined
  configuration: NamedConfiguration | undefined
  /** Undefined when nobody could tell. */
  strategy: Strategy | undefined
  /** The configuration does not exist yet. */
  createsConfiguration: boolean
  /** Names of the alarms in force; empty when none or unknown. */
  alarms: readonly string[]
  /** Undefined when the group's could not be read. */
  rollbackEvents: readonly RollbackEvent[] | undefined
}

export type Decision = { warnings: readonly string[] } & (
  | { kind: 'shift'; plan: Plan }
  /** A deployment of the group is running, and only its end will tell what to do. */
  | { kind: 'busy'; functionArn: string; deploymentIds: readonly [string, ...string[]] }
  /** `targetVersion` as in Plan. */
  | { kind: 'create-alias'; functionArn: string; targetVersion: string | undefined }
  | { kind: 'unchanged'; alias: Alias }
  | { kind: 'refuse'; cause: Cause }
)

/**
 * Decides from what AWS holds. It is asked twice: before publishing (`target` undefined unless it was given), so that nothing
 * is published in vain, and right before the deployment, with the target and the alias as they are then.
 */
export function decide(
  request: ReleaseRequest,
  held: Holdings,
  target: FunctionVersion | undefined
): Decision {
  const warnings = warningsOf(request, held)
  const refuse = (code: string, what: string, next: string): Decision => ({
    kind: 'refuse',
    cause: { code, what, next },
    warnings
  })

  const broken = brokenParts(request, held)
  if (broken) return refuse(...broken)
  const { source, alias } = held
  const targetVersion = target?.version ?? request.targetVersion
  if (!source) return refuse(...missingSource(request))
  if (!alias && request.currentVersion !== undefined)
    return refuse(
      'ALIAS_MISSING',
      `Function ${request.functionName} has no alias ${request.alias}, so it does not serve version ${request.currentVersion} as current-version says.`,
      'Correct alias, or leave current-version out to create the alias.'
    )
  if (!alias)
    return request.createAlias
      ? { kind: 'create-alias', functionArn: source.arn, targetVersion, warnings }
      : refuse(
          'ALIAS_MISSING',
          `Function ${request.functionName} has no alias ${request.alias}, and create-alias is false.`,
          "Create the alias, or set create-alias: 'true'."
        )
  if (alias.version === '$LATEST') return refuse(...aliasOnLatest(request))
  const [first, ...more] = held.running === 'denied' ? [] : held.running
  if (first !== undefined)
    return { kind: 'busy', functionArn: source.arn, deploymentIds: [first, ...more], warnings }
  if (targetVersion !== undefined && isWhollyOn(alias, targetVersion) && agrees(request, alias))
    return { kind: 'unchanged', alias, warnings }
  // Also when all of it goes to the other version: CodeDeploy starts from an alias without weights.
  if (servingVersion(alias) !== alias.version) return refuse(...aliasSplit(request, alias))
  if (!agrees(request, alias))
    return refuse(
      'CURRENT_VERSION_DIFFERS',
      `Alias ${request.alias} serves version ${alias.version}, not ${request.currentVersion} as current-version says.`,
      'Somebody released in between. See what is live, then give that version, or leave current-version out.'
    )
  const strategy = strategyOf(held)
  const apart = cannotShare(held, target ?? source, strategy)
  if (apart) return refuse(...apart)
  return {
    kind: 'shift',
    warnings,
    plan: {
      request,
      functionArn: source.arn,
      alias,
      currentVersion: alias.version,
      targetVersion,
      configuration: held.configuration,
      strategy,
      createsConfiguration: held.strategy === 'missing',
      alarms: alarmsInForce(request, held),
      rollbackEvents: rollbackInForce(request, held)
    }
  }
}

const agrees = (request: ReleaseRequest, alias: Alias): boolean =>
  request.currentVersion === undefined || request.currentVersion === alias.version

/** What is wrong with the surroundings, whatever the versions are. */
function brokenParts(request: ReleaseRequest, held: Holdings): Refusal | undefined {
  const { application, group, hooks } = request
  if (held.group === 'no-application')
    return [
      'APPLICATION_MISSING',
      `There is no CodeDeploy application ${application} in this account and region.`,
      `Correct codedeploy-application, or create it: aws deploy create-application --application-name ${application} --compute-platform Lambda`
    ]
  if (held.group === 'no-group')
    return [
      'DEPLOYMENT_GROUP_MISSING',
      `CodeDeploy application ${application} has no deployment group ${group}.`,
      'Correct codedeploy-deployment-group, or create the group.'
    ]
  const platform = typeof held.group === 'object' ? held.group.computePlatform : undefined
  if (platform !== undefined && platform !== 'Lambda')
    return [
      'WRONG_COMPUTE_PLATFORM',
      `Deployment group ${group} is for compute platform ${platform}, not Lambda.`,
      'Use a deployment group of an application whose compute platform is Lambda.'
    ]
  if (held.strategy === 'missing' && !held.configuration?.mayCreate)
    return [
      'STRATEGY_MISSING',
      `CodeDeploy has no deployment configuration ${held.configuration?.name ?? ''}.`,
      'Correct codedeploy-deployment-config: one of CodeDeployDefault.Lambda…, a custom configuration of this account, or a strategy such as Canary25Percent7Minutes or Linear5PercentEvery3Minutes, which is created.'
    ]
  for (const [event, hook] of Object.entries(hooks))
    if (held.hooks.get(hook) === 'missing')
      return [
        'HOOK_MISSING',
        `The ${event} hook ${hook} does not exist in this account and region.`,
        'Correct the name, or deploy the hook first. A hook that cannot be invoked would hold the deployment up.'
      ]
  if (request.account && held.source && !held.source.arn.includes(`:${request.account}:`))
    return [
      'WRONG_ACCOUNT',
      `function-name is in account ${request.account}, but the credentials are for another one.`,
      'CodeDeploy deploys functions of its own account only: use credentials of that account.'
    ]
  return undefined
}

function alarmsInForce({ alarms }: ReleaseRequest, { group }: Holdings): readonly string[] {
  if (alarms === 'none') return []
  if (typeof alarms === 'object') return alarms.names
  return typeof group === 'object' && group.alarmsEnabled ? group.alarms : []
}

function rollbackInForce(
  { rollback }: ReleaseRequest,
  { group }: Holdings
): readonly RollbackEvent[] | undefined {
  if (rollback === 'none') return []
  if (rollback !== 'group') return rollback
  return typeof group === 'object' ? group.rollbackEvents : undefined
}

function warningsOf(request: ReleaseRequest, held: Holdings): string[] {
  const warnings: string[] = [...held.warnings]
  for (const hook of Object.values(request.hooks))
    if (!bareName(hook).startsWith('CodeDeployHook_'))
      warnings.push(
        `Hook ${hook} is not named CodeDeployHook_…: the managed policy AWSCodeDeployRoleForLambda does not let CodeDeploy invoke it, so the service role needs lambda:InvokeFunction on it besides.`
      )
  const named = held.configuration
  if (typeof held.strategy === 'object' && named?.strategy && !sameStrategy(held.strategy, named.strategy))
    warnings.push(
      `Deployment configuration ${named.name} is not what its name says: CodeDeploy holds '${describeStrategy(held.strategy)}' under it, and that is what happens.`
    )
  if (held.strategy === 'unnamed' && typeof held.group === 'object')
    warnings.push(
      `Deployment group ${request.group} names no deployment configuration and neither does codedeploy-deployment-config: CodeDeploy decides how traffic moves.`
    )
  const events = rollbackInForce(request, held)
  if (events?.length === 0)
    warnings.push(
      'Nothing rolls this deployment back by itself: when it fails or is stopped, traffic stays where it is at that moment.'
    )
  else if (events && alarmsInForce(request, held).length > 0 && !events.includes('DEPLOYMENT_STOP_ON_ALARM'))
    warnings.push(
      'An alarm would stop this deployment without shifting traffic back: DEPLOYMENT_STOP_ON_ALARM is not among the rollback events.'
    )
  return warnings
}

export const appSpecOf = (plan: Plan, targetVersion: string) =>
  appSpec({
    functionName: plan.request.functionName,
    alias: plan.request.alias,
    currentVersion: plan.currentVersion,
    targetVersion,
    hooks: plan.request.hooks
  })
