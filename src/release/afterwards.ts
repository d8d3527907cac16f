import { goesBack, type ReleaseRequest } from '../inputs/request.ts'
import { type DeploymentDescription, isWhole } from '../operations/existing.ts'
import type { Alias, Holdings } from '../plan/holdings.ts'
import { type Decision, decide } from '../plan/plan.ts'
import type { World } from '../world.ts'
import { outdatedBy } from './judge.ts'
import { settled, unlessDenied } from './readagain.ts'
import type { Release } from './release.ts'
import { targetOf } from './target.ts'

/** What will be decided about a release, by how the deployment ends that it has met in its group. */
export interface Afterwards {
  rolledBack: Decision
  succeeded: Decision
}

/** Whether it is known to be about another alias. */
export const isElsewhere = (
  target: DeploymentDescription['target'],
  { functionName, alias }: Pick<ReleaseRequest, 'functionName' | 'alias'>
): boolean => isWhole(target) && (target.functionName !== functionName || target.alias !== alias)

/**
 * Decides as if that deployment had ended. One of another alias leaves ours as it is. Undefined when it is not known what the
 * deployment does, when it is a rollback, and when the release goes back: from where to where is known only in the end. Throws Failure.
 */
export async function decideAfter(
  { target, rollsBack }: DeploymentDescription,
  release: Release,
  world: World
): Promise<Afterwards | undefined> {
  const { request, held } = release
  if (!target || rollsBack !== undefined || !held?.alias || goesBack(request)) return undefined
  const { alias } = held
  if (isElsewhere(target, request)) {
    const look = async () =>
      await decideOn(await world.lambda.alias(request.functionName, request.alias), held, release, world)
    const decision = await settled(await look(), release, world, look)
    return { rolledBack: decision, succeeded: decision }
  }
  const { currentVersion, targetVersion } = target
  if (!currentVersion || !targetVersion) return undefined
  const whollyOn = (version: string) => decideOn({ ...alias, version, weights: {} }, held, release, world)
  const [rolledBack, succeeded] = await Promise.all([whollyOn(currentVersion), whollyOn(targetVersion)])
  return {
    rolledBack: await unlessOutdated(rolledBack, currentVersion, succeeded, release, world),
    succeeded
  }
}

/**
 * The live version is judged again once the deployment has ended. What it releases is judged elsewhere, so that only a rollback can bring
 * a newer commit back.
 */
async function unlessOutdated(
  rolledBack: Decision,
  currentVersion: string,
  succeeded: Decision,
  release: Release,
  world: World
): Promise<Decision> {
  const cause = rolledBack.kind === 'shift' && (await outdatedBy(currentVersion, release, world))
  if (!cause) return rolledBack
  return succeeded.kind === 'refuse' ? succeeded : { kind: 'refuse', cause, warnings: rolledBack.warnings }
}

/** Decides as if nothing ran, and the alias had no weights. */
export function decideNow(release: Release): Decision | undefined {
  const { held, request } = release
  if (!held?.alias) return undefined
  return decide(request, { ...held, alias: { ...held.alias, weights: {} }, running: [] }, targetOf(release))
}

/** Decides as if nothing ran in the group and the alias were this one. Throws Failure. */
async function decideOn(
  alias: Alias | undefined,
  held: Holdings,
  release: Release,
  world: World
): Promise<Decision> {
  const { request } = release
  // Where the live version could not be read, that is not tried again.
  const live =
    alias && held.live && held.live.version !== alias.version
      ? await world.lambda.version(request.functionName, alias.version).catch(unlessDenied)
      : held.live
  return decide(request, { ...held, alias, live, running: [] }, targetOf(release))
}
