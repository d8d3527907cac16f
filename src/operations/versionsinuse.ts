import type { NamedTraffic } from '../deployment/observation.ts'
import { settleAll } from '../settleall.ts'
import type { DeploymentGroup } from './othergroups.ts'
import { type ShiftPort, shiftOf } from './shift.ts'
import { groupMissing, type SurveyCodeDeployPort } from './survey.ts'

/** What finding out which versions are in use asks of AWS. All throw Failure. */
export interface VersionsInUsePort {
  lambda: {
    /** What each alias of the function serves. */
    aliases(functionName: string): Promise<readonly NamedTraffic[]>
    /** The versions and aliases that have provisioned concurrency. */
    provisioned(functionName: string): Promise<readonly string[]>
  }
  codedeploy: Pick<SurveyCodeDeployPort, 'running'> & ShiftPort
}

/** Where the function is deployed. */
export interface VersionsInUseOf {
  functionName: string
  groups: readonly DeploymentGroup[]
}

export interface VersionsInUse {
  versions: ReadonlySet<string>
  aliases: readonly NamedTraffic[]
}

/** Which versions are needed cannot be told. The message is a sentence or more. */
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
): Promise<VersionsInUse> {
  const deployed = groups.map(async ({ application, group }) => {
    const ids = await codedeploy.running(application, group).catch(groupMissing)
    return (await settleAll(ids.map(id => versionsOf(id, functionName, codedeploy)))).flat()
  })
  const [provisioned, ...running] = await settleAll([lambda.provisioned(functionName), ...deployed])
  const aliases = await lambda.aliases(functionName)
  return { versions: new Set([...provisioned, ...running.flat(), ...namedBy(aliases)]), aliases }
}

/** The versions that these aliases name, if only with a weight of 0. */
export const namedBy = (aliases: readonly NamedTraffic[]): string[] =>
  aliases.flatMap(({ version, weights }) => [version, ...Object.keys(weights)])

async function versionsOf(
  deploymentId: string,
  functionName: string,
  codedeploy: VersionsInUsePort['codedeploy']
): Promise<string[]> {
  const shift = await shiftOf(deploymentId, codedeploy)
  if (!shift)
    throw new VersionsUnknown(
      `deployment ${deploymentId} is running, and CodeDeploy does not say which versions it is about.`
    )
  return shift.functionName === functionName ? [shift.currentVersion, shift.targetVersion] : []
}
