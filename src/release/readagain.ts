import { Failure } from '../failure.ts'
import { type Decision, decide } from '../plan/plan.ts'
import { settleAll } from '../settleall.ts'
import type { World } from '../world.ts'
import { note, type Release } from './release.ts'

/** A split alias may be about to be rolled back, which begins up to this long after a deployment has ended, ms. */
const settlingMs = 10_000
const againMs = 2_000

/** Reads what may have changed since the survey, and decides again on what the alias serves now. */
export async function readAgain(release: Release, world: World): Promise<void> {
  if (release.held) note(release, await settled(await again(release, world), release, world), world)
}

/**
 * After a deployment has failed or was stopped, a moment passes before CodeDeploy begins the rollback. Until then nothing tells that it
 * will, and the alias is split. Whoever set it right by hand would fight the rollback, so it gets time to settle, or to show.
 */
export async function settled(decision: Decision, release: Release, world: World): Promise<Decision> {
  const until = world.clock.now() + settlingMs
  let latest = decision
  while (isSplit(latest) && world.clock.now() < until && !world.cancelled.aborted) {
    await world.clock.sleep(againMs, world.cancelled)
    latest = await again(release, world)
  }
  return latest
}

const isSplit = (decision: Decision): boolean =>
  decision.kind === 'refuse' && decision.cause.code === 'ALIAS_SPLIT'

async function again(release: Release, world: World): Promise<Decision> {
  const { request, held, target } = release
  if (!held) throw new Error('it was never surveyed')
  release.record.confirmedAt = world.clock.now()
  const [alias, running, live] = await settleAll([
    world.lambda.alias(request.functionName, request.alias),
    held.running === 'denied' ? undefined : world.codedeploy.running(request.application, request.group),
    held.live && world.lambda.version(request.functionName, request.alias).catch(unlessDenied)
  ])
  const latest = { ...held, alias, running: running ?? ('denied' as const), live }
  release.held = latest
  return decide(request, latest, target ?? (request.targetVersion === undefined ? undefined : held.source))
}

/** It was readable before, and is only good to know. */
export function unlessDenied(failure: unknown): undefined {
  if (failure instanceof Failure && failure.kind === 'denied') return undefined
  throw failure
}
