import type { Cause } from '../deployment/outcome.ts'
import { resolveConflict } from '../operations/conflict.ts'
import type { World } from '../world.ts'
import { judgeArriving, judgeLive } from './judge.ts'
import { readAgain } from './readagain.ts'
import { isOpen, type Release, refuse, stage } from './release.ts'

/** How long to leave CodeDeploy alone when its answers contradict each other about what runs, ms. */
const againMs = 5_000

/**
 * Deals with what runs in the deployment groups, until each release is free to begin, has joined what runs, or is refused.
 * `deadline` is epoch ms. Once one of them `hasBegun`, none waits for others any longer: what runs has to be watched.
 */
export const resolveConflicts = (deadline: number, hasBegun: () => boolean) =>
  stage(async (release, world) => {
    while (isOpen(release) && release.decision?.kind === 'busy' && !world.cancelled.aborted) {
      const [deploymentId] = release.decision.deploymentIds
      const result = await resolveConflict(deploymentId, release.request, release.target?.version, {
        codedeploy: world.codedeploy,
        lambda: world.lambda,
        clock: world.clock,
        cancelled: world.cancelled,
        deadline: hasBegun() ? world.clock.now() : deadline,
        mayGoOn: other => judgeArriving(release, other, world),
        tell: line => world.reporter.say(line)
      })
      switch (result.kind) {
        case 'join':
          release.joining = result.deployment
          return
        case 'ended':
          return
        case 'cancelled':
          break
        case 'refused':
          await readAgain(release, world)
          return refuse(release, result.cause)
        case 'free':
          await startAgain(release, deploymentId, deadline, world)
      }
    }
  })

/** What somebody else's deployment left is what we start from: the alias has moved, and another commit may be live. */
async function startAgain(
  release: Release,
  deploymentId: string,
  deadline: number,
  world: World
): Promise<void> {
  await readAgain(release, world)
  if (isOpen(release) && release.decision?.kind === 'shift') await judgeLive(release, world)
  if (release.decision?.kind !== 'busy') return
  // CodeDeploy lists as running what it says is over: its answers may lag behind each other.
  if (world.clock.now() >= deadline) return refuse(release, stillListed(deploymentId))
  await world.clock.sleep(againMs, world.cancelled)
}

const stillListed = (deploymentId: string): Cause => ({
  code: 'DEPLOYMENT_IN_PROGRESS',
  what: `CodeDeploy still lists deployment ${deploymentId} as running in the group, and the wait time is over.`,
  next: 'Look at the deployment group in the console, then run the step again.'
})
