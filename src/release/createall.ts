import type { Subject } from '../deployment/observation.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { World } from '../world.ts'
import { stopWhenCancelled } from './cancel.ts'
import { create } from './create.ts'
import { tellPlan, waitMsFor } from './prepare.ts'
import { isOpen, type Release } from './release.ts'
import { resolveConflicts } from './resolve.ts'

/**
 * Creates or joins the deployment of each release, once nothing else runs in its group. A cancel stops at once what has been created
 * so far; gives what CodeDeploy was asked to stop. `deadline` is epoch ms.
 */
export async function createAll(
  releases: readonly Release[],
  deadline: number,
  inputs: Pick<Inputs, 'leaving' | 'wait' | 'waitForMinutes'>,
  world: World
): Promise<ReadonlySet<Subject>> {
  const hasBegun = () => releases.some(({ subject }) => subject)
  const cancel = stopWhenCancelled(releases, inputs, world)
  while (releases.some(isWaiting) && !world.cancelled.aborted) {
    await resolveConflicts(deadline, hasBegun)(releases, world)
    for (const each of releases.filter(isFreed))
      tellPlan(each, inputs.wait ? waitMsFor(each, inputs) : undefined, world)
    if (!world.cancelled.aborted) await create(deadline, hasBegun)(releases, world)
  }
  return await cancel.stopped()
}

/** Neither over nor under way; an alias is created when all others have succeeded. */
const isWaiting = (release: Release): boolean =>
  isOpen(release) && !release.subject && release.decision?.kind !== 'create-alias'

/** Its group was busy, so what will happen is known only now. */
const isFreed = (release: Release): boolean =>
  isOpen(release) && !release.planTold && !release.joining && release.decision?.kind !== 'busy'
