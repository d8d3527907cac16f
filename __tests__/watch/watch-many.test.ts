import { describe, expect, test } from '@jest/globals'
import type { MetricsPort, Minute } from '../../src/deployment/figures.ts'
import { openGate } from '../../src/deployment/gate.ts'
import {
  canary,
  event,
  minute,
  onlyOn,
  second,
  shareOn8,
  shiftingSince,
  subject,
  view,
  whollyOn
} from '../deployment/observations.ts'
import { readingOf } from './readings.ts'
import { type Scene, watched } from './script.ts'

const payments = subject({ schedule: canary })
const ledger = { ...payments, functionName: 'ledger', deploymentId: 'd-TWO' }
const both = [payments, ledger]

/** Both canaries have baked since second 5. */
const baking: Scene = {
  from: 0,
  deployments: {
    'd-NEW': view('InProgress', { createdAt: 0, startedAt: 1_500 }),
    'd-TWO': view('InProgress', { id: 'd-TWO', createdAt: 0, startedAt: 1_500 })
  },
  lifecycle: shiftingSince(5_000),
  traffic: shareOn8(0.1)
}
const error = { code: 'HOOK_EXECUTION_FAILURE', message: '' }
const failing: Scene = {
  from: 60_000,
  deployments: {
    'd-NEW': view('Failed', { completedAt: 60_000, error, rollbackId: 'd-BACK' }),
    'd-BACK': view('Succeeded', { id: 'd-BACK' })
  }
}

