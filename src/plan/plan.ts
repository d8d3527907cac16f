import { bareName } from '../deployment/names.ts'
import {
  isUnweighted,
  isWhollyOn,
  type Safeguards,
  type Subject,
  safeguardsOf
} from '../deployment/observation.ts'
import type { Cause } from '../deployment/outcome.ts'
import {
  describeStrategy,
  isGradual,
  type NamedConfiguration,
  type Strategy,
  sameStrategy,
  scheduleOf
} from '../deployment/strategy.ts'
import { goesBack, type ReleaseRequest } from '../inputs/request.ts'
import type { TestChoice } from '../inputs/tests.ts'
import { type AppSpec, appSpec } from './appspec.ts'
import {
  type DeploymentRequest,
  deploymentRequestOf,
  safeguardsInForce,
  safeguardWarnings
} from './deploymentrequest.ts'
import { gateWarnings } from './gatewarnings.ts'
import { type Alias, type FoundIn, type FunctionVersion, type Holdings, strategyOf } from './holdings.ts'
import { movedOnWarning, noPrevious } from './previous.ts'
import {
  aliasDiffers,
  aliasOnLatest,
  aliasSplit,
  brokenParts,
  missingSource,
  nothingServes,
  nothingToJudge
} from './refusals.ts'
import { otherRoleWarning, roleElsewhere } from './setup.ts'
import { cannotShare } from './sharing.ts'
import { decideWeight, type WeightPlan } from './weight.ts'

/** What CodeDeploy will be asked to do. */
export interface Plan extends Safeguards {
  functionName: string
  /** Its name. */
  alias: string
  currentVersion: string
  /** Undefined until it is published. */
  targetVersion: string | undefined
  /** Where the target was found, when it is the previous version. */
  foundIn?: FoundIn
  /** Lifecycle event -> function. */
  hooks: Readonly<Record<string, string>>
  /** The configuration in force; undefined when neither the request nor the group names one. */
  configuration: NamedConfiguration | undefined
  /** Undefined when it is not known. */
  strategy: Strategy | undefined
  /** What the new version has to pass before. */
  tests?: TestChoice
  deployment: DeploymentRequest
}

export type Decision = { warnings: readonly string[] } & (
  | { kind: 'shift'; plan: Plan }
  | { kind: 'weigh'; plan: WeightPlan }
  /** A deployment of the group is running, and what to do depends on how it ends. */
  | { kind: 'busy'; deploymentIds: readonly [string, ...string[]] }
  /** `targetVersion` as in Plan. */
  | { kind: 'create-alias'; targetVersion: string | undefined }
  | { kind: 'unchanged'; alias: Alias }
  | { kind: 'refuse'; cause: Cause }
)

/**
 * Decides from what was read from AWS. It is called twice: before publishing, so that nothing is published in vain (`target` is then
 * undefined unless it was requested), and right before the deployment, with the target and the alias as they are then.
 */
