import { describe, expect, test } from '@jest/globals'
import {
  durationMs,
  type Forecast,
  forecast,
  type Schedule,
  stepAfter
} from '../../src/deployment/schedule.ts'
import { canary, minute } from './observations.ts'

const allAtOnce: Schedule = [{ afterMs: 0, share: 1 }]
const thirds: Schedule = [
  { afterMs: 0, share: 0.3 },
  { afterMs: 2 * minute, share: 0.6 },
  { afterMs: 4 * minute, share: 0.9 },
  { afterMs: 6 * minute, share: 1 }
]

describe('a schedule lasts from the first shift to the last', () => {
  test.each<{ name: string; schedule: Schedule; ms: number }>([
    { name: 'all at once takes no time', schedule: allAtOnce, ms: 0 },
    { name: 'a canary takes its interval', schedule: canary, ms: 5 * minute },
    { name: 'a linear shift takes one interval less than it has steps', schedule: thirds, ms: 6 * minute }
  ])('$name', ({ schedule, ms }) => {
    expect(durationMs(schedule)).toBe(ms)
  })
})

describe('the next step', () => {
  test.each<{ name: string; share: number; next: Schedule[number] | undefined }>([
    { name: 'is the first one before anything has moved', share: 0, next: { afterMs: 0, share: 0.3 } },
    {
      name: 'is the one after the share that has moved',
      share: 0.3,
      next: { afterMs: 2 * minute, share: 0.6 }
    },
    {
      name: 'is not the one that has moved except for a rounding error',
      share: 0.6 - 1e-12,
      next: { afterMs: 4 * minute, share: 0.9 }
    },
    { name: 'goes beyond a share that no step has', share: 0.5, next: { afterMs: 2 * minute, share: 0.6 } },
    { name: 'is none once all has moved', share: 1, next: undefined }
  ])('$name', ({ share, next }) => {
    expect(stepAfter(thirds, share)).toEqual(next)
  })
})

describe('a forecast', () => {
  test.each<{ name: string; share: number; startedAt: number; told: Forecast | undefined }>([
    {
      name: 'counts from the moment when the first traffic moved',
      share: 0.3,
      startedAt: 1_000,
      told: { next: { share: 0.6, at: 1_000 + 2 * minute }, doneAt: 1_000 + 6 * minute }
    },
    {
      name: 'names the last step',
      share: 0.9,
      startedAt: 0,
      told: { next: { share: 1, at: 6 * minute }, doneAt: 6 * minute }
    },
    { name: 'has nothing to say once all has moved', share: 1, startedAt: 0, told: undefined }
  ])('$name', ({ share, startedAt, told }) => {
    expect(forecast(thirds, share, startedAt)).toEqual(told)
  })
})
