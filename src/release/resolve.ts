import type { Cause } from '../deployment/outcome.ts'
import { resolveConflict } from '../operations/conflict.ts'
import { patience } from '../watch/patience.ts'
import type { World } from '../world.ts'
import { join } from './join.ts'
import { judgeArriving, judgeLive } from './judge.ts'
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
 * running one has to be watched. Once one `isCalledOff`, none continues.
 */
export const resolveConflicts = (deadline: number, hasBegun: () => boolean, isCalledOff: () => boolean) =>
  stage(async (release, world) => {
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
        mayReplace: other => mayReplace(other, release, world),
        isCalledOff,
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

const isWaiting = (release: Release): boolean => isOpen(release) && !release.subject

/** Somebody else's deployment may have moved the alias, and another commit may be live: we start from what it left. */
async function startAgain(
  release: Release,
  deploymentId: string,
  deadline: number,
  world: World
): Promise<void> {
  await readAgain(release, world)
  if (isOpen(release) && release.decision?.kind === 'shift') await judgeLive(release, world)
  if (release.decision?.kind !== 'busy') return
  if (world.clock.now() >= deadline) return refuse(release, stillListed(deploymentId))
  await world.clock.sleep(againMs, world.cancelled)
}

const stillListed = (deploymentId: string): Cause => ({
  code: 'DEPLOYMENT_IN_PROGRESS',
  what: `Deployment ${deploymentId} has ended, and CodeDeploy still lists it as running in the group.`,
  next: 'Look at the deployment group in the console, then run the step again.'
})
