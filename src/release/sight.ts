import { canStop } from '../deployment/gate.ts'
import type { Cause } from '../deployment/outcome.ts'
import { isGradual } from '../deployment/strategy.ts'
import { causeOfFailure, Failure, isTransient } from '../failure.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { strategyOf } from '../plan/holdings.ts'
import { unlessCancelled } from '../unlesscancelled.ts'
import type { World } from '../world.ts'
import { isOpen, type Release, refuse } from './release.ts'

/** How long the plan waits for an answer that it can do without, ms. */
const limitMs = 2_000

/** Whether the role may read figures; undefined when there was no answer in time. */
type Sight = 'allowed' | 'denied' | undefined

/** Asks while the survey runs, if the inputs say that traffic will be shared: then the plan need not wait for the answer. */
export function askEarly(
  requests: readonly ReleaseRequest[],
  world: World
): { answer: Promise<Sight>; drop(): void } | undefined {
  const isShifting = requests.some(
    ({ configuration }) => configuration?.strategy && isGradual(configuration.strategy)
  )
  if (!isShifting) return undefined
  const dropped = new AbortController()
  return { answer: askBriefly(world, dropped.signal), drop: () => dropped.abort() }
}

/**
 * Finds out with one request whether the role may read figures, when traffic is going to be shared for a while. A release whose gate
 * could not see is refused.
 */
export async function findSight(
  releases: readonly Release[],
  asked: ReturnType<typeof askEarly>,
  world: World
): Promise<void> {
  const shifting = releases.filter(each => isOpen(each) && mayShare(each))
  if (shifting.length === 0) return asked?.drop()
  const gated = shifting.filter(({ request }) => canStop(request.gate))
  const first = await (asked?.answer ?? askBriefly(world))
  const isKnown = first !== undefined || gated.length === 0 || world.cancelled.aborted
  const cause = isKnown ? undefined : await unlessCancelled(whyBlind(world), world.cancelled)
  if (first === 'denied' || cause === blind) for (const each of shifting) each.figuresDenied = true
  const refusal = first === 'denied' ? blind : cause
  if (refusal) for (const each of gated) refuse(each, refusal)
}

/**
 * Why a gate cannot see; undefined when it can. A passing fault is no reason to refuse: if it lasts, the watch tells that nobody judges.
 */
export async function whyBlind({ metrics }: Pick<World, 'metrics'>): Promise<Cause | undefined> {
  try {
    return (await metrics.mayAsk()) ? undefined : blind
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    return isTransient(failure) || failure.kind === 'unsent' ? undefined : causeOfFailure(failure)
  }
}

/** Whether two versions may share the traffic: if the strategy is not known, they may. */
function mayShare({ decision, held }: Release): boolean {
  if (decision?.kind !== 'shift' && decision?.kind !== 'busy') return false
  const strategy = held && strategyOf(held)
  return !strategy || isGradual(strategy)
}

/** Nobody waits long for the answer: without one, the watch will find out. */
async function askBriefly({ metrics, clock, cancelled }: World, dropped?: AbortSignal): Promise<Sight> {
  const over = new AbortController()
  const done = new AbortController()
  const end = () => over.abort()
  cancelled.addEventListener('abort', end, { once: true })
  dropped?.addEventListener('abort', end, { once: true })
  const limit = clock.sleep(limitMs, done.signal).then(end)
  const asking = metrics.mayAsk(over.signal).then(sightOf, failure => {
    if (!(failure instanceof Failure)) throw failure
    return undefined
  })
  const sight = await Promise.race([asking, limit])
  cancelled.removeEventListener('abort', end)
  done.abort()
  return sight || undefined
}

const sightOf = (isAllowed: boolean): Sight => (isAllowed ? 'allowed' : 'denied')

const blind: Cause = {
  code: 'METRICS_DENIED',
  what: 'The new version is to be judged by its figures, but the role may not read them: cloudwatch:GetMetricData is denied. A gate that cannot see is none.',
  next: 'Grant cloudwatch:GetMetricData on * (see docs/permissions.md), or leave out max-error-rate and if-no-traffic: fail.'
}
