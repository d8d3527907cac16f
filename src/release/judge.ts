import type { DeploymentDescription } from '../operations/existing.ts'
import type { World } from '../world.ts'
import { unlessDenied } from './readagain.ts'
import { end, isOpen, type Release, refuse } from './release.ts'

/**
 * Whether the live commit is newer than ours; `if-outdated` decides what follows. Going back to a version that was asked for is on
 * purpose. A warning is not worth waiting for; a release that may be called off is.
 */
export async function judgeLive(release: Release, world: World): Promise<void> {
  const { held } = release
  if (!held?.live) return
  await unlessWarning(release, judge(release, held.live.description, 'live', world), world)
}

/** The same of what another deployment is releasing. Gives false when ours has ended for it. */
export async function judgeArriving(
  release: Release,
  { target }: DeploymentDescription,
  world: World
): Promise<boolean> {
  const { request } = release
  const isOurs = target?.functionName === request.functionName && target.alias === request.alias
  if (!world.github || !isOurs || target.targetVersion === undefined) return true
  const version = await world.lambda.version(request.functionName, target.targetVersion).catch(unlessDenied)
  await unlessWarning(release, judge(release, version?.description, 'arriving', world), world)
  return isOpen(release)
}

async function unlessWarning(release: Release, judging: Promise<void>, world: World): Promise<void> {
  if (world.github?.policy !== 'warn') return await judging
  release.judging = Promise.all([release.judging, judging]).then(() => undefined)
}

async function judge(
  release: Release,
  description: string | undefined,
  place: 'live' | 'arriving',
  world: World
): Promise<void> {
  const { request, record, held } = release
  if (!world.github || request.targetVersion !== undefined) return
  const { standing, verdict } = await world.github.judge(description, world.github.policy, place)
  if (standing.live && place === 'live') {
    const { live: liveUrl, brings: bringsUrl } = world.github.links(standing.live)
    record.commits = { live: standing.live.sha, liveUrl, bringsUrl }
  }
  switch (verdict.kind) {
    case 'go':
      break
    case 'warn':
      world.reporter.warn(record, verdict.message)
      break
    case 'refuse':
      refuse(release, verdict.cause)
      break
    case 'skip':
      world.reporter.warn(record, verdict.message)
      record.skipped = verdict.message
      end(release, { kind: 'unchanged', ...(held?.alias && { serving: held.alias }) })
  }
}
