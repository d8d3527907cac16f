import type { Subject } from '../deployment/observation.ts'
import { type Ended, type Told, type Watching, watch } from '../watch/watch.ts'
import type { World } from '../world.ts'

export type Following = Pick<
  Watching,
  'deadline' | 'leaving' | 'graceMs' | 'cancelled' | 'askedBefore' | 'heldBackBy'
>

/** Watches these deployments with AWS's eyes, tells what is seen in each moment, and returns how each ended, by its id. */
export async function follow(
  subjects: readonly Subject[],
  following: Following,
  { codedeploy, lambda, clock, random }: Pick<World, 'codedeploy' | 'lambda' | 'clock' | 'random'>,
  tell: (told: readonly Told[]) => void
): Promise<ReadonlyMap<string, Ended>> {
  const watching = watch(subjects, {
    ...following,
    clock,
    random,
    sights: {
      deployment: id => codedeploy.deployment(id),
      lifecycle: id => codedeploy.lifecycle(id),
      traffic: (functionName, alias) => lambda.traffic(functionName, alias)
    },
    stop: (id, rollBack) => codedeploy.stop(id, rollBack)
  })
  for (;;) {
    const step = await watching.next()
    if (step.done) return step.value
    tell(step.value)
  }
}
