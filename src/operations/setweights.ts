import type { Clock } from '../clock.ts'
import { sameShares, type Traffic } from '../deployment/observation.ts'
import { Failure, isTransient } from '../failure.ts'
import type { Alias } from '../plan/holdings.ts'
import { patience } from '../watch/patience.ts'

/** What setting the weights of an alias asks of Lambda. Both throw Failure. */
export interface WeightPort {
  /** Sends one request and never repeats it. Lambda refuses if the alias is no longer at the revision of `from`. */
  setAlias(functionName: string, alias: string, from: Alias, to: Traffic): Promise<Alias>
  /** Undefined when there is none of that name. */
  alias(functionName: string, alias: string): Promise<Alias | undefined>
}

export interface WeightOptions {
  lambda: WeightPort
  clock: Clock
  cancelled: AbortSignal
  /** How long to go on asking after a passing fault, ms. Default: as long as without sight of a deployment. */
  patienceMs?: number
  tell(line: string): void
}

export type WeightResult =
  /** The alias has the weights. `isOurs`: it may have them from this step. */
  | { kind: 'set'; alias: Alias; isOurs: boolean }
  /** Somebody else has changed the alias since it was read; nothing was overwritten. */
  | { kind: 'changed'; alias: Alias | undefined }
  /** Nothing was changed. */
  | { kind: 'cancelled' }

/** The longest pause before asking again, ms. */
const longestPause = 15_000

/**
 * Gives an alias the whole map of weights, from what it was when it was read. The revision in the request makes it safe to repeat: of
 * two that Lambda gets, late or early, one is refused. After a lost answer, the alias tells whether Lambda has acted. Throws Failure;
 * with `mayHaveActed`, the alias may have the weights.
 */
export async function setWeights(
  { functionName, alias: name }: { functionName: string; alias: string },
  from: Alias,
  to: Traffic,
  { lambda, clock, cancelled, patienceMs = patience.sight, tell }: WeightOptions
): Promise<WeightResult> {
  const begun = clock.now()
  let lost: Failure | undefined
  let told = ''
  for (let attempt = 1; ; attempt++) {
    if (cancelled.aborted && !lost) return { kind: 'cancelled' }
    try {
      return { kind: 'set', alias: await lambda.setAlias(functionName, name, from, to), isOurs: true }
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      if (failure.kind === 'unsent' && !lost) return { kind: 'cancelled' }
      if (failure.mayHaveActed) lost = failure
      const isChanged = failure.code === 'PreconditionFailedException'
      const mayRetry = isTransient(failure) && clock.now() - begun <= patienceMs && !cancelled.aborted
      if (!isChanged && !mayRetry) throw lost ?? failure
      if (mayRetry) await clock.sleep(Math.min(longestPause, 1_000 * 2 ** attempt), cancelled)
      if (lost || isChanged) {
        const now = await lambda.alias(functionName, name).catch(unseen => {
          throw unseen instanceof Failure ? (lost ?? failure) : unseen
        })
        if (now && sameShares(now, to)) return { kind: 'set', alias: now, isOurs: lost !== undefined }
        if (isChanged || now?.revisionId !== from.revisionId) return { kind: 'changed', alias: now }
        // Lambda had not acted. Only a request that nobody has answered may still be under way.
        if (!failure.timedOut) lost = undefined
      }
      if (mayRetry && failure.code !== told)
        tell(`UpdateAlias was not answered (${failure.code}); trying again`)
      told = failure.code
    }
  }
}
