import { describe, expect, test } from '@jest/globals'
import type { Figures, Minute } from '../../src/deployment/figures.ts'
import { absence, breach, type Gate, openGate, type Shift, settledUntil } from '../../src/deployment/gate.ts'
import { canary, minute, second } from './observations.ts'

/** The shift begins half a minute after zero, and lasts five minutes. */
const shift: Shift = { from: 30 * second, to: 5.5 * minute, schedule: canary }

/** Minutes from the first on, each with [invocations, errors]; undefined: no point. */
const minutes = (...points: ([number, number] | undefined)[]): Minute[] =>
  points.flatMap((point, index) =>
    point ? [{ at: index * minute, invocations: point[0], errors: point[1] }] : []
  )

const figures = (over: Partial<Figures> = {}): Figures => ({
  target: minutes([20, 4], [20, 4]),
  current: minutes([180, 1], [180, 1], [180, 1], [180, 1]),
  whole: minutes([200, 0], [200, 0], [200, 0], [200, 0]),
  reached: 3 * minute,
  ...over
})

describe('a minute is settled', () => {
  test.each([
    { name: 'two minutes after its end', now: 3 * minute, reached: 9 * minute, until: minute },
    { name: 'not a moment earlier', now: 3 * minute - 1, reached: 9 * minute, until: 0 },
    {
      name: 'when CloudWatch has got past it by a minute',
      now: 9 * minute,
      reached: 4 * minute,
      until: 3 * minute
    },
    {
      name: 'twelve minutes after its end, if CloudWatch has shown something of it',
      now: 13 * minute,
      reached: 0,
      until: minute
    },
    {
      name: 'never, if CloudWatch has shown nothing of it, nor of any later one',
      now: 60 * minute,
      reached: 9 * minute,
      until: 10 * minute
    },
    {
      name: 'but not when CloudWatch has not been asked since',
      now: 60 * minute,
      reached: 4 * minute,
      askedAt: 6 * minute,
      until: 3 * minute
    }
  ])('$name', ({ now, reached, askedAt = now, until }) => {
    expect(settledUntil({ target: [], current: [], whole: [], reached, askedAt }, now)).toBe(until)
  })
})

