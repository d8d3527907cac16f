import { changes, shiftStartedAt } from './changes.ts'
import type { Event } from './event.ts'
import { type Barred, look } from './look.ts'
import { isOver, type Observation, type Subject, shareOf } from './observation.ts'
import type { Cause, Outcome } from './outcome.ts'
import { pause } from './pace.ts'
import { type Phase, phaseOf } from './phase.ts'
import { forecast } from './schedule.ts'
import { settle } from './settle.ts'
import type { Sights } from './sight.ts'

/** The world as the watch sees it. */
export interface Watching {
  sights: Sights
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
  /** 0 to 1. */
  random(): number
  /** Aborts when the job is cancelled. */
  cancelled: AbortSignal
  /** When to stop waiting, epoch ms. */
  deadline: number
}

export interface Told {
  subject: Subject
  event: Event
}

export interface Ended {
  outcome: Outcome
  /** The last that was seen, if anything was. */
  last?: Observation
}

/** After this long without news a sign of life is told, ms. */
const silenceMs = 60_000
/** After this long without sight the wait is over, ms. */
const blindnessMs = 10 * 60_000
/** CodeDeploy may not know a deployment yet that it has just created, ms. */
const newbornMs = 30_000

interface Watch {
  subject: Subject
  barred: Barred
  seen?: Observation
  phase?: Phase
  phaseSince: number
  blindSince?: number
  blind: number
  toldAt: number
  lookAt: number
  outcome?: Outcome
}

/**
 * The only loop: looks at every deployment that is still running, tells each change once, and returns how each ended,
 * by deployment id. It always ends: by what AWS says, at the deadline, when cancelled, or after too long without sight.
 */
export async function* watch(
  subjects: readonly Subject[],
  world: Watching
): AsyncGenerator<Told, Map<string, Ended>> {
  const { clock, cancelled, deadline } = world
  const begun = clock.now()
  const watches = subjects.map((subject): Watch => {
    const lookAt = begun + pause(undefined, subject, { now: begun, phaseSince: begun, blind: 0, random: 0 })
    return { subject, barred: {}, phaseSince: begun, blind: 0, toldAt: begun, lookAt }
  })
  let running = watches
  while (running.length > 0) {
    const lookAt = Math.min(...running.map(each => each.lookAt))
    await clock.sleep(Math.max(0, Math.min(lookAt, deadline) - clock.now()), cancelled)
    if (cancelled.aborted) {
      await leave(running, world, 'interrupted')
    } else {
      const due = running.filter(each => each.lookAt <= clock.now())
      for (const told of (await Promise.all(due.map(each => advance(each, world, begun)))).flat()) yield told
      running = running.filter(each => !each.outcome)
      if (clock.now() >= deadline) await leave(running, world, 'timed-out')
    }
    running = running.filter(each => !each.outcome)
  }
  return new Map(watches.map(each => [each.subject.deploymentId, endOf(each)]))
}

/** Looks once, moves the watch on, and returns what to tell. */
async function advance(watch: Watch, world: Watching, begun: number): Promise<Told[]> {
  const { subject } = watch
  const { sight, barred } = await look(
    watch.seen,
    subject,
    world.sights,
    () => world.clock.now(),
    watch.barred
  )
  const now = world.clock.now()
  const events: Event[] = barred.map(({ part, reason }) => ({ kind: 'part-barred', at: now, part, reason }))

  if (sight.kind === 'seen') {
    events.push(...regained(watch, now), ...changes(watch.seen, sight.value, subject))
    take(watch, sight.value, now)
    const outcome = settle(sight.value, subject)
    if (outcome) watch.outcome = outcome
  } else if (sight.kind === 'barred' && !isNewborn(watch, sight.cause, now - begun)) {
    watch.outcome = { kind: 'lost', cause: goesOn(sight.cause, subject) }
  } else {
    watch.blind += 1
    if (sight.kind === 'blind') {
      if (watch.blindSince === undefined) events.push({ kind: 'sight-lost', at: now, reason: sight.reason })
      watch.blindSince ??= now
      if (now - watch.blindSince >= blindnessMs)
        watch.outcome = { kind: 'lost', cause: goesOn(blindness(sight.reason), subject) }
    }
  }

  if (events.length > 0) watch.toldAt = now
  else if (now - watch.toldAt >= silenceMs && watch.seen && watch.blind === 0 && !watch.outcome) {
    events.push(heartbeat(watch.seen, subject, now))
    watch.toldAt = now
  }
  watch.lookAt =
    now +
    pause(watch.seen, subject, {
      now,
      phaseSince: watch.phaseSince,
      blind: watch.blind,
      random: world.random()
    })
  return events.map(event => ({ subject, event }))
}

