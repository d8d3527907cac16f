import type { Cause } from '../deployment/outcome.ts'
import { verdictOn } from '../github/outdated.ts'
import type { DeploymentDescription } from '../operations/existing.ts'
import type { World } from '../world.ts'
import { lookAgain, readAgain, unlessDenied } from './readagain.ts'
import { end, isOpen, type Release, refuse } from './release.ts'

/** Whether `if-outdated` may end a release of this step. A warning is not worth waiting for; a release that may be called off is. */
export const mayBeCalledOff = ({ github }: Pick<World, 'github'>): boolean =>
  github !== undefined && github.policy !== 'warn'

/**
 * Whether the live commit is newer than ours; `if-outdated` decides what follows. Going back to a version that was asked for is on
 * purpose. Each live version is judged once.
 */
export async function judgeLive(release: Release, world: World): Promise<void> {
  const { live } = release.held ?? {}
  if (!live || release.judgedLive === live.version) return
  release.judgedLive = live.version
  await unlessWarning(release, judge(release, live.description, 'live', world), world)
}

/** Once nothing runs any more, another commit may be live. */
export async function readAndJudge(release: Release, world: World): Promise<void> {
  await readAgain(release, world)
  if (isOpen(release) && release.decision?.kind === 'shift') await judgeLive(release, world)
}

/** The same of what another deployment is releasing, once for each. Gives false when ours has ended for it. */
export async function judgeArriving(
  release: Release,
  { id, target }: DeploymentDescription,
  world: World
): Promise<boolean> {
  const { request } = release
  const isOurs = target?.functionName === request.functionName && target.alias === request.alias
  if (!isJudged(release, world) || !isOurs || target.targetVersion === undefined) return true
  if (release.judgedArriving === id) return true
  release.judgedArriving = id
  const version = await world.lambda.version(request.functionName, target.targetVersion).catch(unlessDenied)
  await unlessWarning(release, judge(release, version?.description, 'arriving', world), world)
  return isOpen(release)
}

/** Why `if-outdated` would call the release off if this version were live; undefined also where it only warns. Throws Failure. */
export async function outdatedBy(
  version: string,
  release: Release,
  world: World
): Promise<Cause | undefined> {
  const { github, lambda } = world
  if (!github || !mayBeCalledOff(world) || !isJudged(release, world)) return undefined
  // The release goes on, so it was not outdated then.
  if (release.judgedLive === version) return undefined
  const found = await lambda.version(release.request.functionName, version).catch(unlessDenied)
  const { standing } = await github.judge(found?.description, github.policy)
  const verdict = verdictOn(standing, 'fail')
  return verdict.kind === 'refuse' ? verdict.cause : undefined
}

const isJudged = ({ request }: Release, { github }: World): boolean =>
  github !== undefined && request.targetVersion === undefined

async function unlessWarning(release: Release, judging: Promise<void>, world: World): Promise<void> {
  if (mayBeCalledOff(world)) return await judging
  release.judging = Promise.all([release.judging, judging]).then(() => undefined)
}

async function judge(
  release: Release,
  description: string | undefined,
  place: 'live' | 'arriving',
  world: World
): Promise<void> {
  const { record } = release
  if (!world.github || !isJudged(release, world)) return
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
      await lookAgain(release, world)
      refuse(release, verdict.cause)
      break
    case 'skip': {
      await lookAgain(release, world)
      const { held } = release
      const refusal = verdictOn(standing, 'fail')
      if (refusal.kind === 'refuse') release.outdated = refusal.cause
      record.skipped = verdict.message
      end(release, { kind: 'unchanged', ...(held?.alias && { serving: held.alias }) })
    }
  }
}
