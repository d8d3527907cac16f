import type { Event } from '../deployment/event.ts'
import type { LeavingCause, LeavingPolicy, LeavingReason, StopResult } from '../deployment/leaving.ts'
import { isOver, type Observation, type Subject } from '../deployment/observation.ts'
import type { Outcome } from '../deployment/outcome.ts'
import type { WatchPort } from '../deployment/reading.ts'
import type { Look } from './look.ts'
import { afterStop, leave } from './stopped.ts'
import { withTimeLimit } from './timelimit.ts'
import { Watched } from './watched.ts'

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
  /** What to do with what is still running then, or when the job is cancelled. */
  leaving: LeavingPolicy
  /** How long to go on looking after that, ms. */
  graceMs: Record<LeavingReason, number>
  /** Whether this step has asked CodeDeploy to stop a deployment before the watch began. Default: none of them. */
  stopAsked?(deploymentId: string): boolean
  /** That was told as well, by main before post took over; it may have been done since, and is not told twice. Default: false. */
  stopTold?: boolean
  /** Something else of the same release did not make it before the watch began; see `Why`. */
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

/** The end of the watch has begun: why, until when, and how stopping each deployment went. */
interface Leave extends LeavingCause {
  /** Epoch ms. */
  since: number
  until: number
  stopping: Map<Watched, StopResult>
}

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
  const watches = subjects.map(subject => new Watched(subject, clock.now()))
  const whenCancelled = aborted(cancelled)
  let farewell: Leave | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  for (;;) {
    const running = watches.filter(each => !each.outcome)
    if (running.length === 0) break

    const why = whyLeave(farewell, watches, world)
    if (why) {
      const since = clock.now()
      farewell = {
        ...why,
        since,
        until: since + world.graceMs[why.reason],
        stopping: farewell?.stopping ?? new Map()
      }
      if (policyOf(farewell, world) === 'continue') await leaveAll(running, farewell, world)
      else yield* stopAll(running, farewell, world)
      continue
    }
    if (farewell && clock.now() >= farewell.until) {
      await leaveAll(running, farewell, world)
      continue
    }

    // Once the job is cancelled the signal has done its work: sleeping on it would not be sleeping.
    const signal = farewell?.reason === 'interrupted' ? undefined : cancelled
    const lookAt = Math.min(...running.map(each => each.lookAt), farewell?.until ?? world.deadline)
    const restedAt = running.length > 1 && !farewell ? lookedAt + restMs : 0
    await clock.sleep(Math.max(0, lookAt - clock.now(), restedAt - clock.now()), signal)
    const due = running.filter(each => each.isNearlyDue(clock.now()))
    lookedAt = clock.now()
    // The process has seconds left: no look may outlast them.
    const seen = new AbortController()
    const until = signal
      ? whenCancelled
      : clock.sleep(Math.max(0, (farewell?.until ?? 0) - clock.now()), seen.signal).then((): never[] => [])
    const looks = await looksUnless(until, due, world, farewell !== undefined).finally(() => seen.abort())
    const told: DeploymentEvent[] = []
    for (const { watch, look } of looks) {
      const events = watch.take(look, clock.now(), world.random(), farewell && clock.now() - farewell.since)
      const wasAsked =
        world.stopAsked?.(watch.subject.deploymentId) || farewell?.stopping.get(watch)?.kind === 'asked'
      if (watch.outcome && farewell && wasAsked)
        watch.outcome = afterStop(watch.outcome, farewell, watch.subject)
      told.push(...events.map(event => ({ subject: watch.subject, event })))
    }
    // What was seen of several at once happened at different times.
    if (told.length > 0) yield told.sort((a, b) => a.event.at - b.event.at)
  }
  return new Map(watches.map(each => [each.subject.deploymentId, endOf(each, farewell)]))
}

/** A cancel ends the watch at any time, also one that is stopping already for another reason. */
function whyLeave(
  farewell: Leave | undefined,
  watches: readonly Watched[],
  world: WatchOptions
): LeavingCause | undefined {
  if (world.cancelled.aborted && farewell?.reason !== 'interrupted') return { reason: 'interrupted' }
  if (farewell) return undefined
  if (world.clock.now() >= world.deadline) return { reason: 'timed-out' }
  const by = watches.some(each => !isEnded(each)) ? (world.blockedBy ?? firstFailure(watches)) : undefined
  return by === undefined ? undefined : { reason: 'blocked', by }
}

