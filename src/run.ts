import { conclude } from './conclude.ts'
import type { OutcomeKind } from './deployment/outcome.ts'
import type { Inputs } from './inputs/inputs.ts'
import { observe } from './observe/observe.ts'
import { attach } from './release/attach.ts'
import { begin } from './release/begin.ts'
import { confirm, readAtTheEnd } from './release/confirm.ts'
import { prune } from './release/prune.ts'
import { revert } from './release/revert.ts'
import type { World } from './world.ts'

/**
 * Inputs become a plan, the plan is executed, the deployment is observed, changes are reported, and the end is an outcome: the worst
 * one when there are several. Throws only unforeseen errors.
 */
export async function run(inputs: Inputs, world: World): Promise<OutcomeKind> {
  const environment = world.github?.environment
  try {
    const { watched, finish, giveBack } =
      inputs.kind === 'watch' ? await attach(inputs, world) : await begin(inputs, world)
    environment?.begin(watched.map(({ record }) => record))
    await observe(watched, inputs, world)
    const confirmAll = confirming(world)
    await confirmAll()
    await finish?.()
    // Creating aliases takes long when answers are slow.
    await confirmAll()
    await revert(watched, world)
    await giveBack?.()
    await prune(inputs, world)
    await readAtTheEnd(world)
    const outcome = await conclude(world)
    if (!world.journal.isUnfinished)
      await environment?.finish(outcome, world.journal.records, world.cancelled.aborted ? 1_000 : 5_000)
    return outcome
  } finally {
    environment?.leave()
  }
}

/** After a cancel there is time for that only once. */
function confirming(world: World): () => Promise<void> {
  let wasHurried = false
  return async () => {
    if (wasHurried) return
    await confirm(world)
    wasHurried = world.cancelled.aborted
  }
}