describe('a breach', () => {
  const five: Gate = { ...openGate, maxErrorRate: { percent: 5, isRelative: false } }
  const plusTwo: Gate = { ...openGate, maxErrorRate: { percent: 2, isRelative: true } }
  const rows: {
    name: string
    figures?: Partial<Figures>
    gate?: Gate
    now?: number
    is: object | undefined
  }[] = [
    {
      name: 'is a rate above the limit over all settled minutes of the shift',
      is: { kind: 'canary-errors', until: 2 * minute, target: { invocations: 40, errors: 8 }, allowed: 5 }
    },
    {
      name: 'is not judged before the minutes are two minutes old',
      now: 4 * minute - 1,
      gate: { ...five, minInvocations: 21 },
      is: undefined
    },
    { name: 'is not judged from too few invocations', gate: { ...five, minInvocations: 41 }, is: undefined },
    {
      name: 'is not a rate that equals the limit',
      gate: { ...five, maxErrorRate: { percent: 20, isRelative: false } },
      is: undefined
    },
    { name: 'is nothing without a limit', gate: openGate, is: undefined },
    {
      name: 'does not count minutes that CloudWatch has not got past: the invocations may be late',
      figures: { target: minutes([20, 0], [4, 4]), reached: 2 * minute },
      is: undefined
    },
    {
      name: 'does not count errors without invocations, which are not there yet',
      figures: { target: [] },
      is: undefined
    },
    {
      name: 'relative to the version before is measured in the same minutes',
      gate: plusTwo,
      figures: { current: minutes([180, 18], [180, 18], [180, 0]) },
      is: { allowed: 12, current: { invocations: 360, errors: 36 } }
    },
    {
      name: 'is none when the version before fails as often',
      gate: plusTwo,
      figures: { current: minutes([180, 36], [180, 36], [180, 0]) },
      is: undefined
    },
    {
      name: 'is none when too little of the version before is known to compare',
      gate: plusTwo,
      figures: { current: minutes([10, 0]) },
      is: undefined
    },
    {
      name: 'absolute needs nothing of the version before, however often that fails',
      figures: { current: minutes([180, 90], [180, 90]) },
      is: { allowed: 5 }
    }
  ]
  test.each(rows)('$name', ({ figures: over, gate = five, now = 4 * minute, is }) => {
    const found = breach(figures(over), shift, gate, now)
    if (is === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(is)
  })

  test('never counts minutes after all traffic has moved', () => {
    const errors = minutes([20, 0], [20, 0], [20, 0], [20, 0], [20, 0], [200, 200], [200, 200])
    expect(
      breach(figures({ target: errors, reached: 20 * minute }), shift, five, 30 * minute)
    ).toBeUndefined()
  })
})

describe('nobody came', () => {
  const seldom = { current: minutes([1, 0], [1, 0], [1, 0], [1, 0]), whole: [] }
  const rows: { name: string; figures: Partial<Figures>; now?: number; is: unknown }[] = [
    {
      name: 'to the alias, while the function was called past it',
      figures: { target: [], current: [] },
      is: { kind: 'no-traffic', until: 2 * minute, calls: 0, past: 400 }
    },
    {
      name: 'to the new version, because the alias was called seldom',
      figures: { target: [], current: minutes([2, 0], [4, 0]), whole: minutes([2, 0], [4, 0]) },
      is: { kind: 'no-traffic', until: 2 * minute, calls: 6, past: 0, chance: expect.closeTo(0.9 ** 5, 6) }
    },
    {
      name: 'is wrong after a single invocation',
      figures: { target: minutes(undefined, [1, 0]) },
      is: 'came'
    },
    {
      name: 'is wrong after an invocation that is too young to be judged',
      figures: { target: minutes(undefined, undefined, undefined, [1, 0]) },
      is: 'came'
    },
    {
      name: 'is wrong after an invocation in the minute in which all traffic will move',
      figures: { target: minutes(undefined, undefined, undefined, undefined, undefined, [1, 0]) },
      now: 5.4 * minute,
      is: 'came'
    },
    {
      name: 'to the new version before all traffic moved, whoever came after that',
      figures: {
        ...seldom,
        target: minutes(undefined, undefined, undefined, undefined, undefined, [1, 0], [9, 0]),
        reached: 7 * minute
      },
      now: 8 * minute,
      is: {
        kind: 'no-traffic',
        until: 5.5 * minute,
        calls: 4,
        past: 0,
        chance: expect.closeTo(0.9 ** 3.5, 6)
      }
    },
    {
      name: 'is not known when its absence is too improbable: its figures are late',
      figures: { target: [] },
      is: 'unknown'
    },
    {
      name: 'is not known when CloudWatch has not got that far',
      figures: { target: [], current: [], whole: [], reached: minute },
      is: 'unknown'
    },
    {
      name: 'is not known when CloudWatch has nothing at all',
      figures: { target: [], current: [], whole: [], reached: 0 },
      is: 'unknown'
    },
    {
      name: 'is not known when CloudWatch has nothing at all, however long that lasts',
      figures: { target: [], current: [], whole: [], reached: 0 },
      now: 60 * minute,
      is: 'unknown'
    },
    {
      name: 'is told of the time until which CloudWatch has shown anything',
      figures: {
        target: [],
        current: minutes([2, 0], [4, 0]),
        whole: minutes([2, 0], [4, 0]),
        reached: minute
      },
      now: 60 * minute,
      is: { kind: 'no-traffic', until: 2 * minute, calls: 6, past: 0, chance: expect.closeTo(0.9 ** 5, 6) }
    }
  ]
  test.each(rows)('$name', ({ figures: over, now = 4.8 * minute, is }) => {
    expect(absence(figures(over), shift, now)).toEqual(is)
  })
})