/** CodeDeploy has ended it, though its rollback or the alias may still be waited for. */
const isEnded = ({ outcome, seen }: Watched): boolean =>
  outcome !== undefined || (seen !== undefined && isOver(seen.deployment.status))

/** As soon as one is seen to have failed; how its rollback ends makes no difference to the others. */
function firstFailure(watches: readonly Watched[]): string | undefined {
  for (const { outcome, seen, subject } of watches) {
    const name = `${subject.functionName}:${subject.alias}`
    if (outcome && 'cause' in outcome) return `${name} ended ${outcome.kind}`
    const status = seen?.deployment.status
    if (status !== undefined && isOver(status) && status !== 'Succeeded') return `${name} ended ${status}`
  }
  return undefined
}

/** Whatever the user chose for a cancel: a release is not left half done because one of its functions failed. */
const policyOf = ({ reason }: LeavingCause, { leaving, blockedBy }: WatchOptions): LeavingPolicy =>
  reason === 'blocked' || blockedBy !== undefined ? 'rollback' : leaving

/** Looks that are under way when the job is cancelled are dropped: stopping must not wait for them. */
async function looksUnless(
  until: Promise<never[]> | undefined,
  due: readonly Watched[],
  { port, clock }: WatchOptions,
  isHurried: boolean
): Promise<{ watch: Watched; look: Look }[]> {
  const looks = Promise.all(
    due.map(async watch => ({ watch, look: await watch.look(port, () => clock.now(), isHurried) }))
  )
  return await Promise.race([looks, ...(until === undefined ? [] : [until])])
}

const aborted = (signal: AbortSignal): Promise<never[]> =>
  new Promise(resolve => {
    if (signal.aborted) resolve([])
    else signal.addEventListener('abort', () => resolve([]), { once: true })
  })

/** Tells first: what is told is also what is saved, should the process be killed in the middle. */
async function* stopAll(
  running: readonly Watched[],
  farewell: Leave,
  world: WatchOptions
): AsyncGenerator<readonly DeploymentEvent[], void> {
  const { clock } = world
  const rollBack = policyOf(farewell, world) === 'rollback'
  const { reason, by } = farewell
  const left = running.filter(each => !isEnded(each) && farewell.stopping.get(each)?.kind !== 'asked')
  if (left.length > 0 && !world.stopTold)
    yield left.map(({ subject }) => ({
      subject,
      event: { kind: 'stop-asked', at: clock.now(), reason, ...(by && { by }), rollBack } as Event
    }))
  for (const each of left) each.hush(clock.now())
  await Promise.all(
    left.map(async each => {
      farewell.stopping.set(each, await world.stop(each.subject.deploymentId, rollBack))
    })
  )
  const failed: DeploymentEvent[] = []
  for (const each of left) {
    each.lookAt = clock.now()
    const stopping = farewell.stopping.get(each)
    if (stopping?.kind === 'failed')
      failed.push({
        subject: each.subject,
        event: { kind: 'stop-failed', at: clock.now(), reason: stopping.reason }
      })
  }
  if (failed.length > 0) yield failed
}

/** Ends the watches that are left, with what the alias serves at this moment. */
async function leaveAll(running: readonly Watched[], farewell: Leave, world: WatchOptions): Promise<void> {
  const lookAt = async (watch: Watched, over: Promise<undefined>) => {
    const { functionName, alias } = watch.subject
    const reading = await Promise.race([world.port.traffic(functionName, alias), over])
    const serving = reading?.kind === 'value' ? reading.value : undefined
    watch.outcome = leave(watch, serving, farewell, farewell.stopping.get(watch))
    watch.left = true
  }
  await withTimeLimit(farewell.reason === 'interrupted', world.clock, over =>
    Promise.all(running.map(each => lookAt(each, over)))
  )
}

function endOf({ subject, outcome, seen, left }: Watched, farewell: Leave | undefined): WatchResult {
  if (!outcome) throw new Error(`the watch of ${subject.deploymentId} ended without an outcome`)
  return {
    outcome,
    ...(seen && { last: seen }),
    unfinished: left && farewell !== undefined && farewell.stopping.size > 0
  }
}
