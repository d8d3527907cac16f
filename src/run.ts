import { begin } from './begin.ts'
import type { OutcomeKind } from './deployment/outcome.ts'
import type { Order } from './inputs.ts'
import { observe } from './observe.ts'
import { pickUp } from './pickup.ts'
import { takeBack } from './takeback.ts'
import type { World } from './world.ts'

/**
 * Inputs become a plan, the plan is executed, the deployment is observed, what changed is told, and the end is an outcome:
 * the worst one when there are several. Throws only what nobody foresaw.
 */
export async function run(order: Order, world: World): Promise<OutcomeKind> {
  const underway =
    order.kind === 'watch' ? await pickUp(order.deploymentId, world) : await begin(order, world)
  await observe(underway, order, world)
  await takeBack(underway, order, world)
  return await world.reporter.conclude()
}
