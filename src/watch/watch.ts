import type { Event } from '../deployment/event.ts'
import type { LeavingCause, LeavingPolicy, LeavingReason, StopResult } from '../deployment/leaving.ts'
import { qualifiedName } from '../deployment/names.ts'
import { isOver, type Observation, type Subject } from '../deployment/observation.ts'
import type { Outcome } from '../deployment/outcome.ts'
import type { WatchPort } from '../deployment/reading.ts'
import { afterStop, leave } from './stopped.ts'
import { withTimeLimit } from './timelimit.ts'
import { WatchedDeployment } from './watched.ts'

/** The world as the watch sees it. */
export interface WatchOptions {
  port: WatchPort
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
  /** 0 to 1. */
  random(): number
  /** Aborts when the job is cancelled. */
  cancelled: AbortSignal
  /** When to stop waiting, epoch ms. */
  deadline: number
  /** What to do with a deployment that is still running then, or when the job is cancelled. */
  leaving(deploymentId: string): LeavingPolicy
  /** How long to go on looking after that, ms. */
  graceMs: Record<LeavingReason, number>
  /** Whether this step has asked CodeDeploy to stop a deployment before the watch began. Default: none of them. */
  stopAsked?(deploymentId: string): boolean
  /** Something else of the same release failed before the watch began; see `Why`. */
  blockedBy?: string
  /** Asks CodeDeploy to stop a deployment, with or without shifting back; it may repeat the request. */
  stop(deploymentId: string, rollBack: boolean): Promise<StopResult>
}

export interface DeploymentEvent {
  subject: Subject
  event: Event
}

export interface WatchResult {
  outcome: Outcome
  /** The last that was seen, if anything was. */
  last?: Observation
  /** CodeDeploy was asked to stop it, and its end was not seen. */
  unfinished: boolean
}

/** The watch is to end before its deployments do: why, since when and until when, and how stopping each of them went. Epoch ms. */
interface EarlyEnd extends LeavingCause {
  since: number
  until: number
  stops: Map<WatchedDeployment, StopResult>
}

/** The edge to AWS gives each request up after this long, ms. */
const longestRequestMs = 25_000

/** Many are looked at in one request, so their looks gather for so long, ms. */
const restMs = 1_000

/**
 * The only loop: looks at every deployment that is still running, tells each change once, and returns how each ended, by
 * deployment id. It always ends: by what AWS says, at the deadline, when cancelled, or after too long without sight.
 */
export async function* watch(
  subjects: readonly Subject[],
  world: WatchOptions
): AsyncGenerator<readonly DeploymentEvent[], Map<string, WatchResult>> {
  const { clock, cancelled } = world
  const watches = subjects.map(subject => new WatchedDeployment(subject, clock.now()))
  let early: EarlyEnd | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  const dropped: Promise<unknown>[] = []
  for (;;) {
    const running = watches.filter(each => !each.outcome)
    if (running.length === 0) break

    const why = whyLeave(early, watches, world)
    if (why) {
      const since = clock.now()
      early = {
        ...why,
        since,
        until: since + world.graceMs[why.reason],
        stops: early?.stops ?? new Map()
      }
      const ending = early
      const goesOn = (each: WatchedDeployment) => policyOf(ending, each, world) === 'continue'
      await leaveAll(running.filter(goesOn), early, world)
      yield* stopAll(
        running.filter(each => !goesOn(each)),
        early,
        world
      )
      continue
    }
    if (early && clock.now() >= early.until) {
      await leaveAll(running, early, world)
      continue
    }

    // Once the job is cancelled the signal has done its work: sleeping on it would not be sleeping.
    const signal = early?.reason === 'interrupted' ? undefined : cancelled
    const lookAt = Math.min(...running.map(each => each.lookAt), early?.until ?? world.deadline)
    const restedAt = running.length > 1 && !early ? lookedAt + restMs : 0
    await clock.sleep(Math.max(0, lookAt - clock.now(), restedAt - clock.now()), signal)
    const due = running.filter(each => each.isNearlyDue(clock.now()))
    lookedAt = clock.now()
    const asked = Promise.all(
      due.map(async watch => ({
        watch,
        look: await watch.look(world.port, () => clock.now(), early !== undefined)
      }))
    )
    const looks = await answeredUntil(asked, early?.until ?? world.deadline, signal, clock)
    if (!looks) dropped.push(asked)
    const told: DeploymentEvent[] = []
    for (const { watch, look } of looks ?? []) {
      const events = watch.take(look, clock.now(), world.random(), early && clock.now() - early.since)
      const wasAsked =
        world.stopAsked?.(watch.subject.deploymentId) || early?.stops.get(watch)?.kind === 'asked'
      if (watch.outcome && early && wasAsked) watch.outcome = afterStop(watch.outcome, early, watch.subject)
      told.push(...events.map(event => ({ subject: watch.subject, event })))
    }
    // What was seen of several at once happened at different times.
    if (told.length > 0) yield told.sort((a, b) => a.event.at - b.event.at)
  }
  // What nobody waited for any longer must not keep the process alive after it has said how it ended.
  if (dropped.length > 0 && !cancelled.aborted)
    await answeredUntil(Promise.allSettled(dropped), clock.now() + longestRequestMs, cancelled, clock)
  return new Map(watches.map(each => [each.subject.deploymentId, endOf(each, early, world)]))
}