describe('of several functions that are released as one', () => {
  test('the others are stopped as soon as one is seen to fail, whatever if-interrupted says', async () => {
    const scenes = [baking, failing]
    const stop = (now: number) => {
      const stopped = { error: { code: 'MANUAL_STOP', message: '' }, rollbackId: 'd-BACK' }
      scenes.push({
        from: now + 1_000,
        deployments: { 'd-TWO': view('Stopped', { id: 'd-TWO', ...stopped }) },
        lifecycle: [event('AllowTraffic', 'Failed', 5_000, now + 1_000)],
        traffic: whollyOn('7')
      })
      return { kind: 'asked' } as const
    }
    const told = await watched(scenes, both, { leaving: () => 'continue' as const, stop })
    expect(told.stops.map(({ id, rollBack }) => [id, rollBack])).toEqual([['d-TWO', true]])
    expect(told.stops[0]?.at).toBeLessThan(76_000)
    expect(told.events.filter(({ kind }) => kind === 'stop-asked')).toEqual([
      {
        of: 'd-TWO',
        kind: 'stop-asked',
        at: told.stops[0]?.at,
        reason: 'blocked',
        by: 'payments-api:live ended Failed',
        rollBack: true
      }
    ])
    expect(told.ended['d-NEW']?.outcome).toMatchObject({
      kind: 'rolled-back',
      cause: { code: 'HOOK_EXECUTION_FAILURE' }
    })
    expect(told.ended['d-TWO']?.outcome).toMatchObject({
      kind: 'rolled-back',
      serving: onlyOn('7'),
      cause: {
        code: 'HELD_BACK',
        what: 'All or none: payments-api:live ended Failed, so deployment d-TWO was stopped and version 7 has all the traffic.',
        next: 'Fix the other one, then release all of them again.'
      }
    })
  })

  test('the others are stopped as soon as one is seen to fail, though nothing is answered about them', async () => {
    const stalls = { from: 50_000, to: 300_000, of: 'd-TWO' }
    const { stops, ended } = await watched([baking, failing], both, { stalls })
    expect(stops[0]).toMatchObject({ id: 'd-TWO', rollBack: true })
    expect(stops[0]?.at).toBeLessThan(76_000)
    expect(ended['d-TWO']?.outcome).toMatchObject({ kind: 'failed', cause: { code: 'HELD_BACK' } })
  })

  test.each([62, 71, 80, 89, 98, 107, 116, 125])(
    'nor do slow answers about them matter when the looks are out of step: one fails after %i s',
    async seconds => {
      const stalls = { from: 20_000, to: 400_000, lateMs: 20_000, of: 'd-TWO' }
      const failsNow = { ...failing, from: seconds * second }
      const { stops } = await watched([baking, failsNow], both, { stalls })
      expect(stops[0]?.at).toBeLessThan((seconds + 10) * second)
    }
  )

  test('what is seen of one is told at once, and what is answered late about another when it comes', async () => {
    const success = (id: string) => view('Succeeded', { id, completedAt: 60_000 })
    const done: Scene = {
      from: 60_000,
      deployments: { 'd-NEW': success('d-NEW'), 'd-TWO': success('d-TWO') },
      traffic: whollyOn('8')
    }
    const atOnce = await watched([baking, done], both)
    const late = { from: 60_000, to: 90_000, lateMs: 20_000, of: 'd-TWO' }
    const { toldAt } = await watched([baking, done], both, { stalls: late })
    const end = atOnce.toldAt['d-NEW'] ?? Number.NaN
    expect(atOnce.toldAt).toEqual({ 'd-NEW': end, 'd-TWO': end })
    expect(toldAt).toEqual({ 'd-NEW': end + 1_000, 'd-TWO': end + 20_000 })
  })

  test('a stop that a passing fault has hit is asked for again after a second, though its looks hang', async () => {
    let count = 0
    const stop = () =>
      ++count <= 2
        ? ({ kind: 'failed', reason: 'Throttled.', isPassing: true } as const)
        : ({ kind: 'asked' } as const)
    const stalls = { from: 50_000, to: 300_000, of: 'd-TWO' }
    const { stops } = await watched([baking, failing], both, { stalls, stop })
    const [first = Number.NaN] = stops.map(({ at }) => at)
    expect(stops.map(({ at }) => at - first)).toEqual([0, 1_000, 2_000])
  })

  test('none is stopped because another has succeeded', async () => {
    const first: Scene = { from: 60_000, deployments: { 'd-NEW': view('Succeeded') }, traffic: whollyOn('8') }
    const second: Scene = { from: 120_000, deployments: { 'd-TWO': view('Succeeded', { id: 'd-TWO' }) } }
    const { stops, ended } = await watched([baking, first, second], both)
    expect(stops).toEqual([])
    expect(Object.values(ended).map(({ outcome }) => outcome.kind)).toEqual(['succeeded', 'succeeded'])
  })

  test('one that does not stop in time is reported as failed, and left to the post step', async () => {
    const { ended, at } = await watched([baking, failing], both)
    expect(Math.floor(at / minute)).toBe(6)
    expect(ended['d-TWO']).toMatchObject({
      unfinished: true,
      outcome: {
        kind: 'failed',
        serving: shareOn8(0.1),
        cause: {
          code: 'HELD_BACK',
          what: 'All or none: payments-api:live ended Failed; CodeDeploy was asked to stop deployment d-TWO, which has not ended yet.'
        }
      }
    })
  })

  test('all are stopped when one failed before the watch began', async () => {
    const { stops } = await watched([baking], both, { blockedBy: 'orders:live ended refused' })
    expect(stops.map(({ at, id }) => [at, id])).toEqual([
      [0, 'd-NEW'],
      [0, 'd-TWO']
    ])
  })

  test('a cancel stops the others, though the stop of what was judged has no answer yet', async () => {
    const everyMinute = (from: number, errors: number): Minute[] =>
      [0, 1, 2].map(number => ({ at: from + number * minute, invocations: 100, errors }))
    const metrics: MetricsPort = {
      figures: async queries =>
        queries.map(({ functionName, from }) =>
          readingOf({
            target: everyMinute(from, functionName === 'ledger' ? 0 : 100),
            current: everyMinute(from, 0),
            whole: everyMinute(from, 0),
            reached: from + 2 * minute
          })
        )
    }
    const gate = () => ({ ...openGate, maxErrorRate: { percent: 5, isRelative: false } })
    const gated = { metrics, gate, stop: () => new Promise<never>(() => {}) }
    const [judged] = (await watched([baking], both, gated)).stops
    const stoppedAt = judged?.at ?? Number.NaN
    const { stops } = await watched([baking], both, { ...gated, cancelAt: stoppedAt + 2 * second })
    expect(stops.map(({ at, id }) => [at - stoppedAt, id])).toEqual([
      [0, 'd-NEW'],
      [2 * second, 'd-TWO'],
      // Neither was answered for five seconds.
      [5 * second, 'd-NEW'],
      [7 * second, 'd-TWO']
    ])
  })

  test('a cancel after one has failed does not leave the others, whatever if-interrupted says', async () => {
    const passing = { kind: 'failed', reason: 'Throttled.', isPassing: true } as const
    const [failed] = (await watched([baking, failing], both)).stops
    const cancelAt = (failed?.at ?? 0) + 500
    const { stops, ended } = await watched([baking, failing], both, {
      leaving: () => 'continue' as const,
      stop: now => (now < cancelAt ? passing : { kind: 'asked' }),
      cancelAt
    })
    expect(stops.map(({ at, id, rollBack }) => [at - cancelAt, id, rollBack])).toEqual([
      [-500, 'd-TWO', true],
      [0, 'd-TWO', true]
    ])
    expect(ended['d-TWO']?.unfinished).toBe(true)
  })

  test('a cancel waits for no answer about those that go on', async () => {
    const scenes: Scene[] = [{ ...baking, traffic: shareOn8(0.1) }]
    const { stops, at } = await watched(scenes, both, {
      blockedBy: 'orders:live ended refused',
      isSpared: id => id === 'd-TWO',
      leaving: id => (id === 'd-TWO' ? 'continue' : 'rollback'),
      stalls: { from: 0, to: 3 * second },
      stop: () => ({ kind: 'failed', reason: 'Throttled.', isPassing: true }),
      cancelAt: 4 * second
    })
    expect(stops.map(({ at, id }) => [at, id])).toContainEqual([4 * second, 'd-NEW'])
    expect(at).toBeLessThanOrEqual(10 * second)
  })
})

