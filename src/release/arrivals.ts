import { isOver } from '../deployment/observation.ts'
import { joins } from '../operations/conflict.ts'
import { type DeploymentDescription, notYetRead, patienceWith, pauseAfter } from '../operations/existing.ts'
import type { World } from '../world.ts'
import { judgeArriving, mayBeCalledOff } from './judge.ts'
import { stage } from './release.ts'

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
  { codedeploy, clock, cancelled, reporter }: World
): Promise<DeploymentDescription | undefined> {
  const startedAt = clock.now()
  let isTold = false
  for (;;) {
    const other = await codedeploy.describe(id)
    const isKnown = !other || other.target !== undefined || isOver(other.status)
    const waited = clock.now() - startedAt
    if (isKnown || cancelled.aborted || waited >= patienceWith(other)) return other
    if (other.unread && !isTold) reporter.say(notYetRead(id, other.unread))
    isTold ||= other.unread !== undefined
    await clock.sleep(pauseAfter(waited), cancelled)
  }
}
