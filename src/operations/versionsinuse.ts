import { bareName } from '../deployment/names.ts'
import type { Traffic } from '../deployment/observation.ts'
import { Failure } from '../failure.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { readAppSpec } from '../plan/appspec.ts'
import { settleAll } from '../settleall.ts'
import type { ExistingPort } from './existing.ts'
import { groupMissing, type SurveyCodeDeployPort } from './survey.ts'

/** What finding out which versions are in use asks of AWS. All throw Failure. */
export interface VersionsInUsePort {
  lambda: {
    /** What each alias of the function serves. */
    aliases(functionName: string): Promise<readonly Traffic[]>
    /** The versions and aliases that have provisioned concurrency. */
    provisioned(functionName: string): Promise<readonly string[]>
  }
  codedeploy: Pick<SurveyCodeDeployPort, 'running'> & Pick<ExistingPort, 'describe' | 'appSpec'>
}

/** Where the function is deployed. */
export interface VersionsInUseOf {
  functionName: string
  groups: readonly Pick<ReleaseRequest, 'application' | 'group'>[]
}

/** A deployment is running, and CodeDeploy does not say which versions it is about. */
export class VersionsUnknown extends Error {
  override readonly name = 'VersionsUnknown'
}

/**
 * The versions that an alias names, if only with a weight of 0, that have provisioned concurrency, or that a running deployment of the
 * groups is about. The aliases are read last: others may move them at any time. Throws Failure or VersionsUnknown.
 */
export async function versionsInUse(
  { functionName, groups }: VersionsInUseOf,
  { lambda, codedeploy }: VersionsInUsePort
): Promise<ReadonlySet<string>> {
  const deployed = groups.map(async ({ application, group }) => {
    const ids = await codedeploy.running(application, group).catch(groupMissing)
    return (await settleAll(ids.map(id => versionsOf(id, functionName, codedeploy)))).flat()
  })
  const [provisioned, ...running] = await settleAll([lambda.provisioned(functionName), ...deployed])
  const named = await namedVersions(functionName, lambda)
  return new Set([...provisioned, ...running.flat(), ...named])
}

/** Those that an alias names, if only with a weight of 0. Throws Failure. */
export async function namedVersions(
  functionName: string,
  lambda: Pick<VersionsInUsePort['lambda'], 'aliases'>
): Promise<string[]> {
  const aliases = await lambda.aliases(functionName)
  return aliases.flatMap(({ version, weights }) => [version, ...Object.keys(weights)])
}

/** Of a rollback CodeDeploy may say nothing but what it rolls back. */
async function versionsOf(
  deploymentId: string,
  functionName: string,
  codedeploy: VersionsInUsePort['codedeploy']
): Promise<string[]> {
  const described = await codedeploy.describe(deploymentId)
  const { target, application, sha256, rollsBack } = described ?? {}
  const found = whole(target, functionName)
  if (found) return found
  const content =
    application !== undefined && sha256 !== undefined
      ? await codedeploy.appSpec(application, sha256).catch(unlessDenied)
      : undefined
  const specified = content === undefined ? undefined : whole(await readAppSpec(content), functionName)
  if (specified) return specified
  if (rollsBack !== undefined && rollsBack !== deploymentId)
    return await versionsOf(rollsBack, functionName, codedeploy)
  throw new VersionsUnknown(
    `deployment ${deploymentId} is running, and CodeDeploy does not say which versions it is about`
  )
}

function whole(
  shift: { functionName?: string; currentVersion?: string; targetVersion?: string } | undefined,
  functionName: string
): string[] | undefined {
  if (!shift?.functionName || !shift.currentVersion || !shift.targetVersion) return undefined
  return bareName(shift.functionName) === functionName ? [shift.currentVersion, shift.targetVersion] : []
}

/** It only adds what the target does not tell. */
function unlessDenied(failure: unknown): undefined {
  if (failure instanceof Failure && failure.kind === 'denied') return undefined
  throw failure
}
