import { qualifiedName } from '../deployment/names.ts'
import { shares } from '../deployment/observation.ts'
import { Failure, unsent } from '../failure.ts'
import { goesBack } from '../inputs/request.ts'
import { unlessStale } from '../operations/readiness.ts'
import { groupMissing } from '../operations/survey.ts'
import { type Decision, decide } from '../plan/plan.ts'
import { deletedSource } from '../plan/refusals.ts'
import { settleAll } from '../settleall.ts'
import type { World } from '../world.ts'
import { withPrevious } from './goback.ts'
import { note, type Release } from './release.ts'
import { targetOf } from './target.ts'

/** A rollback begins up to this long after its deployment has ended, and an answer of Lambda may be as old, ms. */
const settlingMs = 10_000
export const againMs = 2_000
/** What Lambda said longer ago about the alias is asked again before it is told, ms. */
const freshMs = 3_000

/** Reads again what may have changed since the survey, and decides again. */
export async function readAgain(release: Release, world: World): Promise<void> {
  if (release.held) note(release, await settled(await again(release, world), release, world), world)
}

/**
 * After a deployment has failed or was stopped, a moment passes before CodeDeploy begins the rollback. Until then the alias is split, and
 * nothing announces the rollback. Correcting the alias by hand would fight it, so a split alias gets time to settle before it is refused.
 * An alias that is to stay as it is gets that time when two answers about it contradict each other, because one of them is old. `look`
 * decides again. Throws Failure.
 */
export async function settled(
  decision: Decision,
  release: Release,
  world: World,
  look = () => again(release, world)
): Promise<Decision> {
  const until = world.clock.now() + settlingMs
  const isDoubtful = contradictsItself(release)
  const maySettle = (each: Decision) => isSplit(each) || (isDoubtful && each.kind === 'unchanged')
  let latest = decision
  while (maySettle(latest) && world.clock.now() < until && !world.cancelled.aborted) {
    await world.clock.sleep(againMs, world.cancelled)
    latest = await look()
  }
  // Whether it would have settled is not known, so the job's cancel is the reason, and not the split.
  if (isSplit(latest) && world.cancelled.aborted)
    throw unsent('lambda:GetAlias', qualifiedName(release.request))
  return latest
}

/** The same before weights are set by hand: a split alias is no reason to refuse then. */
export async function readUntilSettled(release: Release, world: World): Promise<void> {
  const until = world.clock.now() + settlingMs
  for (;;) {
    await readAgain(release, world)
    const { decision } = release
    const mayStillSettle = decision?.kind === 'weigh' && shares(decision.plan.before).length > 1
    if (!mayStillSettle || world.clock.now() >= until || world.cancelled.aborted) return
    await world.clock.sleep(againMs, world.cancelled)
  }
}

const isSplit = (decision: Decision): boolean =>
  decision.kind === 'refuse' && decision.cause.code === 'ALIAS_SPLIT'

/** Of the version that the alias names, and of the alias itself, one is old. */
export const contradictsItself = ({ held }: Release): boolean =>
  held?.live !== undefined && held.live.version !== held.alias?.version

async function again(release: Release, world: World): Promise<Decision> {
  const { request, held } = release
  if (!held) throw new Error('it was never surveyed')
  release.record.confirmedAt = world.clock.now()
  const [alias, running, isDeleted] = await settleAll([
    world.lambda.alias(request.functionName, request.alias),
    held.running === 'denied' || !request.group ? held.running : runningIn(release, world),
    isTargetDeleted(release, world)
  ])
  if (world.cancelled.aborted) throw unsent('lambda:GetFunctionConfiguration', qualifiedName(request))
  // Where there was no alias yet, there was nothing to read.
  const mayBeRead = held.live !== undefined || held.alias === undefined
  // By its number: asked by the name of the alias, Lambda may still answer with what it named before.
  const live =
    mayBeRead && alias
      ? await world.lambda.version(request.functionName, alias.version).catch(unlessDenied)
      : undefined
  const latest = { ...held, alias, running, live }
  release.held = await withPrevious(latest, release, world)
  if (!isDeleted) return decide(request, release.held, targetOf(release))
  const [code, what, next] = deletedSource(request)
  return { kind: 'refuse', cause: { code, what, next }, warnings: held.warnings }
}

/**
 * Whether the version is gone that was asked for by its number: the release that was waited for may have deleted it. One that was just
 * published may not be there yet for all of Lambda.
 */
async function isTargetDeleted({ request }: Release, world: World): Promise<boolean> {
  const { functionName, targetVersion } = request
  if (targetVersion === undefined || goesBack(request)) return false
  const read = () => world.lambda.version(functionName, targetVersion)
  const found = await unlessStale(read, version => version === undefined, world)
  return found === undefined && !world.cancelled.aborted
}

/** Nothing runs in a group that is yet to be created, and in a new one perhaps nothing that is seen. */
const runningIn = async ({ request, held }: Release, { codedeploy }: World): Promise<readonly string[]> =>
  held?.missing ? [] : await codedeploy.running(request.application, request.group).catch(groupMissing)

/** This was readable before, and is optional. */
export function unlessDenied(failure: unknown): undefined {
  if (failure instanceof Failure && failure.kind === 'denied') return undefined
  throw failure
}

/** Before a release ends: what the alias served when it was last read may be long past. */
export async function lookAgain({ request, record, held }: Release, world: World): Promise<void> {
  const now = world.clock.now()
  if (!held?.alias || now - (record.confirmedAt ?? 0) <= freshMs) return
  const reading = await world.lambda.traffic(request.functionName, request.alias)
  if (reading.kind !== 'value') return
  record.confirmedAt = now
  held.alias = { ...held.alias, ...reading.value }
}
