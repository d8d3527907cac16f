import type { Subject } from '../deployment/observation.ts'
import { type DeploymentEvent, type WatchOptions, type WatchResult, watch } from '../watch/watch.ts'
import type { World } from '../world.ts'

export type FollowOptions = Pick<
  WatchOptions,
  | 'deadline'
  | 'leaving'
  | 'isSpared'
  | 'graceMs'
  | 'endedFor'
  | 'cancelled'
  | 'stopAsked'
  | 'hasEnded'
  | 'shiftsBack'
  | 'blockedBy'
  | 'isOneOfMany'
  | 'metrics'
  | 'gate'
  | 'verdict'
>

/** Connects the watch to AWS: passes on the events of each look, and returns how each deployment ended, by its id. */
export async function follow(
  subjects: readonly Subject[],
  following: FollowOptions,
  {
    codedeploy,
    lambda,
    clock,
    random
  }: Pick<World, 'codedeploy' | 'clock' | 'random'> & { lambda: Pick<World['lambda'], 'traffic'> },
  tell: (events: readonly DeploymentEvent[]) => void
): Promise<ReadonlyMap<string, WatchResult>> {
  const watching = watch(subjects, {
    ...following,
    clock,
    random,
    port: {
      deployment: id => codedeploy.deployment(id),
      lifecycle: id => codedeploy.lifecycle(id),
      traffic: (functionName, alias) => lambda.traffic(functionName, alias)
    },
    stop: (id, rollBack, isAgain) => codedeploy.stop(id, rollBack, isAgain)
  })
  try {
    for (;;) {
      const step = await watching.next()
      if (step.done) return step.value
      tell(step.value)
    }
  } finally {
    await watching.return(new Map())
  }
}
