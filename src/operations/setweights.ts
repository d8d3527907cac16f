import type { Clock } from '../clock.ts'
import { sameMap, type Traffic } from '../deployment/observation.ts'
import { Failure, isTransient, unlessUnforeseen } from '../failure.ts'
import type { Alias } from '../plan/holdings.ts'
import { patience } from '../watch/patience.ts'
import { unlessStale } from './readiness.ts'

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
 * two that Lambda gets, late or early, one is refused. After a lost answer, the alias tells whether Lambda has acted; but what it shows may
 * be older than `from`, so only the weights themselves are believed at once. Throws Failure; with `mayHaveActed`, the alias may have the
 * weights.
 */
export async function setWeights(
  of: { functionName: string; alias: string },
  from: Alias,
  to: Traffic,
  options: WeightOptions
): Promise<WeightResult> {
  const { lambda, clock, cancelled, patienceMs = patience.sight, tell } = options
  const begun = clock.now()
  // The first answer that was lost: from then on, the weights may be ours.
  let ever: Failure | undefined
  let lost: { failure: Failure; at: number } | undefined
  let told = ''
  for (let attempt = 1; ; attempt++) {
    if (cancelled.aborted && ever) throw ever
    if (cancelled.aborted) return { kind: 'cancelled' }
    try {
      return { kind: 'set', alias: await lambda.setAlias(of.functionName, of.alias, from, to), isOurs: true }
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      if (failure.kind === 'unsent' && !ever) return { kind: 'cancelled' }
      if (failure.mayHaveActed) {
        ever ??= failure
        lost = { failure, at: clock.now() }
      }
      if (failure.code === 'PreconditionFailedException') {
        const now = await newer(of, from, ever && to, options)
        if (now && sameMap(now, to)) return { kind: 'set', alias: now, isOurs: ever !== undefined }
        if (cancelled.aborted && ever) throw ever
        return { kind: 'changed', alias: now }
      }
      const mayRetry = isTransient(failure) && clock.now() - begun <= patienceMs && !cancelled.aborted
      if (!mayRetry) throw lost?.failure ?? failure
      await clock.sleep(Math.min(longestPause, 1_000 * 2 ** attempt), cancelled)
      if (lost) {
        const { functionName, alias } = of
        // Before that, what Lambda shows may be older than the request.
        const isSure = clock.now() - lost.at >= patience.stale
        const now = await lambda.alias(functionName, alias).catch(unseen => {
          throw unseen instanceof Failure ? (lost?.failure ?? failure) : unseen
        })
        const isAsRead = now?.revisionId === from.revisionId
        if (now && !isAsRead && sameMap(now, to)) return { kind: 'set', alias: now, isOurs: true }
        // Lambda had not acted. Only a request that nobody has answered may still be under way.
        if (isAsRead && isSure && !failure.timedOut) lost = undefined
      }
      if (failure.code !== told) tell(`UpdateAlias was not answered (${failure.code}); trying again`)
      told = failure.code
    }
  }
}

/**
 * The alias as it is after a change that Lambda has told of; undefined when that could not be read, or when there is none any more.
 * `ours`: what the change was, if it may have been ours. Anything else may then be from before `from`.
 */
async function newer(
  { functionName, alias }: { functionName: string; alias: string },
  from: Alias,
  ours: Traffic | undefined,
  options: WeightOptions
): Promise<Alias | undefined> {
  const { lambda, clock, patienceMs = patience.sight } = options
  const isFrom = (now: Alias | undefined) => now?.revisionId === from.revisionId
  const isOdd = (now: Alias | undefined) =>
    isFrom(now) || (ours !== undefined && !(now && sameMap(now, ours)))
  const read = () => lambda.alias(functionName, alias).catch(unlessUnforeseen)
  const now = await unlessStale(read, isOdd, options, clock.now() + Math.min(patience.stale, patienceMs))
  return isFrom(now) ? undefined : now
}
