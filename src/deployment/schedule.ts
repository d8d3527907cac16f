/** One step of a shift: the target's share, and when it is due, counted from the first step. */
export interface Step {
  afterMs: number
  /** 0 to 1. */
  share: number
}

/** At least one step; the first is due immediately, and the last reaches 1. */
export type Schedule = readonly [Step, ...Step[]]

/** From the first step to the last, in ms. */
export const durationMs = (schedule: Schedule): number => schedule[schedule.length - 1]?.afterMs ?? 0

/** Whether no two versions ever share the traffic. A schedule that is not known may be gradual. */
export const isAtOnce = (schedule: Schedule | undefined): boolean =>
  schedule !== undefined && durationMs(schedule) === 0

/** The first step that goes beyond `share`, or undefined when there is none. */
export const stepAfter = (schedule: Schedule, share: number): Step | undefined =>
  schedule.find(step => step.share > share + 1e-9)

export interface Forecast {
  /** The next step and when it is due, epoch ms. */
  next: { share: number; at: number }
  /** When all traffic should have moved, epoch ms, not counting hooks. */
  doneAt: number
}

/** What is still to come when `share` has moved and the first step was at `startedAt` (epoch ms). */
export function forecast(schedule: Schedule, share: number, startedAt: number): Forecast | undefined {
  const next = stepAfter(schedule, share)
  if (!next) return undefined
  return {
    next: { share: next.share, at: startedAt + next.afterMs },
    doneAt: startedAt + durationMs(schedule)
  }
}
