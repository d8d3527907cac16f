import type { Cause } from '../deployment/outcome.ts'
import type { Replaced } from '../deployment/record.ts'
import { resolveConflict } from '../operations/conflict.ts'
import type { DeploymentDescription } from '../operations/existing.ts'
import { plain } from '../text/safe.ts'
import { patience } from '../watch/patience.ts'
import type { World } from '../world.ts'
import { join } from './join.ts'
import { judgeArriving, readAndJudge } from './judge.ts'
import { readAgain } from './readagain.ts'
import { isOpen, type Release, refuse, stage } from './release.ts'
import { mayReplace } from './replace.ts'
import { targetOf } from './target.ts'
import { isUntested } from './tests.ts'

/** How long to wait when CodeDeploy's answers about what is running contradict each other, ms. */
const againMs = 5_000

/**
 * Deals with what runs in the deployment groups, until each release can begin, has joined a deployment, or is refused.
 * `deadline` is epoch ms. Once one release `hasBegun`, no other waits for more than what takes back another deployment, because the
 * running one has to be watched. Once one `isCalledOff`, none continues. No deployment is stopped for a release of which `anotherWaits` is
 * true: that one is left to the next time.
 */
export function resolveConflicts(
  deadline: number,
  hasBegun: () => boolean,
  isCalledOff: () => boolean,
  anotherWaits: (release: Release) => boolean = () => false
) {
  let isPutOff = false
  return stage(async (release, world) => {
    let isLeft = false
    const mayReplaceNow = async (other: DeploymentDescription) => {
      const result = await mayReplace(other, release, world)
      if (result.kind !== 'stop' || !(isPutOff || anotherWaits(release))) return result
      isPutOff = isLeft = true
      world.reporter.say(
        `Deployment ${plain(other.id)} is stopped only once no other function of the step has to wait`,
        release.record
      )
      return result
    }
    let freed: { id: string; at: number } | undefined
    while (isWaiting(release) && release.decision?.kind === 'busy' && !world.cancelled.aborted) {
      const [deploymentId] = release.decision.deploymentIds
      const result = await resolveConflict(deploymentId, release.request, targetOf(release)?.version, {
        sights: release.sights,
        codedeploy: world.codedeploy,
        lambda: world.lambda,
        clock: world.clock,
        cancelled: world.cancelled,
        deadline,
        isHurried: hasBegun(),
        mayGoOn: other => judgeArriving(release, other, world),
        mayReplace: mayReplaceNow,
        noteReplaced: (id, replaced) => noteReplaced(release, id, replaced),
        isCalledOff: () => isLeft || isCalledOff(),
        tell: line => world.reporter.say(line, release.record)
      })
      switch (result.kind) {
        case 'join':
          return await join(release, result.deployment, world)
        case 'ended':
          return
        case 'cancelled':
          break
        case 'refused':
          await readAgain(release, world)
          return refuse(release, result.cause)
        case 'free':
          // CodeDeploy can still list a deployment as running after it has reported its end.
          if (freed?.id !== deploymentId) freed = { id: deploymentId, at: world.clock.now() }
          await startAgain(release, deploymentId, Math.max(deadline, freed.at + patience.stale), world)
          // It was left to the deployment that has ended. Before another one is stopped for it, it is tested.
          if (isUntested(release)) return
      }
    }
  })
}

/** What was stopped for a release is told whenever that does not succeed, and explains an alias that is still split. */
function noteReplaced(release: Release, id: string, replaced: Replaced | undefined): void {
  const { record, held } = release
  const others = record.replaced?.filter(({ deploymentId }) => deploymentId !== id) ?? []
  record.replaced = replaced ? [...others, replaced] : others
  if (!held) return
  const { notRolledBack: _, ...rest } = held
  const isLeft = replaced !== undefined && replaced.rollback?.status !== 'Succeeded'
  release.held = isLeft ? { ...rest, notRolledBack: id } : rest
}

const isWaiting = (release: Release): boolean => isOpen(release) && !release.subject

/** Somebody else's deployment may have moved the alias, and another commit may be live: we start from what it left. */
async function startAgain(
  release: Release,
  deploymentId: string,
  deadline: number,
  world: World
): Promise<void> {
  await readAndJudge(release, world)
  if (release.decision?.kind !== 'busy') return
  if (world.clock.now() >= deadline) return refuse(release, stillListed(deploymentId))
  await world.clock.sleep(againMs, world.cancelled)
}

const stillListed = (deploymentId: string): Cause => ({
  code: 'DEPLOYMENT_IN_PROGRESS',
  what: `Deployment ${deploymentId} has ended, and CodeDeploy still lists it as running in the group.`,
  next: 'Look at the deployment group in the console, then run the step again.'
})
