import type { Subject } from '../deployment/observation.ts'
import { causeOf } from '../deployment/outcome.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { World } from '../world.ts'
import { checkAlarms } from './alarms.ts'
import { judgeArrivals } from './arrivals.ts'
import { stopWhenCancelled } from './cancel.ts'
import { create, refreshAll } from './create.ts'
import { isUnready, readyPrevious } from './goback.ts'
import { tellPlan, waitMsFor } from './prepare.ts'
import { isOpen, type Release, type stage } from './release.ts'
import { anotherWaits, checkReplaced } from './replace.ts'
import { resolveConflicts } from './resolve.ts'
import { setUpAll } from './setup.ts'
import { skipTogether } from './skip.ts'

/**
 * Creates or joins the deployment of each release, once nothing else runs in its group. A cancel immediately stops what has been
 * created so far. Returns what CodeDeploy was asked to stop. `deadline` is epoch ms.
 */
export async function createAll(
  releases: readonly Release[],
  deadline: number,
  testAll: ReturnType<typeof stage>,
  inputs: Pick<Inputs, 'leaving' | 'wait' | 'waitForMinutes'>,
  world: World
): Promise<ReadonlySet<Subject>> {
  const hasBegun = () => releases.some(({ subject, isJoined }) => subject && !isJoined)
  const isCalledOff = () =>
    releases.some(({ record }) => record.skipped !== undefined || (record.outcome && causeOf(record.outcome)))
  const cancel = stopWhenCancelled(releases, inputs, world)
  const pass = async (act: ReturnType<typeof stage>) => {
    if (!world.cancelled.aborted) await act(releases, world)
    skipTogether(releases, world)
  }
  while (releases.some(isWaiting) && !world.cancelled.aborted) {
    const isFirst = !hasBegun()
    if (isFirst) await pass(judgeArrivals)
    if (isFirst && releases.length > 1) await pass(checkReplaced(deadline, isCalledOff))
    await pass(resolveConflicts(deadline, hasBegun, isCalledOff, each => anotherWaits(releases, each)))
    await pass(readyPrevious)
    const freed = releases.filter(isFreed)
    checkAlarms(freed, world)
    for (const each of freed) tellPlan(each, inputs.wait ? waitMsFor(each, inputs) : undefined, world)
    // Of those that were to join a deployment that has ended instead.
    await pass(testAll)
    if (isFirst && releases.length > 1) await pass(refreshAll)
    // No deployment is created while another release still has to wait.
    if (isFirst && releases.some(holdsUp)) continue
    if (isFirst) await pass(setUpAll)
    if (isFirst && releases.some(holdsUp)) continue
    await pass(create(deadline, hasBegun, cancel.begun))
  }
  return await cancel.stopped()
}

/** Neither ended nor under way. Missing aliases do not count: they are created after all others have succeeded. */
const isWaiting = (release: Release): boolean =>
  isOpen(release) && !release.subject && release.decision?.kind !== 'create-alias'

const holdsUp = (release: Release): boolean =>
  isWaiting(release) && (release.decision?.kind === 'busy' || isUnready(release))

/** Its group was busy before, so its plan is known only now. */
const isFreed = (release: Release): boolean =>
  isOpen(release) && !release.planTold && !release.isJoined && release.decision?.kind !== 'busy'
