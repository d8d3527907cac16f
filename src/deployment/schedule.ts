/** How traffic moves to the target: the share it has reached, and when, counted from the first shift. */
export interface Step {
  afterMs: number
  /** 0 to 1. */
  share: number
}

/** At least one step; the first is due at once, the last reaches 1. */
export type Schedule = readonly [Step, ...Step[]]

/** From the first shift to the last, in ms. */
export const durationMs = (schedule: Schedule): number => schedule[schedule.length - 1]?.afterMs ?? 0

/** The first step that goes beyond `share`, or undefined when that is all. */
export const stepAfter = (schedule: Schedule, share: number): Step | undefined =>
  schedule.find(step => step.share > share + 1e-9)

export interface Forecast {
  /** The next step and when it is due, epoch ms. */
  next: { share: number; at: number }
  /** When all traffic should have moved, epoch ms; hooks come on top. */
  doneAt: number
}

/** What is still to come once `share` has moved and the first shift was at `startedAt` (epoch ms). */
export function forecast(schedule: Schedule, share: number, startedAt: number): Forecast | undefined {
  const next = stepAfter(schedule, share)
  if (!next) return undefined
  return {
    next: { share: next.share, at: startedAt + next.afterMs },
    doneAt: startedAt + durationMs(schedule)
  }
}
