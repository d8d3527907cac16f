import { isOver } from '../deployment/observation.ts'
import { joins, unknownMs } from '../operations/conflict.ts'
import type { DeploymentDescription } from '../operations/existing.ts'
import type { World } from '../world.ts'
import { judgeArriving, mayBeCalledOff } from './judge.ts'
import { stage } from './release.ts'

const againMs = 2_000

/**
 * When `if-outdated` can call the release off, the commits that other deployments are releasing are judged first: for all functions of
 * the step, before anything is published and before any of those deployments is waited for or stopped.
 */
export const judgeArrivals = stage(async (release, world) => {
  const { decision, request, target, subject } = release
  if (decision?.kind !== 'busy' || subject || !mayBeCalledOff(world)) return
  if (request.targetVersion !== undefined || release.judgedArriving === decision.deploymentIds[0]) return
  const other = await whenKnown(decision.deploymentIds[0], world)
  if (!other || isOver(other.status) || other.rollsBack !== undefined) return
  if (!joins(other, request, target?.version)) await judgeArriving(release, other, world)
})

/** CodeDeploy says what a deployment does only once it has started. */
export async function whenKnown(
  id: string,
  { codedeploy, clock, cancelled }: World
): Promise<DeploymentDescription | undefined> {
  const until = clock.now() + unknownMs
  for (;;) {
    const other = await codedeploy.describe(id)
    const isKnown = !other || other.target !== undefined || isOver(other.status)
    if (isKnown || clock.now() >= until || cancelled.aborted) return other
    await clock.sleep(againMs, cancelled)
  }
}
