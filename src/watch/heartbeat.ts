import type { Event } from '../deployment/event.ts'
import { type Figures, minuteOf, sumsOf } from '../deployment/figures.ts'
import { type Observation, type Subject, shareOf, shiftStartedAt } from '../deployment/observation.ts'
import { phaseOf, runningEvent } from '../deployment/phase.ts'
import { forecast } from '../deployment/schedule.ts'
import { nextDueAt } from './pace.ts'

const minute = 60_000

/**
 * How long the log may be silent before a heartbeat, by how long the phase has lasted, ms. A canary of minutes is watched live. The log
 * of a day's shift is read now and then, and 1,400 identical lines would bury the ones that matter.
 */
const silences: readonly [upTo: number, silence: number][] = [
  [10 * minute, minute],
  [60 * minute, 5 * minute],
  [Number.POSITIVE_INFINITY, 15 * minute]
]

export interface Beat {
  /** When something was last reported, epoch ms. */
  toldAt: number
  /** When the current phase was first seen, epoch ms. */
  phaseSince: number
  /** Epoch ms. */
  now: number
}

/**
 * When the next heartbeat is due if there is no news until then, epoch ms. None comes shortly before a step of the schedule, which will
 * be news. When a step is overdue, heartbeats come as often as at the beginning.
 */
export function nextBeatAt(seen: Observation, subject: Subject, { toldAt, phaseSince, now }: Beat): number {
  const due = phaseOf(seen) === 'shifting' ? nextDueAt(seen, subject) : undefined
  if (due !== undefined && due <= now) return Math.max(toldAt, due) + silenceAfter(now - due)
  const silence = silenceAfter(now - phaseSince)
  const at = toldAt + silence
  return due !== undefined && due - at < silence / 2 ? due + minute : at
}

/** How long to be silent once something has lasted for `ms`, in ms. */
export const silenceAfter = (ms: number): number => silences.find(([upTo]) => ms < upTo)?.[1] ?? minute

/** What the deployment is doing, since when and until when. */
export function heartbeat(seen: Observation, subject: Subject, at: number): Event {
  const startedAt = shiftStartedAt(seen)
  const ahead =
    subject.schedule && seen.traffic && startedAt !== undefined && phaseOf(seen) === 'shifting'
      ? forecast(subject.schedule, shareOf(seen.traffic, subject.targetVersion), startedAt)
      : undefined
  const phase = phaseOf(seen)
  const running = phase === 'shifting' ? undefined : runningEvent(seen)
  const hook = running && subject.hooks[running.name] ? running : undefined
  return {
    kind: 'heartbeat',
    at,
    phase,
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

/** Figures are read about once a minute, not to the second: how much earlier than the silence ends they may be told, ms. */
const slackMs = 15_000

/** What both versions did so far, when it was last told long enough ago and there is something to tell. */
export function figuresBeat(
  seen: Observation,
  subject: Subject,
  { figures, toldAt, phaseSince, now }: Beat & { figures: Figures }
): Event | undefined {
  const startedAt = shiftStartedAt(seen)
  if (phaseOf(seen) !== 'shifting' || startedAt === undefined) return undefined
  if (now - toldAt < silenceAfter(now - phaseSince) - slackMs) return undefined
  const target = sumsOf(figures.target, minuteOf(startedAt))
  const current = sumsOf(figures.current, minuteOf(startedAt))
  if (!target && !current) return undefined
  return {
    ...heartbeat(seen, subject, now),
    figures: { ...(target && { target }), ...(current && { current }) }
  } as Event
}
