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

/**
 * CodeDeploy says what a deployment does only once it has started. When that is denied, or does not come, its AppSpec says it. Undefined
 * when there is no such deployment, or after a cancel. `over` ends the wait, and so does a look for which `isCalledOff` is true. Throws
 * Failure.
 */
export async function whenKnown(
  id: string,
  { sights, record }: Pick<Release, 'sights' | 'record'>,
  { codedeploy, clock, cancelled, reporter }: World,
  over = cancelled,
  isCalledOff = () => false
): Promise<DeploymentDescription | undefined> {
  const startedAt = clock.now()
  for (;;) {
    const described = await unlessCancelled(codedeploy.describe(id, over), over)
    if (!described) return undefined
    const { other, isKnown, line } = sights.see(described, clock.now())
    if (isKnown || other.unread?.kind === 'denied') return await sights.read(other, codedeploy, over)
    if (isCalledOff()) return other
    if (line !== undefined) reporter.say(line, record)
    await clock.sleep(pauseAfter(clock.now() - startedAt), over)
    if (over.aborted) return other
  }
}

/** What is seen of it within `limitMs`. What it does may be unknown then. Undefined without any answer, too. Throws Failure. */
export async function seenWithin(
  limitMs: number,
  id: string,
  release: Pick<Release, 'sights' | 'record'>,
  world: World,
  isCalledOff?: () => boolean
): Promise<DeploymentDescription | undefined> {
  const over = new AbortController()
  const done = new AbortController()
  void world.clock.sleep(limitMs, done.signal).then(() => over.abort())
  try {
    return await whenKnown(id, release, world, AbortSignal.any([world.cancelled, over.signal]), isCalledOff)
  } finally {
    done.abort()
  }
}
