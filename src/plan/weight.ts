import { shareOf, shares, type Traffic } from '../deployment/observation.ts'
import type { Cause } from '../deployment/outcome.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import type { Alias, FunctionVersion, Holdings } from './holdings.ts'
import {
  aliasDiffers,
  aliasOnLatest,
  brokenParts,
  busyWithDeployment,
  causeOfRefusal,
  missingSource,
  nothingToShareWith,
  type Refusal,
  thirdVersion
} from './refusals.ts'
import { cannotShare } from './sharing.ts'

/** How the weights of an alias are set by hand (`weight`). */
export interface WeightPlan {
  functionName: string
  /** Its name. */
  alias: string
  /** Undefined until it is published. */
  targetVersion: string | undefined
  /** Of the target, in percent. */
  percent: number
  before: Alias
  /** Undefined until the target is known. */
  after: Traffic | undefined
}

export type WeightDecision =
  | { kind: 'weigh'; plan: WeightPlan }
  | { kind: 'create-alias'; targetVersion: string | undefined }
  | { kind: 'refuse'; cause: Cause }

/**
 * What to do with an alias whose weights are set without CodeDeploy. Lambda lets an alias send traffic to two versions at a time, so a
 * share goes from or to the one other version that serves.
 */
export function decideWeight(
  request: ReleaseRequest,
  percent: number,
  held: Holdings,
  target: FunctionVersion | undefined
): WeightDecision {
  const refuse = (refusal: Refusal): WeightDecision => ({ kind: 'refuse', cause: causeOfRefusal(refusal) })
  const { source, alias, running } = held
  const broken = brokenParts(request, held)
  if (broken) return refuse(broken)
  if (!source) return refuse(missingSource(request))
  const targetVersion = target?.version ?? request.targetVersion
  if (!alias)
    return percent === 100 && request.createAlias && request.currentVersion === undefined
      ? { kind: 'create-alias', targetVersion }
      : refuse([
          'ALIAS_MISSING',
          `Function ${request.functionName} has no alias ${request.alias}, so there is no traffic to share.`,
          "Correct alias, or create it on the target version: weight: 100, create-alias: 'true', and no current-version."
        ])
  if (alias.version === '$LATEST') return refuse(aliasOnLatest(request))
  const [deploymentId] = running === 'denied' ? [] : running
  if (deploymentId !== undefined) return refuse(busyWithDeployment(request, deploymentId))
  if (request.currentVersion !== undefined && request.currentVersion !== alias.version)
    return refuse(aliasDiffers(request, alias))
  const after = targetVersion === undefined ? undefined : shared(request, alias, targetVersion, percent)
  if (Array.isArray(after)) return refuse(after)
  const isNewlyShared =
    after && shares(after).length > 1 && shares(after).some(([version]) => shareOf(alias, version) === 0)
  const apart =
    isNewlyShared && target
      ? cannotShare(held, target, { type: 'TimeBasedCanary', percentage: percent, minutes: 1 }, 'weight: 100')
      : undefined
  if (apart) return refuse(apart)
  const { functionName } = request
  return {
    kind: 'weigh',
    plan: { functionName, alias: request.alias, targetVersion, percent, before: alias, after }
  }
}

/** The target gets less traffic than before, or none. It need not be fit for any then: people take it away because the version is not. */
export function takesAway({ targetVersion, before, after }: WeightPlan): boolean {
  if (targetVersion === undefined || !after) return false
  const share = shareOf(after, targetVersion)
  return share === 0 || share < shareOf(before, targetVersion)
}

/** What the alias is to serve. The version that it points to stays, so that whoever looks at it finds it where it was. */
function shared(request: ReleaseRequest, alias: Alias, target: string, percent: number): Traffic | Refusal {
  if (percent === 100) return { version: target, weights: {} }
  const [other, ...more] = shares(alias)
    .map(([version]) => version)
    .filter(version => version !== target)
  if (other === undefined) return nothingToShareWith(request, target, percent)
  if (more.length > 0) return thirdVersion(request, alias, target)
  if (percent === 0) return { version: other, weights: {} }
  return alias.version === target
    ? { version: target, weights: { [other]: (100 - percent) / 100 } }
    : { version: other, weights: { [target]: percent / 100 } }
}
