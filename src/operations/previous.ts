import { qualifiedName } from '../deployment/names.ts'
import { isUnweighted } from '../deployment/observation.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { readAppSpec } from '../plan/appspec.ts'
import type { Alias, FunctionVersion, Holdings, Previous } from '../plan/holdings.ts'
import { revertedBy } from '../plan/revertmark.ts'
import { dateAndTime } from '../text/units.ts'
import type { DeploymentDescription } from './existing.ts'
import { type Shift, whole } from './shift.ts'

/** A deployment that has ended, so that more is known about it. */
export interface PastDeployment extends DeploymentDescription {
  /** Epoch ms. */
  createdAt: number
  /** CodeDeploy or CloudFormation created it to take back another one. */
  isRollback: boolean
}

/** What finding the previous version asks of Lambda. Throws Failure. */
export interface PreviousLambdaPort {
  version(functionName: string, qualifier?: string): Promise<FunctionVersion | undefined>
  /** Numbers of the published versions, ascending; undefined when they cannot be read, or are too many. */
  versions(functionName: string): Promise<readonly string[] | undefined>
}

/** What finding the previous version asks of CodeDeploy. All throw Failure. */
export interface PreviousCodeDeployPort {
  /** The deployments of a group that have succeeded, from the newest to the oldest, without their targets. */
  succeeded(group: Pick<ReleaseRequest, 'application' | 'group'>): AsyncIterable<PastDeployment>
  /** Undefined when CodeDeploy does not say. */
  target(deploymentId: string): Promise<DeploymentDescription['target']>
  describe(deploymentId: string): Promise<DeploymentDescription | undefined>
  /** When it `isNeeded`, it is asked for as patiently as everything else. */
  appSpec(application: string, sha256: string, isNeeded?: boolean): Promise<string | undefined>
}

interface PreviousPort {
  lambda: PreviousLambdaPort
  codedeploy: PreviousCodeDeployPort
}

/** How many deployments are looked at, from the newest on: each takes two requests. */
const mostLookedAt = 100

/**
 * Reads which version to go back to, and that version. While a deployment is running, what counts is what served when it began: one that
 * is already on its way back is then recognised. Throws Failure.
 */
export async function readPrevious(
  request: ReleaseRequest,
  { alias, running, group, missing }: Pick<Holdings, 'alias' | 'running' | 'group' | 'missing'>,
  { lambda, codedeploy }: PreviousPort
): Promise<Pick<Holdings, 'source' | 'previous'>> {
  const { functionName } = request
  const none = { source: undefined, previous: undefined }
  if (group === 'no-application' || group === 'no-group') return none
  // Nothing can be gone back from. Is it the alias that is missing, or the function?
  if (!alias) return { ...none, source: await lambda.version(functionName) }
  const [busy] = running === 'denied' ? [] : running
  if (busy === undefined && !isWhole(alias)) return none
  const serving = (busy && (await startOf(busy, request, codedeploy))) ?? alias.version
  const previous = missing
    ? unknown(`deployment group ${request.group} does not exist yet.`)
    : await findPrevious(request, serving, codedeploy)
  const source = previous.kind === 'found' ? await lambda.version(functionName, previous.version) : undefined
  if (source || busy !== undefined) return { source, previous }
  const { why } = previous.kind === 'unknown' ? previous : deleted(previous)
  const versions = await lambda.versions(functionName)
  return { ...none, previous: { kind: 'unknown', why, ...(versions && { versions }) } }
}

/** It points to one published version, from which CodeDeploy can start. */
const isWhole = (alias: Alias): boolean => alias.version !== '$LATEST' && isUnweighted(alias)

/** The version that a running deployment of this alias started from, whatever the alias serves by now. */
async function startOf(
  deploymentId: string,
  { functionName, alias }: ReleaseRequest,
  codedeploy: PreviousCodeDeployPort
): Promise<string | undefined> {
  const { target, rollsBack } = (await codedeploy.describe(deploymentId)) ?? {}
  if (rollsBack !== undefined || target?.functionName !== functionName || target.alias !== alias)
    return undefined
  return target.currentVersion
}

/** The newest deployment that has succeeded in shifting to what serves now started from what served before. */
export async function findPrevious(
  request: Pick<ReleaseRequest, 'functionName' | 'alias' | 'application' | 'group'>,
  serving: string,
  codedeploy: PreviousCodeDeployPort
): Promise<Previous> {
  const name = qualifiedName(request)
  const reverted = new Set<string>()
  // CloudFormation does not say what it takes back: the deployment before.
  let takenBack = 0
  let movedOn: Extract<Previous, { kind: 'found' }>['movedOn']
  let lookedAt = 0
  for await (const past of codedeploy.succeeded(request)) {
    if (lookedAt++ === mostLookedAt)
      return unknown(
        `none of the newest ${mostLookedAt} deployments of group ${request.group} that succeeded has shifted ${name} to it.`
      )
    const reverts = revertedBy(past.description)
    if (reverts !== undefined) reverted.add(reverts)
    if (past.isRollback && past.rollsBack === undefined) takenBack++
    if (reverts !== undefined || past.isRollback) continue
    const shift = await aliasShiftOf(past, codedeploy)
    const { id: deploymentId, completedAt: at = past.createdAt } = past
    if (!shift)
      return unknown(
        `deployment ${deploymentId} of group ${request.group} has succeeded (${dateAndTime(at)}), and CodeDeploy does not say which function, alias and versions it was about.`
      )
    const isOurs = shift.functionName === request.functionName && shift.alias === request.alias
    if (!isOurs || shift.currentVersion === shift.targetVersion) continue
    if (shift.targetVersion === serving)
      return {
        kind: 'found',
        version: shift.currentVersion,
        foundIn: { deploymentId, at },
        ...(movedOn && { movedOn })
      }
    if (takenBack > 0) takenBack--
    else if (!reverted.has(deploymentId)) movedOn ??= { deploymentId, at, version: shift.targetVersion }
  }
  return unknown(
    `no deployment of group ${request.group} has succeeded in shifting ${name} to it, as far as CodeDeploy remembers.`
  )
}

type AliasShift = Omit<Required<Shift>, 'isRollback'>

/** By its target, or else by its AppSpec. Undefined when neither says it all: this may be the deployment that counts. */
async function aliasShiftOf(
  { id, application, sha256 }: PastDeployment,
  codedeploy: PreviousCodeDeployPort
): Promise<AliasShift | undefined> {
  const ofTarget = ofAlias(await codedeploy.target(id))
  if (ofTarget || application === undefined || sha256 === undefined) return ofTarget
  const content = await codedeploy.appSpec(application, sha256, true)
  return content === undefined ? undefined : ofAlias(await readAppSpec(content))
}

function ofAlias(said: Partial<Shift> | undefined): AliasShift | undefined {
  const shift = whole(said)
  return shift?.alias === undefined ? undefined : { ...shift, alias: shift.alias }
}

const unknown = (why: string): Previous => ({ kind: 'unknown', why })

const deleted = ({ version, foundIn }: Extract<Previous, { kind: 'found' }>): { why: string } => ({
  why: `version ${version} did, until deployment ${foundIn.deploymentId} (${dateAndTime(foundIn.at)}), and it has been deleted since.`
})
