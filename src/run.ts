import type { OutcomeKind } from './deployment/outcome.ts'
import type { Order } from './inputs/inputs.ts'
import { observe } from './observe/observe.ts'
import { pickUp } from './release/attach.ts'
import { begin } from './release/begin.ts'
import { confirm } from './release/confirm.ts'
import { takeBack } from './release/revert.ts'
import type { World } from './world.ts'

/**
 * Inputs become a plan, the plan is executed, the deployment is observed, what changed is told, and the end is an outcome:
 * the worst one when there are several. Throws only what nobody foresaw.
 */
export async function run(order: Order, world: World): Promise<OutcomeKind> {
  const environment = world.github?.environment
  try {
    const { underway, finish } =
      order.kind === 'watch' ? await pickUp(order.deploymentId, world) : await begin(order, world)
    environment?.begin(underway.map(({ record }) => record))
    await observe(underway, order, world)
    await confirm(world)
    await finish?.()
    // Creating aliases may have taken long where answers are slow.
    await confirm(world)
    await takeBack(underway, order, world)
    const outcome = await world.reporter.conclude()
    const { records } = world.reporter
    if (!records.some(({ unfinished }) => unfinished))
      await environment?.finish(outcome, records, world.cancelled.aborted ? 1_000 : 5_000)
    return outcome
  } finally {
    environment?.leave()
  }
}
