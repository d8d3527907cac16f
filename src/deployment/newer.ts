import { type DeploymentView, hasEnded, isOver, type LifecycleEvent } from './observation.ts'

/**
 * The newer of two answers about a deployment. CodeDeploy's answers can be some seconds old, and a deployment never goes back: what is
 * less far than it was before is what it was earlier.
 */
export const newerStatus = (before: DeploymentView | undefined, now: DeploymentView): DeploymentView =>
  before && stageOf(before) > stageOf(now) ? before : now

/** The same for its lifecycle events, each by itself. */
export const newerEvents = (
  before: readonly LifecycleEvent[],
  now: readonly LifecycleEvent[]
): readonly LifecycleEvent[] =>
  now.length === 0
    ? before
    : now.map(event => {
        const was = before.find(({ name }) => name === event.name)
        return was && stageOfEvent(was) > stageOfEvent(event) ? was : event
      })

const inOrder: readonly string[] = ['Created', 'Queued', 'InProgress', 'Baking']

/** Statuses are an open set: one that is not known is one of a deployment that runs. */
function stageOf({ status }: DeploymentView): number {
  if (isOver(status)) return inOrder.length
  const stage = inOrder.indexOf(status)
  return stage === -1 ? inOrder.indexOf('InProgress') : stage
}

function stageOfEvent(event: LifecycleEvent): number {
  if (hasEnded(event)) return 2
  return event.status === 'Pending' ? 0 : 1
}
