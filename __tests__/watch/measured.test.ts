import { describe, expect, test } from '@jest/globals'
import { noFigures } from '../../src/deployment/figures.ts'
import { openGate } from '../../src/deployment/gate.ts'
import type { Observation } from '../../src/deployment/observation.ts'
import { Measured, shiftOf } from '../../src/watch/measured.ts'
import { canary, event, minute, second, seen, subject, view } from '../deployment/observations.ts'
import { throttled } from './readings.ts'

const began = 3 * second
const shifting = event('AllowTraffic', 'InProgress', began)
const split = { version: '7', weights: { '8': 0.1 } }

const aliasOnly = { lifecycle: [], traffic: { ...split, readAt: began + second } }

const rows: { name: string; seen: Partial<Observation>; to: number; unplanned?: true }[] = [
  {
    name: 'when the schedule says so, of a shift that only the alias shows',
    seen: { ...aliasOnly, sharing: { from: began } },
    to: began + 5 * minute
  },
  {
    name: 'when the alias was seen there, of a shift that only the alias shows',
    seen: {
      lifecycle: [],
      traffic: { version: '8', weights: {}, readAt: began + 7 * minute },
      sharing: { from: began, to: began + 6 * minute }
    },
    to: began + 6 * minute
  },
  { name: 'when the schedule says so', seen: { lifecycle: [shifting] }, to: began + 5 * minute },
  {
    name: 'as yet unknown, when the alias is still split after that: CodeDeploy began to shift later than it says',
    seen: { lifecycle: [shifting], traffic: { ...split, readAt: began + 6 * minute } },
    to: Number.POSITIVE_INFINITY
  },
  {
    name: 'when CodeDeploy says that it has shifted, however late that is',
    seen: {
      lifecycle: [event('AllowTraffic', 'Succeeded', began, began + 9 * minute)],
      traffic: { version: '8', weights: {}, readAt: began + 9 * minute }
    },
    to: began + 9 * minute
  },
  {
    name: 'when the deployment ends before',
    seen: {
      lifecycle: [shifting],
      deployment: view('Stopped', { completedAt: began + minute })
    },
    to: began + minute
  },
  {
    name: 'when the alias is seen to be there, when no schedule is known',
    seen: { lifecycle: [shifting], traffic: { version: '8', weights: {}, readAt: began + 7 * minute } },
    to: began + 7 * minute,
    unplanned: true
  }
]

test.each(rows)('both versions share the traffic until then: $name', ({ seen: found, to, unplanned }) => {
  const shift = shiftOf(seen(found), subject(unplanned ? {} : { schedule: canary }))
  expect([shift?.from, shift?.to]).toEqual([began, to])
})

describe('a shift for which the alias was seen to wait', () => {
  const waited = { lifecycle: [shifting], unmovedAt: 4 * minute }

  test('begins with its first step, as planned from then on; what Lambda said may be ten seconds old', () => {
    const found = seen({ ...waited, traffic: { ...split, readAt: 4.1 * minute } })
    const from = 4 * minute - 10 * second
    const schedule = canary
    expect(shiftOf(found, subject({ schedule }))).toEqual({ from, to: from + 5 * minute, schedule })
  })

  test.each([
    { name: 'is never found to be without traffic while it has not begun', traffic: {}, verdict: undefined },
    { name: 'is when it has', traffic: { '8': 0.1 }, verdict: 'no-traffic' }
  ])('$name', ({ traffic: weights, verdict }) => {
    const measured = new Measured(subject({ schedule: canary }), { ...openGate, ifNoTraffic: 'fail' })
    const found = seen({ ...waited, traffic: { version: '7', weights, readAt: 4 * minute } })
    const value = { ...noFigures, reached: 8 * minute }
    measured.take({ kind: 'value', value }, found, 9 * minute - 20 * second)
    expect(measured.verdict?.kind).toBe(verdict)
  })
})

test('what is known is judged once it is old enough, though CloudWatch gives no answer by then', () => {
  const gate = { ...openGate, maxErrorRate: { percent: 5, isRelative: false } }
  const measured = new Measured(subject({ schedule: canary }), gate)
  const found = seen({ lifecycle: [shifting] })
  const target = [0, 1, 2].map(index => ({ at: index * minute, invocations: 12, errors: 6 }))
  const figures = { target, current: [], whole: [], reached: 3 * minute }
  measured.take({ kind: 'value', value: figures }, found, 3.5 * minute)
  expect(measured.verdict).toBeUndefined()
  const events = measured.take(throttled, found, 4 * minute)
  expect(measured.verdict).toEqual({
    kind: 'canary-errors',
    at: 4 * minute,
    until: 2 * minute,
    target: { invocations: 24, errors: 12 },
    allowed: 5
  })
  expect(events).toEqual([])
})

describe('minutes that CloudWatch may still add to are asked for again,', () => {
  test.each([
    { name: 'twenty minutes back from where it has got', reached: 58, from: 38 },
    { name: 'also when it has stood still for longer than that', reached: 10, from: 0 },
    { name: 'and all of the shift while it has nothing', reached: undefined, from: 0 }
  ])('$name', ({ reached, from }) => {
    const hour = [
      { afterMs: 0, share: 0.1 },
      { afterMs: 90 * minute, share: 1 }
    ] as const
    const measured = new Measured(subject({ schedule: hour }))
    const found = seen({ lifecycle: [shifting] })
    const figures = { ...noFigures, ...(reached !== undefined && { reached: reached * minute }) }
    measured.take({ kind: 'value', value: figures }, found, 60 * minute)
    expect(measured.query(found, 61 * minute)).toEqual({
      functionName: 'payments-api',
      alias: 'live',
      currentVersion: '7',
      targetVersion: '8',
      from: from * minute,
      to: 62 * minute
    })
  })
})

test('of a shift of which only the end was seen, nothing is known', () => {
  const traffic = { version: '8', weights: {}, readAt: began }
  const found = seen({ traffic, sharing: { from: began, to: began } })
  expect(shiftOf(found, subject({ schedule: canary }))).toBeUndefined()
})
