import { leavingOf } from '../deployment/leaving.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { BeginResult, WatchedRelease } from '../observe/observe.ts'
import { strategyOf } from '../plan/holdings.ts'
import { waitMsOf } from '../plan/wait.ts'
import type { World } from '../world.ts'
import { alarmsChecked, checkAlarms } from './alarms.ts'
import { judgeArrivals } from './arrivals.ts'
import { endCancelled } from './cancel.ts'
import { createAliases } from './createaliases.ts'
import { createAll } from './createall.ts'
import { checkTarget, dryRun, planBusy } from './dryrun.ts'
import { giveBack } from './giveback.ts'
import { publishAndDecide, surveyAndDecide, tellPlan, waitMsFor } from './prepare.ts'
import { blockOthers, isOpen, open, type Release } from './release.ts'
import { setUpAll } from './setup.ts'
import { askEarly, findSight } from './sight.ts'
import { skipTogether } from './skip.ts'
import { testingOnce } from './tests.ts'
import { checkCode, packAll, planCode, uploadAll } from './upload.ts'
import { weighAll } from './weigh.ts'

type ReleaseInputs = Extract<Inputs, { kind: 'release' }>

/** Runs each stage for all releases before the next stage begins, so that nothing is published when one of them is refused. */
export async function begin(inputs: ReleaseInputs, world: World): Promise<BeginResult> {
  const { journal, reporter, cancelled } = world
  const releases = inputs.requests.map(open)
  const testAll = testingOnce()
  journal.follow(releases.map(({ record }) => record))
  reporter.publish()

  await packAll(releases, world)
  const surveying = surveyAndDecide(releases, world)
  const sight = inputs.wait && releases.some(isOpen) ? askEarly(inputs.requests, world) : undefined
  await surveying
  await Promise.all([
    !inputs.dryRun && judgeArrivals(releases, world),
    inputs.wait && findSight(releases, sight, world)
  ])
  skipTogether(releases, world)
  if (inputs.dryRun) await planBusy(releases, world)
  checkAlarms(releases, world)
  for (const each of releases.filter(isOpen)) {
    planCode(each)
    tellPlan(each, inputs.wait && !inputs.dryRun ? waitMsFor(each, inputs) : undefined, world)
  }
  if (inputs.dryRun) {
    await checkCode(releases, world)
    await checkTarget(releases, world)
    await dryRun(releases, world)
    await alarmsChecked(releases)
    await endCancelled(releases, world)
    return { watched: [] }
  }

  await uploadAll(releases, world)
  await publishAndDecide(releases, world)
  await testAll(releases, world)
  if (inputs.requests.some(({ weight }) => weight !== undefined)) {
    await weighAll(releases, world)
    const end = () => finish(releases, world)
    return { watched: [], finish: end, giveBack: () => giveBack(releases, world) }
  }
  const deadline = world.clock.now() + Math.max(0, ...releases.map(each => waitMsFor(each, inputs)))
  const stopped = await createAll(releases, deadline, testAll, inputs, world)
  // There is no watch after which the aliases could be created.
  if (!inputs.wait || cancelled.aborted) await finish(releases, world)

  const failed = releases.find(({ record }) => record.outcome && 'cause' in record.outcome)?.record
  const blockedBy = failed && `${failed.functionName}:${failed.alias} ended ${failed.outcome?.kind}`
  const watched = releases.flatMap(each => {
    const found = watchedOf(each, inputs.leaving)
    if (!found) return []
    return { ...found, ...(blockedBy && { blockedBy }), stopAsked: stopped.has(found.subject) }
  })
  if (blockedBy !== undefined && watched.length > 0) journal.blocked(blockedBy)
  const end = async () => {
    await finish(releases, world)
    await alarmsChecked(releases)
  }
  return { watched, finish: end }
}

/** Missing aliases are created after everything else has succeeded, because a new alias is never removed again. */
async function finish(releases: readonly Release[], world: World): Promise<void> {
  if (!world.cancelled.aborted) {
    // Nothing waits for a warning, but it must appear before the step ends.
    await Promise.all(releases.map(({ judging }) => judging))
    blockOthers(releases)
    await setUpAll(releases, world)
    await createAliases(releases, world)
  }
  await endCancelled(releases, world)
}

function watchedOf(release: Release, chosen: Inputs['leaving']): WatchedRelease | undefined {
  const { record, subject, held, request, isOthers, figuresDenied } = release
  if (!subject) return undefined
  const logGroups = new Map(
    Object.values(request.hooks).flatMap(hook => {
      const found = held?.hooks.get(hook)
      return typeof found === 'object' && found.logGroup ? [[hook, found.logGroup] as const] : []
    })
  )
  return {
    record,
    subject,
    leaving: leavingOf(chosen, isOthers),
    ...(isOthers && { isOthers }),
    gate: request.gate,
    ...(figuresDenied && { figuresDenied }),
    waitMs: release.waitMs ?? waitMsOf(held && strategyOf(held), subject.hooks),
    logGroups
  }
}
