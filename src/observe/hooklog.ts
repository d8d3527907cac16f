import { bareName } from '../deployment/names.ts'
import { causeOf, type Outcome } from '../deployment/outcome.ts'
import { Failure } from '../failure.ts'
import type { World } from '../world.ts'

/** CodeDeploy waits an hour for a hook that never reports back. Only the log of its first minutes is read, ms. */
const windowMs = 15 * 60_000

/** Adds the end of the failed hook's log to the outcome. If it cannot be read, the outcome says so and is otherwise the same. */
export async function withHookLog(
  outcome: Outcome,
  logGroups: ReadonlyMap<string, string>,
  world: Pick<World, 'logs' | 'clock'>
): Promise<Outcome> {
  const cause = causeOf(outcome)
  if (!cause?.hook || cause.log || !('cause' in outcome)) return outcome
  const { functionName, startedAt, endedAt } = cause.hook
  if (startedAt === undefined) return outcome
  const group = logGroups.get(functionName) ?? `/aws/lambda/${bareName(functionName)}`
  const to = Math.min(endedAt ?? world.clock.now(), startedAt + windowMs)
  try {
    const log = await world.logs.tail(group, startedAt, to)
    return {
      ...outcome,
      cause: { ...cause, log: log.length > 0 ? log : [`(nothing was written to ${group})`] }
    }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    const why = failure.kind === 'denied' ? `grant ${failure.action} on ${failure.resource}` : failure.code
    return { ...outcome, cause: { ...cause, log: [`(the log ${group} could not be read: ${why})`] } }
  }
}
