import { bareName } from '../deployment/names.ts'
import type { Subject } from '../deployment/observation.ts'
import { causeOf, type Outcome } from '../deployment/outcome.ts'
import { Failure } from '../failure.ts'
import { timeToTheSecond } from '../text/units.ts'
import type { World } from '../world.ts'

/** A release, as far as its hooks are concerned. */
interface Hooked {
  subject: Pick<Subject, 'hooks'>
  /** Where its hooks write, if not to Lambda's default log groups. */
  logGroups: ReadonlyMap<string, string>
}

/** No function runs longer, ms. */
const longestRunMs = 15 * 60_000
/** CodeDeploy waits an hour for a hook to report. One that ended about then never did, ms. */
const neverReportedMs = 59 * 60_000

/**
 * Adds the end of the failed hook's log to the outcome. If it cannot be read, the outcome says so and is otherwise the same. `all` are
 * the releases of the step.
 */
export async function withHookLog(
  outcome: Outcome,
  release: Hooked,
  all: readonly Hooked[],
  world: Pick<World, 'logs' | 'clock'>
): Promise<Outcome> {
  const cause = causeOf(outcome)
  if (!cause?.hook || cause.log || !('cause' in outcome)) return outcome
  const { hook } = cause
  const { startedAt } = hook
  if (startedAt === undefined) return outcome
  const group = groupOf(hook.functionName, release.logGroups)
  const to = endOfLog(startedAt, hook.endedAt, world.clock.now())
  try {
    const log = await world.logs.tail(group, startedAt, to)
    if (log.length === 0) {
      const nothing = `(nothing was written to ${group} from ${timeToTheSecond(startedAt)} to ${timeToTheSecond(to)} UTC)`
      return { ...outcome, cause: { ...cause, log: [nothing] } }
    }
    const isShared = all.some(
      other =>
        other !== release &&
        Object.values(other.subject.hooks).some(each => groupOf(each, other.logGroups) === group)
    )
    return { ...outcome, cause: { ...cause, ...(isShared && { hook: { ...hook, isShared } }), log } }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    const why = failure.kind === 'denied' ? `grant ${failure.action} on ${failure.resource}` : failure.code
    return { ...outcome, cause: { ...cause, log: [`(the log ${group} could not be read: ${why})`] } }
  }
}

const groupOf = (hook: string, logGroups: ReadonlyMap<string, string>): string =>
  logGroups.get(hook) ?? `/aws/lambda/${bareName(hook)}`

/**
 * A hook that reported, perhaps by somebody whom it had asked to, may have written until then. Of one that never did, CodeDeploy knows only
 * when the hour was over, and others may have invoked it since.
 */
const endOfLog = (startedAt: number, endedAt: number | undefined, now: number): number =>
  endedAt !== undefined && endedAt - startedAt < neverReportedMs
    ? endedAt
    : Math.min(endedAt ?? now, startedAt + longestRunMs)
