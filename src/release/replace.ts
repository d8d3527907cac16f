import { isOver } from '../deployment/observation.ts'
import { joins, type ReplaceResult } from '../operations/conflict.ts'
import { createConfiguration } from '../operations/createdeployment.ts'
import { type DeploymentDescription, isWhole, startsWithinMs, takesBack } from '../operations/existing.ts'
import { newConfiguration } from '../plan/deploymentrequest.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { decideAfter } from './afterwards.ts'
import { seenWithin } from './arrivals.ts'
import { isOpen, type Release, refuse, stage } from './release.ts'
import { targetOf } from './target.ts'
import { isUntested } from './tests.ts'

/**
 * Whether somebody else's deployment may be stopped for this release: not when the release would be refused all the same. A missing
 * deployment configuration is created before that, because it may be denied; but never before the tests. Throws Failure.
 */
export async function mayReplace(
  other: DeploymentDescription,
  release: Release,
  world: World
): Promise<ReplaceResult> {
  const result = await check(other, release, world)
  if (result.kind === 'stop') release.mayStop = other.id
  return result
}

async function check(other: DeploymentDescription, release: Release, world: World): Promise<ReplaceResult> {
  const { rolledBack, succeeded } = (await decideAfter(other, release, world)) ?? {}
  if (rolledBack?.kind === 'refuse') {
    // It may be just past its end, and CodeDeploy not show that yet.
    const { cause } = rolledBack
    return succeeded?.kind === 'refuse' ? { kind: 'refused', cause } : { kind: 'wait', code: cause.code }
  }
  const { held } = release
  const mayCreate = !world.cancelled.aborted && !isUntested(release)
  const creates = held && mayCreate && newConfiguration(held)
  if (creates) {
    await createConfiguration(creates, {
      codedeploy: world.codedeploy,
      tell: line => world.reporter.say(plain(line))
    })
    release.held = { ...held, strategy: creates.strategy }
  }
  return { kind: 'stop' }
}

/**
 * The same for all functions of the step before the first deployment is stopped, so that a problem with one keeps all others running. One
 * of which it is not soon known what it does is left to what resolves conflicts, which waits for that. `deadline` is epoch ms. Once the
 * step `isCalledOff`, nothing is waited for any more.
 */
export const checkReplaced = (deadline: number, isCalledOff: () => boolean) =>
  stage(async (release, world) => {
    const { decision, request, subject } = release
    if (decision?.kind !== 'busy' || subject || request.ifInProgress !== 'replace') return
    const limitMs = Math.min(startsWithinMs, deadline - world.clock.now())
    const other = await seenWithin(limitMs, decision.deploymentIds[0], release, world, isCalledOff)
    if (!other || !isWhole(other.target) || world.cancelled.aborted) return
    if (isOver(other.status) || takesBack(other)) return
    if (joins(other, request, targetOf(release)?.version)) return
    const result = await mayReplace(other, release, world)
    if (result.kind === 'refused') refuse(release, result.cause)
  })

/** Whether another function of the step still has to wait: it may be refused after that, and then nothing is to have been stopped for it. */
export const anotherWaits = (releases: readonly Release[], release: Release): boolean =>
  releases.some(
    each =>
      each !== release &&
      isOpen(each) &&
      !each.subject &&
      each.decision?.kind === 'busy' &&
      each.mayStop !== each.decision.deploymentIds[0]
  )
