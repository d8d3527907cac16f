import { describe, expect, test } from '@jest/globals'
import { type Figures, merged, noFigures, rateOf, sumsOf } from '../../src/deployment/figures.ts'
import { minute } from './observations.ts'

const of = (at: number, invocations: number, errors = 0, p95?: number) => ({
  at: at * minute,
  invocations,
  errors,
  ...(p95 !== undefined && { p95 })
})

describe('the sums of minutes', () => {
  test('count invocations and errors, and weigh the durations by invocations', () => {
    expect(sumsOf([of(0, 10, 1, 100), of(1, 30, 2, 200)])).toEqual({ invocations: 40, errors: 3, p95: 175 })
  })

  test('count only minutes that are wholly between the two moments', () => {
    const minutes = [of(0, 1), of(1, 2), of(2, 4), of(3, 8)]
    expect(sumsOf(minutes, minute, 3 * minute)).toEqual({ invocations: 6, errors: 0 })
    expect(sumsOf(minutes, minute, 3 * minute - 1)).toEqual({ invocations: 2, errors: 0 })
  })

  test('are not zero but unknown when there is no point', () => {
    expect(sumsOf([])).toBeUndefined()
    expect(sumsOf([of(0, 5)], minute)).toBeUndefined()
  })

  test('have no duration when no minute has one', () => {
    expect(sumsOf([of(0, 5, 1)])).toEqual({ invocations: 5, errors: 1 })
  })
})

test('the rate of no invocations is zero', () => {
  expect(rateOf({ invocations: 0, errors: 0 })).toBe(0)
  expect(rateOf({ invocations: 80, errors: 12 })).toBe(0.15)
})

test('a later answer corrects the minutes that it has, and keeps the others', () => {
  const known: Figures = { target: [of(0, 10), of(1, 4)], current: [of(0, 90)], whole: [], reached: minute }
  const news: Figures = {
    target: [of(1, 20, 3)],
    current: [of(1, 80)],
    whole: [of(1, 100)],
    reached: 2 * minute
  }
  expect(merged(known, news)).toEqual({
    target: [of(0, 10), of(1, 20, 3)],
    current: [of(0, 90), of(1, 80)],
    whole: [of(1, 100)],
    reached: 2 * minute
  })
  expect(merged(known, noFigures)).toEqual(known)
})
