import { isOver } from '../deployment/observation.ts'
import { joins } from '../operations/conflict.ts'
import { type DeploymentDescription, pauseAfter } from '../operations/existing.ts'
import { unlessCancelled } from '../unlesscancelled.ts'
import type { World } from '../world.ts'
import { judgeArriving, mayBeCalledOff } from './judge.ts'
import { type Release, stage } from './release.ts'

/**
 * When `if-outdated` can call the release off, the commits that other deployments are releasing are judged first: for all functions of
 * the step, before anything is published and before any of those deployments is waited for or stopped.
 */
export const judgeArrivals = stage(async (release, world) => {
  const { decision, request, target, subject } = release
  if (decision?.kind !== 'busy' || subject || !mayBeCalledOff(world)) return
  if (request.targetVersion !== undefined || release.judgedArriving === decision.deploymentIds[0]) return
  const other = await whenKnown(decision.deploymentIds[0], release, world)
  if (!other || isOver(other.status) || other.rollsBack !== undefined) return
  if (!joins(other, request, target?.version)) await judgeArriving(release, other, world)
})

/** CodeDeploy says what a deployment does only once it has started. Undefined when there is none, or after a cancel. */
export async function whenKnown(
  id: string,
  { sights }: Pick<Release, 'sights'>,
  { codedeploy, clock, cancelled, reporter }: World
): Promise<DeploymentDescription | undefined> {
  const startedAt = clock.now()
  for (;;) {
    const described = await unlessCancelled(codedeploy.describe(id), cancelled)
    if (!described) return undefined
    const { other, isKnown, line } = sights.see(described, clock.now())
    if (isKnown || cancelled.aborted) return other
    if (line !== undefined) reporter.say(line)
    await clock.sleep(pauseAfter(clock.now() - startedAt), cancelled)
  }
}