function take(watch: Watch, seen: Observation, now: number): void {
  const phase = phaseOf(seen)
  if (phase !== watch.phase) {
    watch.phase = phase
    watch.phaseSince = now
  }
  watch.seen = seen
  watch.blind = 0
  delete watch.blindSince
}

function regained(watch: Watch, now: number): Event[] {
  return watch.blindSince === undefined
    ? []
    : [{ kind: 'sight-regained', at: now, afterMs: now - watch.blindSince }]
}

const isNewborn = (watch: Watch, cause: Cause, ageMs: number): boolean =>
  cause.code === 'DeploymentDoesNotExistException' && !watch.seen && ageMs < newbornMs

function heartbeat(seen: Observation, subject: Subject, at: number): Event {
  const startedAt = shiftStartedAt(seen)
  const ahead =
    subject.schedule && seen.traffic && startedAt !== undefined && phaseOf(seen) === 'shifting'
      ? forecast(subject.schedule, shareOf(seen.traffic, subject.targetVersion), startedAt)
      : undefined
  const hook = seen.lifecycle.find(({ name, status }) => status === 'InProgress' && subject.hooks[name])
  return {
    kind: 'heartbeat',
    at,
    phase: phaseOf(seen),
    ...(hook && {
      hook: {
        hook: hook.name,
        functionName: subject.hooks[hook.name] ?? '',
        forMs: at - (hook.startedAt ?? at)
      }
    }),
    ...(seen.traffic && { traffic: seen.traffic }),
    ...(ahead && { forecast: ahead })
  }
}

const blindness = (reason: string): Cause => ({
  code: 'SIGHT_LOST',
  what: `Nothing could be seen of the deployment for ${blindnessMs / 60_000} minutes. The last fault: ${reason}`,
  next: 'Mend the connection to AWS.'
})

/** Losing sight ends our wait, not the deployment. */
const goesOn = (cause: Cause, { deploymentId }: Subject): Cause => ({
  ...cause,
  next: `${cause.next} Deployment ${deploymentId} goes on in AWS without being watched; to watch it again, run the step with deployment-id: ${deploymentId}`
})

/** Ends the watches that are left, with what the alias serves at this moment. */
async function leave(
  left: readonly Watch[],
  world: Watching,
  kind: 'interrupted' | 'timed-out'
): Promise<void> {
  await Promise.all(
    left.map(async watch => {
      const sight = await world.sights.traffic(watch.subject.functionName, watch.subject.alias)
      watch.outcome = {
        kind,
        ...(sight.kind === 'seen' && { serving: sight.value }),
        cause: leaving(kind, watch)
      }
    })
  )
}

function leaving(kind: 'interrupted' | 'timed-out', watch: Watch): Cause {
  const { subject, seen } = watch
  const code = kind === 'interrupted' ? 'JOB_CANCELLED' : 'WAIT_TIME_OVER'
  const reason = kind === 'interrupted' ? 'The job was cancelled' : 'The wait time is over'
  if (seen && isOver(seen.deployment.status))
    return {
      code,
      what: `${reason} when the deployment had ended ${seen.deployment.status}, before ${seen.deployment.status === 'Succeeded' ? 'the alias was seen on the target' : 'its rollback was seen to end'}.`,
      next: `To see how it ended, run the step with deployment-id: ${subject.deploymentId}`
    }
  return {
    code,
    what: `${reason} while deployment ${subject.deploymentId} is still running: it goes on in AWS and may move traffic yet.`,
    next: `To watch it again, run the step with deployment-id: ${subject.deploymentId}. To stop it and shift back: aws deploy stop-deployment --deployment-id ${subject.deploymentId} --auto-rollback-enabled`
  }
}

const endOf = ({ subject, outcome, seen }: Watch): Ended => ({
  outcome: outcome ?? { kind: 'lost', cause: goesOn(blindness('the watch ended early'), subject) },
  ...(seen && { last: seen })
})