describe('what was never seen when the watch is to end at once, with if-interrupted: continue,', () => {
  const continued = {
    cancelAt: 0,
    leaving: () => 'continue' as const,
    graceMs: { interrupted: 3 * minute, 'timed-out': 3 * minute, blocked: 3 * minute }
  }

  test('is left after one look when it goes on', async () => {
    const { ended, stops, at } = await watched([baking], both, continued)
    expect(stops).toEqual([])
    expect(at).toBeLessThan(5 * second)
    expect(Object.values(ended).map(({ outcome }) => outcome.kind)).toEqual(['interrupted', 'interrupted'])
  })

  test('is stopped when the other is seen to have failed', async () => {
    const { stops } = await watched([baking, { ...failing, from: 0 }], both, continued)
    expect(stops.map(({ id, rollBack }) => [id, rollBack])[0]).toEqual(['d-TWO', true])
  })

  const main = { ...continued, graceMs: { ...continued.graceMs, interrupted: 6 * second } }
  const failed = { ...failing, from: 0 }

  test.each([0.1, 0.4, 0.7, 1])(
    'is looked at in the six seconds that main has, though each answer takes %d s',
    async late => {
      const stalls = { from: 0, to: 300 * second, lateMs: late * second }
      const { stops } = await watched([baking, failed], both, { ...main, cancelAt: 3 * second, stalls })
      expect(stops.map(({ id, rollBack }) => [id, rollBack])[0]).toEqual(['d-TWO', true])
    }
  )

  test('is left in time when nothing is answered', async () => {
    const stalls = { from: 0, to: 300 * second }
    const { ended, at } = await watched([baking], both, { ...main, cancelAt: 3 * second, stalls })
    expect(Object.values(ended).map(({ outcome }) => outcome.kind)).toEqual(['interrupted', 'interrupted'])
    expect(at).toBeLessThanOrEqual(9 * second)
  })

  test('is left two seconds after a cancel that comes while it is left for the end of the wait', async () => {
    const stalls = { from: 50 * second, to: 300 * second }
    const deadline = 60 * second
    const left = await watched([baking], [payments], { ...main, deadline, cancelAt: 63 * second, stalls })
    expect(left.at).toBe(65 * second)
  })

  test('is looked at again when the first look has met a fault', async () => {
    const done: Scene = { from: 1_500, deployments: { 'd-NEW': view('Succeeded') }, traffic: whollyOn('8') }
    const { ended } = await watched([done], [payments], continued)
    expect(ended['d-NEW']?.outcome.kind).toBe('succeeded')
  })

  test('is not left as long as its rollback may come, though that comes late', async () => {
    const error = { code: 'MANUAL_STOP', message: '' }
    const stopped: Scene = {
      from: 0,
      deployments: { 'd-NEW': view('Stopped', { error }) },
      traffic: shareOn8(0.1)
    }
    const back: Scene = {
      from: 40 * second,
      deployments: {
        'd-NEW': view('Stopped', { error, rollbackId: 'd-BACK' }),
        'd-BACK': view('Succeeded', { id: 'd-BACK' })
      },
      traffic: whollyOn('7')
    }
    const { ended } = await watched([stopped, back], [{ ...payments, rollbackEvents: [] }], {
      ...continued,
      leaving: () => 'rollback' as const,
      stopAsked: () => true,
      shiftsBack: () => true,
      hasEnded: () => true
    })
    expect(ended['d-NEW']?.outcome).toMatchObject({ kind: 'interrupted', serving: onlyOn('7') })
  })
})
