import { isWhollyOn } from './deployment/observation.ts'
import type { Cause, Outcome } from './deployment/outcome.ts'
import type { ReleaseRecord } from './deployment/record.ts'
import { causeOfFailure, Failure } from './errors.ts'
import type { World } from './world.ts'

/** What Lambda said longer ago may not be true any more, ms. */
const freshMs = 30_000

/**
 * The functions of one step end at different times, and somebody may move the alias of one while another is still shifting; and a
 * survey may take minutes where answers are slow. Before the step passes, Lambda is asked again about every alias that it has not
 * spoken of just now.
 */
export async function confirm(world: World): Promise<void> {
  const { records } = world.reporter
  if (!records.every(isOnTarget)) return
  const since = world.clock.now() - freshMs
  await Promise.all(
    records
      .filter(({ confirmedAt = 0 }) => confirmedAt < since)
      .map(async record => {
        if (record.outcome) record.outcome = await confirmed(record, record.outcome, world)
      })
  )
}

const isOnTarget = ({ outcome }: ReleaseRecord): boolean =>
  outcome?.kind === 'succeeded' || outcome?.kind === 'unchanged' || outcome?.kind === 'created'

async function confirmed(record: ReleaseRecord, outcome: Outcome, { lambda }: World): Promise<Outcome> {
  const { functionName, alias, version = '' } = record
  try {
    const serving = await lambda.alias(functionName, alias)
    if (serving && isWhollyOn(serving, version)) return { ...outcome, serving }
    return { kind: 'failed', ...(serving && { serving }), cause: moved(record) }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    // The cancel came too late to change anything, and there is no time left to ask.
    if (failure.kind === 'dropped') return outcome
    return {
      kind: 'lost',
      cause: {
        code: 'ALIAS_UNREADABLE',
        what: `Alias ${alias} of ${functionName} was on version ${version}, but whether it still is could not be read: ${causeOfFailure(failure).what}`,
        next: `See for yourself: aws lambda get-alias --function-name ${functionName} --name ${alias}`
      }
    }
  }
}

const moved = ({ functionName, alias, version }: ReleaseRecord): Cause => ({
  code: 'ALIAS_NOT_ON_TARGET',
  what: `Alias ${alias} of ${functionName} was on version ${version}, and is not any more: somebody else moved it meanwhile.`,
  next: 'Find out who changes the alias beside this deployment group (CloudTrail, event UpdateAlias20150331), then release again.'
})
