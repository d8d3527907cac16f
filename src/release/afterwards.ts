import { goesBack, type ReleaseRequest } from '../inputs/request.ts'
import { type DeploymentDescription, isWhole } from '../operations/existing.ts'
import { type Decision, decide } from '../plan/plan.ts'
import type { World } from '../world.ts'
import { outdatedBy } from './judge.ts'
import { unlessDenied } from './readagain.ts'
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
 * Decides as if that deployment had ended. One of another alias leaves ours where it is. Undefined when it is not known what the
 * deployment does, when it is a rollback, and when the release goes back: from where to where is known only in the end. Throws Failure.
 */
export async function decideAfter(
  { target, rollsBack }: DeploymentDescription,
  release: Release,
  world: World
): Promise<Afterwards | undefined> {
  const { request } = release
  if (!target || rollsBack !== undefined || goesBack(request)) return undefined
  if (isElsewhere(target, request)) {
    const ours = await world.lambda.alias(request.functionName, request.alias)
    const decision = ours && (await decideOn(ours.version, release, world))
    return decision && { rolledBack: decision, succeeded: decision }
  }
  const { currentVersion, targetVersion } = target
  if (!currentVersion || !targetVersion) return undefined
  const [rolledBack, succeeded] = await Promise.all([
    decideOn(currentVersion, release, world),
    decideOn(targetVersion, release, world)
  ])
  if (!rolledBack || !succeeded) return undefined
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

/** Decides as if nothing ran in the group and this version had all traffic. Throws Failure. */
async function decideOn(version: string, release: Release, world: World): Promise<Decision | undefined> {
  const { request, held } = release
  if (!held?.alias) return undefined
  // Where the live version could not be read, that is not tried again.
  const live =
    held.live && held.live.version !== version
      ? await world.lambda.version(request.functionName, version).catch(unlessDenied)
      : held.live
  const alias = { ...held.alias, version, weights: {} }
  return decide(request, { ...held, alias, live, running: [] }, targetOf(release))
}
