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
  /** Whether `leaving` still decides about a deployment after another function of the release failed. Default: for none. */
  isSpared?(deploymentId: string): boolean
  /** How long to keep looking after that, ms. */
  graceMs: Record<LeavingReason, number>
  /** Whether this step asked CodeDeploy to stop a deployment before the watch began. Default: none of them. */
  stopAsked?(deploymentId: string): boolean
  /** Which other function of the release failed before the watch began, and how; see `LeavingCause`. */
  blockedBy?: string
  /** Asks CodeDeploy to stop a deployment, with or without shifting back. May repeat the request. */
  stop(deploymentId: string, rollBack: boolean): Promise<StopResult>
}

export interface DeploymentEvent {
  subject: Subject
  event: Event
}

export interface WatchResult {
  outcome: Outcome
  /** The latest observation, if there is one. */
  last?: Observation
  /** CodeDeploy was asked to stop it, and its end was not seen. */
  unfinished: boolean
}

/** The watch has to end before its deployments do: why, since when, until when, and the results of stopping them. Epoch ms. */
interface EarlyEnd extends LeavingCause {
  since: number
  until: number
  stops: Map<WatchedDeployment, StopResult>
}

/** `aws/` gives up on each request after this long, ms. */
const longestRequestMs = 25_000

/** One request can look at several deployments, so their looks are gathered for this long, ms. */
const restMs = 1_000

/**
 * The only loop: looks at every deployment that is still running, reports each change once, and returns how each ended, by deployment
 * id. It always ends: when AWS reports the end, at the deadline, at a cancel, or after too long without a successful read.
 */
export async function* watch(
  subjects: readonly Subject[],
  world: WatchOptions
): AsyncGenerator<readonly DeploymentEvent[], Map<string, WatchResult>> {
  const { clock, cancelled } = world
  const watches = subjects.map(subject => new WatchedDeployment(subject, clock.now()))
  let earlyEnd: EarlyEnd | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  const dropped: Promise<unknown>[] = []
  for (;;) {
    const running = watches.filter(each => !each.outcome)
    if (running.length === 0) break

    const why = whyLeave(earlyEnd, watches, world)
    if (why) {
      const since = clock.now()
      earlyEnd = {
        ...why,
        since,
        until: since + world.graceMs[why.reason],
        stops: earlyEnd?.stops ?? new Map()
      }
      const ending = earlyEnd
      // One that has ended may be the reason why the others are stopped. It is watched on, to see its rollback.
      const goesOn = (each: WatchedDeployment) =>
        policyOf(ending, each, world) === 'continue' && !(why.reason === 'blocked' && isEnded(each))
      await leaveAll(running.filter(goesOn), earlyEnd, world)
      yield* stopAll(
        running.filter(each => !goesOn(each)),
        earlyEnd,
        world
      )
      continue
    }
    if (earlyEnd && clock.now() >= earlyEnd.until) {
      await leaveAll(running, earlyEnd, world)
      continue
    }

    // After a cancel, the signal has already aborted: a sleep with it would return at once.
    const signal = earlyEnd?.reason === 'interrupted' ? undefined : cancelled
    const lookAt = Math.min(...running.map(each => each.lookAt), earlyEnd?.until ?? world.deadline)
    const restedAt = running.length > 1 && !earlyEnd ? lookedAt + restMs : 0
    await clock.sleep(Math.max(0, lookAt - clock.now(), restedAt - clock.now()), signal)
    const due = running.filter(each => each.isNearlyDue(clock.now()))
    lookedAt = clock.now()
    const pendingLooks = Promise.all(
      due.map(async watch => ({
        watch,
        look: await watch.look(world.port, () => clock.now(), earlyEnd !== undefined)
      }))
    )
    const looks = await answeredUntil(pendingLooks, earlyEnd?.until ?? world.deadline, signal, clock)
    if (!looks) dropped.push(pendingLooks)
    const seen: DeploymentEvent[] = []
    for (const { watch, look } of looks ?? []) {
      const events = watch.take(look, clock.now(), world.random(), earlyEnd && clock.now() - earlyEnd.since)
      const wasAsked =
        world.stopAsked?.(watch.subject.deploymentId) || earlyEnd?.stops.get(watch)?.kind === 'asked'
      if (watch.outcome && earlyEnd && wasAsked)
        watch.outcome = afterStop(watch.outcome, earlyEnd, watch.subject)
      seen.push(...events.map(event => ({ subject: watch.subject, event })))
    }
    // What was seen of several deployments in one look happened at different times.
    if (seen.length > 0) yield seen.sort((a, b) => a.event.at - b.event.at)
  }
  // Requests that the watch no longer waited for must not keep the process alive after it has reported the result.
  if (dropped.length > 0 && !cancelled.aborted)
    await answeredUntil(Promise.allSettled(dropped), clock.now() + longestRequestMs, cancelled, clock)
  return new Map(watches.map(each => [each.subject.deploymentId, endOf(each, earlyEnd, world)]))
}

