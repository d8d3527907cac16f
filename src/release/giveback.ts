import { giveBackBy, servingWords } from '../deployment/alias.ts'
import { qualifiedName } from '../deployment/names.ts'
import { sameShares, type Traffic } from '../deployment/observation.ts'
import { type Cause, causeOf, type Outcome } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { causeOfFailure, Failure } from '../failure.ts'
import { unlessStale } from '../operations/readiness.ts'
import { setWeights } from '../operations/setweights.ts'
import type { Alias } from '../plan/holdings.ts'
import { plain } from '../text/safe.ts'
import { shareList } from '../text/traffic.ts'
import { patience } from '../watch/patience.ts'
import type { World } from '../world.ts'
import { isOpen, type Release } from './release.ts'

/** An alias whose weights this step may have set. */
export interface Weighted {
  record: ReleaseRecord
  before: Traffic
  after: Traffic
}

/** All or none: when one alias could not get its weights, or no longer has them, the others get back those that they had. */
export async function giveBack(releases: readonly Release[], world: World): Promise<void> {
  const failed = releases.filter(
    each => isOpen(each) || (each.record.outcome && causeOf(each.record.outcome))
  )
  await Promise.all(
    weightedOf(releases).map(async each => {
      // The alias of the only function that failed is as it was or as it was asked for, or somebody else has it.
      const other = failed.find(({ record }) => record !== each.record)?.record
      if (!other || !isSet(each)) return
      const because = `All or none: ${qualifiedName(other)} ended ${other.outcome?.kind ?? 'interrupted'}`
      each.record.outcome = await giveBackOne(each, because, world)
    })
  )
}

const weightedOf = (releases: readonly Release[]): Weighted[] =>
  releases.flatMap(({ record, decision, isWeighted }) =>
    isWeighted && decision?.kind === 'weigh' && decision.plan.after
      ? [{ record, before: decision.plan.before, after: decision.plan.after }]
      : []
  )

/** It has the weights, as far as is known. */
const isSet = ({ record: { outcome } }: Weighted): boolean =>
  outcome?.kind === 'weighted' || (outcome?.kind === 'lost' && outcome.serving === undefined)

/** Another change between reading and setting is read again so often. */
const tries = 3
/** What a cancelled step has time for, ms. */
const hurriedMs = 3_000

/**
 * Gives an alias the weights that it had, unless somebody else has changed it since. `because` says why, and `code` is the error code of
 * the outcome.
 */
export async function giveBackOne(
  weighted: Weighted,
  because: string,
  world: World,
  code: 'HELD_BACK' | 'JOB_CANCELLED' = 'HELD_BACK'
): Promise<Outcome> {
  const { record, before, after } = weighted
  const patienceMs = world.cancelled.aborted ? hurriedMs : world.patienceMs
  const options = {
    lambda: world.lambda,
    clock: world.clock,
    cancelled: new AbortController().signal,
    ...(patienceMs !== undefined && { patienceMs }),
    tell: (line: string) => world.reporter.say(plain(line), record)
  }
  const isOthers = (each: Traffic) => !sameShares(each, after) && !sameShares(each, before)
  try {
    const read = () => world.lambda.alias(record.functionName, record.alias)
    // What is neither may be from before both.
    const isOdd = (each: Alias | undefined) => !each || isOthers(each)
    const until = world.clock.now() + Math.min(patience.stale, patienceMs ?? patience.stale)
    let alias = await unlessStale(read, isOdd, options, until)
    for (let left = tries; left > 0 && alias; left--) {
      if (isOthers(alias)) break
      const wasSet = sameShares(alias, after)
      // Also when it is as it was: whatever is still under way to Lambda is refused after this.
      const result = await setWeights(record, alias, before, options)
      if (result.kind === 'set') {
        record.confirmedAt = world.clock.now()
        if (wasSet)
          world.reporter.say(`${plain(qualifiedName(record))} has its weights again: ${shareList(before)}`)
        return givenBack(record, because, code, wasSet, result.alias)
      }
      alias = result.kind === 'changed' ? result.alias : alias
    }
    return notGivenBack(weighted, because, 'somebody else has changed it', alias)
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    if (world.cancelled.aborted) record.unfinished = true
    return notGivenBack(weighted, because, causeOfFailure(failure).what, undefined)
  }
}

function givenBack(
  record: ReleaseRecord,
  because: string,
  code: string,
  wasSet: boolean,
  serving: Traffic
): Outcome {
  const name = qualifiedName(record)
  const isHeldBack = code === 'HELD_BACK'
  return {
    kind: wasSet ? 'rolled-back' : isHeldBack ? 'refused' : 'interrupted',
    serving,
    cause: {
      code,
      what: `${because}, so ${name} ${wasSet ? 'got back the weights that it had' : 'was left as it was'}.`,
      next: isHeldBack
        ? 'Fix the other one, then run the step again.'
        : 'Run the step again when you mean to set the weights.'
    }
  }
}

function notGivenBack(
  { record, before, after }: Weighted,
  because: string,
  reason: string,
  serving: Traffic | undefined
): Outcome {
  const isOthers = serving !== undefined && !sameShares(serving, after)
  const cause: Cause = {
    code: 'NOT_TAKEN_BACK',
    what: `${because}, but ${qualifiedName(record)} could not get back the weights that it had, ${servingWords(before)}: ${reason.replace(/\.$/, '')}. It serves ${serving ? servingWords(serving) : 'what could not be read'}.`,
    next: isOthers
      ? `Find out who moves it and why (CloudTrail, event UpdateAlias20150331). If that was not meant, give it back: ${giveBackBy(record, before, serving ?? after)}`
      : `To give it back: ${giveBackBy(record, before, serving ?? after)}`
  }
  return serving ? { kind: 'failed', serving, cause } : { kind: 'lost', cause }
}