/** A cancel ends the watch at any time, also one that is stopping already for another reason. */
function whyLeave(
  early: EarlyEnd | undefined,
  watches: readonly WatchedDeployment[],
  world: WatchOptions
): LeavingCause | undefined {
  if (world.cancelled.aborted && early?.reason !== 'interrupted') return { reason: 'interrupted' }
  if (early) return undefined
  if (world.clock.now() >= world.deadline) return { reason: 'timed-out' }
  const by = watches.some(each => !isEnded(each)) ? (world.blockedBy ?? firstFailure(watches)) : undefined
  return by === undefined ? undefined : { reason: 'blocked', by }
}

/** CodeDeploy has ended it, though its rollback or the alias may still be waited for. */
const isEnded = ({ outcome, seen }: WatchedDeployment): boolean =>
  outcome !== undefined || (seen !== undefined && isOver(seen.deployment.status))

/** As soon as one is seen to have failed; how its rollback ends makes no difference to the others. */
function firstFailure(watches: readonly WatchedDeployment[]): string | undefined {
  for (const { outcome, seen, subject } of watches) {
    const name = qualifiedName(subject)
    if (outcome && 'cause' in outcome) return `${name} ended ${outcome.kind}`
    const status = seen?.deployment.status
    if (status !== undefined && isOver(status) && status !== 'Succeeded') return `${name} ended ${status}`
  }
  return undefined
}

/** Whatever the user chose for a cancel: a release is not left half done because one of its functions failed. */
const policyOf = (
  { reason }: LeavingCause,
  { subject }: WatchedDeployment,
  { leaving, blockedBy }: WatchOptions
): LeavingPolicy =>
  reason === 'blocked' || blockedBy !== undefined ? 'rollback' : leaving(subject.deploymentId)

/**
 * What was asked for, or undefined when it has no answer by `limit` (epoch ms) or once `cancelled` aborts: stopping must not wait for
 * it. The race is of this one alone: one with a promise as old as the watch would keep every look in memory.
 */
async function answeredUntil<Answer>(
  asked: Promise<Answer>,
  limit: number,
  cancelled: AbortSignal | undefined,
  clock: WatchOptions['clock']
): Promise<Answer | undefined> {
  if (cancelled?.aborted) return undefined
  const over = new AbortController()
  const end = () => over.abort()
  cancelled?.addEventListener('abort', end, { once: true })
  const limited = clock.sleep(Math.max(0, limit - clock.now()), over.signal).then(() => undefined)
  try {
    return await Promise.race([asked, limited])
  } finally {
    cancelled?.removeEventListener('abort', end)
    end()
  }
}

/** Tells first: what is told is also what is saved, should the process be killed in the middle. */
async function* stopAll(
  running: readonly WatchedDeployment[],
  early: EarlyEnd,
  world: WatchOptions
): AsyncGenerator<readonly DeploymentEvent[], void> {
  const { clock } = world
  const { reason, by } = early
  const rollBack = (each: WatchedDeployment) => policyOf(early, each, world) === 'rollback'
  const left = running.filter(each => !isEnded(each) && early.stops.get(each)?.kind !== 'asked')
  if (left.length > 0)
    yield left.map(each => ({
      subject: each.subject,
      event: {
        kind: 'stop-asked',
        at: clock.now(),
        reason,
        ...(by && { by }),
        rollBack: rollBack(each)
      } as Event
    }))
  for (const each of left) each.hush(clock.now())
  await Promise.all(
    left.map(async each => {
      early.stops.set(each, await world.stop(each.subject.deploymentId, rollBack(each)))
    })
  )
  const failed: DeploymentEvent[] = []
  for (const each of left) {
    each.lookAt = clock.now()
    const stopping = early.stops.get(each)
    if (stopping?.kind === 'failed')
      failed.push({
        subject: each.subject,
        event: { kind: 'stop-failed', at: clock.now(), reason: stopping.reason }
      })
  }
  if (failed.length > 0) yield failed
}

/** Ends the watches that are left, with what the alias serves at this moment. */
async function leaveAll(
  running: readonly WatchedDeployment[],
  early: EarlyEnd,
  world: WatchOptions
): Promise<void> {
  const lookAt = async (watch: WatchedDeployment, over: Promise<undefined>) => {
    const { functionName, alias } = watch.subject
    const reading = await Promise.race([world.port.traffic(functionName, alias), over])
    const serving = reading?.kind === 'value' ? reading.value : undefined
    watch.outcome = leave(watch, serving, early, early.stops.get(watch))
    watch.left = true
  }
  await withTimeLimit(early.reason === 'interrupted', world.clock, over =>
    Promise.all(running.map(each => lookAt(each, over)))
  )
}

function endOf(watch: WatchedDeployment, early: EarlyEnd | undefined, world: WatchOptions): WatchResult {
  const { subject, outcome, seen, left } = watch
  if (!outcome) throw new Error(`the watch of ${subject.deploymentId} ended without an outcome`)
  return {
    outcome,
    ...(seen && { last: seen }),
    unfinished:
      left && early !== undefined && early.stops.size > 0 && policyOf(early, watch, world) !== 'continue'
  }
}