/** A cancel ends the watch at any time, even if the watch is already ending for another reason. */
function whyLeave(
  earlyEnd: EarlyEnd | undefined,
  watches: readonly WatchedDeployment[],
  world: WatchOptions
): LeavingCause | undefined {
  if (world.cancelled.aborted && earlyEnd?.reason !== 'interrupted') return { reason: 'interrupted' }
  if (earlyEnd) return undefined
  if (world.clock.now() >= world.deadline) return { reason: 'timed-out' }
  const by = watches.some(each => !isEnded(each)) ? (world.blockedBy ?? firstFailure(watches)) : undefined
  return by === undefined ? undefined : { reason: 'blocked', by }
}

/** CodeDeploy has ended the deployment, though the watch may still wait for its rollback or for the alias. */
const isEnded = ({ outcome, seen }: WatchedDeployment): boolean =>
  outcome !== undefined || (seen !== undefined && isOver(seen.deployment.status))

/** The first deployment that is seen to have failed. How its rollback ends makes no difference to the others. */
function firstFailure(watches: readonly WatchedDeployment[]): string | undefined {
  for (const { outcome, seen, subject } of watches) {
    const name = qualifiedName(subject)
    if (outcome && 'cause' in outcome) return `${name} ended ${outcome.kind}`
    const status = seen?.deployment.status
    if (status !== undefined && isOver(status) && status !== 'Succeeded') return `${name} ended ${status}`
  }
  return undefined
}

/** When one function failed, the others are rolled back whatever the user chose for a cancel: a release is never left half done. */
const policyOf = (
  { reason }: LeavingCause,
  { subject }: WatchedDeployment,
  { leaving, blockedBy, isSpared }: WatchOptions
): LeavingPolicy => {
  const isBlocked = reason === 'blocked' || blockedBy !== undefined
  const id = subject.deploymentId
  return isBlocked && !isSpared?.(id) ? 'rollback' : leaving(id)
}

/**
 * The answer, or undefined if there is none by `limit` (epoch ms) or when `cancelled` aborts: stopping must not wait for it. Each race
 * has its own promises: racing against one that lives as long as the watch would keep every look in memory.
 */
async function answeredUntil<Answer>(
  answer: Promise<Answer>,
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
    return await Promise.race([answer, limited])
  } finally {
    cancelled?.removeEventListener('abort', end)
    end()
  }
}

/** Reports the stop before asking for it: reporting also saves it, in case the process is killed in between. */
async function* stopAll(
  running: readonly WatchedDeployment[],
  earlyEnd: EarlyEnd,
  world: WatchOptions
): AsyncGenerator<readonly DeploymentEvent[], void> {
  const { clock } = world
  const { reason, by } = earlyEnd
  const rollBack = (each: WatchedDeployment) => policyOf(earlyEnd, each, world) === 'rollback'
  const left = running.filter(each => !isEnded(each) && earlyEnd.stops.get(each)?.kind !== 'asked')
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
  for (const each of left) each.postponeHeartbeat(clock.now())
  await Promise.all(
    left.map(async each => {
      earlyEnd.stops.set(each, await world.stop(each.subject.deploymentId, rollBack(each)))
    })
  )
  const failed: DeploymentEvent[] = []
  for (const each of left) {
    each.lookAt = clock.now()
    const stopping = earlyEnd.stops.get(each)
    if (stopping?.kind === 'failed')
      failed.push({
        subject: each.subject,
        event: { kind: 'stop-failed', at: clock.now(), reason: stopping.reason }
      })
  }
  if (failed.length > 0) yield failed
}

/** Ends the given watches, with what each alias serves at this moment. */
async function leaveAll(
  running: readonly WatchedDeployment[],
  earlyEnd: EarlyEnd,
  world: WatchOptions
): Promise<void> {
  const lookAt = async (watch: WatchedDeployment, over: Promise<undefined>) => {
    const { functionName, alias } = watch.subject
    const reading = await Promise.race([world.port.traffic(functionName, alias), over])
    const serving = reading?.kind === 'value' ? reading.value : undefined
    watch.outcome = leave(watch, serving, earlyEnd, earlyEnd.stops.get(watch))
    watch.left = true
  }
  await withTimeLimit(earlyEnd.reason === 'interrupted', world.clock, over =>
    Promise.all(running.map(each => lookAt(each, over)))
  )
}

function endOf(watch: WatchedDeployment, earlyEnd: EarlyEnd | undefined, world: WatchOptions): WatchResult {
  const { subject, outcome, seen, left } = watch
  if (!outcome) throw new Error(`the watch of ${subject.deploymentId} ended without an outcome`)
  return {
    outcome,
    ...(seen && { last: seen }),
    unfinished:
      left &&
      earlyEnd !== undefined &&
      earlyEnd.stops.size > 0 &&
      policyOf(earlyEnd, watch, world) !== 'continue'
  }
}