export function decide(
  request: ReleaseRequest,
  held: Holdings,
  target: FunctionVersion | undefined
): Decision {
  if (request.weight !== undefined)
    return { ...decideWeight(request, request.weight, held, target), warnings: held.warnings }
  const warnings = warningsOf(request, held)
  const refuse = (code: string, what: string, next: string): Decision => ({
    kind: 'refuse',
    cause: { code, what, next },
    warnings
  })

  const broken = brokenParts(request, held) ?? roleElsewhere(request, held)
  if (broken) return refuse(...broken)
  const { source, alias, previous } = held
  const isBack = goesBack(request)
  const targetVersion = target?.version ?? (isBack ? undefined : request.targetVersion)
  if (isBack && !alias) return refuse(...nothingServes(request, held))
  if (!isBack && !source) return refuse(...missingSource(request))
  if (!alias && request.currentVersion !== undefined)
    return refuse(
      'ALIAS_MISSING',
      `Function ${request.functionName} has no alias ${request.alias}, so it does not serve version ${request.currentVersion} as current-version says.`,
      'Correct alias, or leave current-version out to create the alias.'
    )
  if (!alias)
    return request.createAlias
      ? { kind: 'create-alias', targetVersion, warnings }
      : refuse(
          'ALIAS_MISSING',
          `Function ${request.functionName} has no alias ${request.alias}, and create-alias is false.`,
          "Create the alias, or set create-alias: 'true'."
        )
  if (alias.version === '$LATEST') return refuse(...aliasOnLatest(request))
  const [first, ...more] = held.running === 'denied' ? [] : held.running
  if (first !== undefined) return { kind: 'busy', deploymentIds: [first, ...more], warnings }
  if (targetVersion !== undefined && isWhollyOn(alias, targetVersion) && agrees(request, alias))
    return { kind: 'unchanged', alias, warnings }
  if (!isUnweighted(alias) && !mayBeUnchanged(request, alias, held, targetVersion))
    return refuse(...aliasSplit(request, alias, held))
  if (!agrees(request, alias)) return refuse(...aliasDiffers(request, alias))
  if (previous?.kind === 'unknown') return refuse(...noPrevious(request, alias.version, previous))
  const released = target ?? source
  if (!released) return refuse(...missingSource(request))
  const strategy = strategyOf(held)
  const apart = cannotShare(held, released, strategy)
  if (apart) return refuse(...apart)
  if (request.gate.maxErrorRate && strategy && !isGradual(strategy)) return refuse(...nothingToJudge)
  return {
    kind: 'shift',
    warnings: [
      ...warnings,
      ...gateWarnings(request.gate, strategy && scheduleOf(strategy)),
      ...(previous ? movedOnWarning(request, alias.version, previous) : [])
    ],
    plan: {
      functionName: request.functionName,
      alias: request.alias,
      currentVersion: alias.version,
      targetVersion,
      ...(previous && { foundIn: previous.foundIn }),
      hooks: request.hooks,
      configuration: held.configuration,
      strategy,
      ...(request.tests && { tests: request.tests }),
      deployment: deploymentRequestOf(request, held),
      ...safeguardsInForce(request, held)
    }
  }
}

/** What `$LATEST` holds is what serves, so that nothing may have to be published, and an idle weight harms nobody. */
const mayBeUnchanged = (
  { code }: ReleaseRequest,
  alias: Alias,
  { live, source }: Holdings,
  targetVersion: string | undefined
): boolean =>
  targetVersion === undefined &&
  code === undefined &&
  isWhollyOn(alias, alias.version) &&
  live !== undefined &&
  live.codeSha256 === source?.codeSha256

const agrees = (request: ReleaseRequest, alias: Alias): boolean =>
  request.currentVersion === undefined || request.currentVersion === alias.version

function warningsOf(request: ReleaseRequest, held: Holdings): string[] {
  const warnings: string[] = [...held.warnings, ...otherRoleWarning(request, held)]
  for (const hook of Object.values(request.hooks))
    if (!bareName(hook).startsWith('CodeDeployHook_'))
      warnings.push(
        `Hook ${hook} is not named CodeDeployHook_…: the managed policy AWSCodeDeployRoleForLambda does not let CodeDeploy invoke it, so the service role also needs lambda:InvokeFunction on it.`
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
  return [...warnings, ...safeguardWarnings(safeguardsInForce(request, held))]
}

export const appSpecOf = (plan: Plan, targetVersion: string): AppSpec => appSpec({ ...plan, targetVersion })

/** What to watch, once the deployment has an id. */
export const subjectOf = (plan: Plan, targetVersion: string): Omit<Subject, 'deploymentId' | 'schedule'> => ({
  functionName: plan.functionName,
  alias: plan.alias,
  currentVersion: plan.currentVersion,
  targetVersion,
  hooks: plan.hooks,
  ...safeguardsOf(plan)
})
