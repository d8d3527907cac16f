import { type Figures, minuteMs, minuteOf, rateOf, type Sums, sumsOf } from './figures.ts'
import { durationMs, type Schedule } from './schedule.ts'

export const noTrafficPolicies = ['warn', 'fail', 'ignore'] as const

/** What to do when nobody invoked the new version during the shift. */
export type NoTrafficPolicy = (typeof noTrafficPolicies)[number]

/** By what the new version is judged while traffic shifts. */
export interface Gate {
  /** Percent of its invocations that may fail; relative: points above the version before. Undefined: any. */
  maxErrorRate?: { percent: number; isRelative: boolean }
  /** From how many invocations on. */
  minInvocations: number
  ifNoTraffic: NoTrafficPolicy
}

export const openGate: Gate = { minInvocations: 20, ifNoTraffic: 'warn' }

/** Whether it can stop a deployment, so that it must be able to see. */
export const canStop = ({ maxErrorRate, ifNoTraffic }: Gate): boolean =>
  maxErrorRate !== undefined || ifNoTraffic === 'fail'

/** When both versions share the traffic, epoch ms. */
export interface Shift {
  from: number
  /** When it may have begun, if that was long before it was seen. What the new version failed since then counts; nobody is missed yet. */
  since?: number
  /** When all traffic moves, or moved back; infinite when that is not known. */
  to: number
  schedule?: Schedule
}

/** Why the new version is taken back. `until` (epoch ms) is the end of the minutes that were judged. */
export type Verdict = { at: number; until: number } & (
  | {
      kind: 'canary-errors'
      target: Sums
      /** Of the version before, in the same minutes. */
      current?: Sums
      /** In percent. */
      allowed: number
    }
  | NoTraffic
)

/** The new version was not invoked. */
export interface NoTraffic {
  kind: 'no-traffic'
  /** Invocations of the version before. */
  calls: number
  /** Invocations of the function past the alias: of `$LATEST`, or through another alias. */
  past: number
  /** How probable it is that so many calls all went to the version before, 0 to 1. */
  chance?: number
}

/** Nothing is concluded from the last two minutes, ms. */
const restMs = 2 * minuteMs
/** Points were seen to come minutes late. After this long, what is not there is not late any more, ms. */
const latestMs = 12 * minuteMs
/** If it is less probable than this that no call went to the new version, its figures are late, not empty. */
const leastChance = 0.001
/** How long before the last step a gate judges for the last time, ms: CodeDeploy needs a moment to stop. */
export const decisionMs = 15_000
/** In a shorter shift no minute is sure to be judged before the last step, ms. */
export const judgeableMs = minuteMs + restMs + decisionMs
/** A shorter shift is over before CloudWatch can show enough of it, ms. */
export const measurableMs = 5 * minuteMs

/** Whether some errors are sure to be judged before the last step, if CloudWatch is not later than usual. */
export const errorsAreJudged = (schedule: Schedule): boolean => durationMs(schedule) >= judgeableMs

/** Whether it is judged before the last step that nobody came: never, when it is not known when that is due. */
export const absenceIsJudged = (schedule: Schedule | undefined): boolean =>
  schedule !== undefined && durationMs(schedule) >= measurableMs

/**
 * Until when all points are there, epoch ms. CloudWatch shows a point of any function only when it has got that far; a minute more,
 * because one series may be later than another. No point of a version in a minute before that means that it was not invoked. Where it has
 * shown nothing for long, the last that it has shown is complete, and of later minutes nothing is known.
 */
export function settledUntil(figures: Figures, now: number): number {
  const { reached = 0 } = figures
  return Math.min(minuteOf(now - restMs), isSilent(figures, now) ? reached + minuteMs : reached - minuteMs)
}

/** Whether CloudWatch has shown nothing of any function for so long, since `from` at the earliest: it stands still, or nobody calls any. */
export const isSilent = (
  { reached = 0, askedAt = Number.POSITIVE_INFINITY }: Figures,
  now: number,
  from = 0
): boolean => Math.min(askedAt, now) - latestMs >= Math.max(reached + minuteMs, from)

/** Whether all minutes of the shift can be judged. */
export const isSettled = (figures: Figures, shift: Shift, now: number): boolean =>
  settledUntil(figures, now) >= minuteOf(shift.to)

/** The sums of both versions over the minutes that can be judged. */
export function judgedSums(
  figures: Figures,
  shift: Shift,
  now: number
): { until: number; target?: Sums; current?: Sums } {
  const from = minuteOf(shift.since ?? shift.from)
  const until = Math.min(settledUntil(figures, now), shift.to)
  const target = sumsOf(figures.target, from, until)
  const current = sumsOf(figures.current, from, until)
  return { until, ...(target && { target }), ...(current && { current }) }
}

/** Whether the new version fails more often than it may. Undefined: it does not, or too little is known. */
export function breach(figures: Figures, shift: Shift, gate: Gate, now: number): Verdict | undefined {
  const { maxErrorRate: limit, minInvocations } = gate
  if (!limit) return undefined
  const { until, target, current } = judgedSums(figures, shift, now)
  const isEnough = (sums: Sums | undefined) => sums !== undefined && sums.invocations >= minInvocations
  if (!target || !isEnough(target)) return undefined
  if (limit.isRelative && !isEnough(current)) return undefined
  const allowed = limit.percent + (limit.isRelative && current ? rateOf(current) * 100 : 0)
  return rateOf(target) * 100 > allowed + 1e-9
    ? { kind: 'canary-errors', at: now, until, target, ...(current && { current }), allowed }
    : undefined
}

/**
 * Whether nobody invoked the new version. `unknown`: its figures may only be late. A single invocation, however late in the shift it was,
 * proves the contrary; one of a minute in which all traffic moved may have come after that.
 */
export function absence(
  figures: Figures,
  shift: Shift,
  now: number
): (NoTraffic & { until: number }) | 'came' | 'unknown' {
  const from = minuteOf(shift.from)
  const isOfShift = (at: number) =>
    at >= from && (at + minuteMs <= shift.to || (figures.askedAt ?? now) <= shift.to)
  if (figures.target.some(({ at, invocations }) => isOfShift(at) && invocations > 0)) return 'came'
  const until = Math.min(settledUntil(figures, now), shift.to)
  const current = sumsOf(figures.current, from, until)
  if (until < from + 2 * minuteMs) return 'unknown'
  const calls = current?.invocations ?? 0
  const chance = shift.schedule && chanceOfNone(figures, shift, until)
  if (chance !== undefined && calls > 0 && chance < leastChance) return 'unknown'
  const past = Math.max(0, (sumsOf(figures.whole, from, until)?.invocations ?? 0) - calls)
  return { kind: 'no-traffic', until, calls, past, ...(chance !== undefined && calls > 0 && { chance }) }
}

/** How probable it is that of all calls until then none went to the new version. */
function chanceOfNone({ current }: Figures, { from, schedule = [] as never }: Shift, until: number): number {
  let logarithm = 0
  for (const { at, invocations } of current) {
    if (at < minuteOf(from) || at + minuteMs > until) continue
    const begun = Math.max(at, from)
    const share = schedule.findLast(step => from + step.afterMs <= begun)?.share ?? 0
    const shared = (invocations * (at + minuteMs - begun)) / minuteMs
    if (share > 0 && share < 1) logarithm += shared * Math.log(1 - share)
  }
  return Math.exp(logarithm)
}
