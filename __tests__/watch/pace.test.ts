import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Observation, Subject } from '../../src/deployment/observation.ts'
import type { Schedule } from '../../src/deployment/schedule.ts'
import { graceMs, nextDueAt, type Pace, pause } from '../../src/watch/pace.ts'
import {
  canary,
  event,
  minute,
  second,
  seen,
  shareOn8,
  shiftingSince,
  subject,
  view
} from '../deployment/observations.ts'

/** In the middle of the jitter, so that it adds nothing and removes nothing. */
const pace = (over: Partial<Pace> = {}): Pace => ({ now: 0, phaseSince: 0, blind: 0, random: 0.5, ...over })
const ofCanary = subject({ schedule: canary })
const withHook = subject({ hooks: { BeforeAllowTraffic: 'CodeDeployHook_before' } })
const baking = seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1) })
const inHook = seen({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)] })
const inLastHook = seen({
  lifecycle: [event('AllowTraffic', 'Succeeded', 0, 1), event('AfterAllowTraffic', 'InProgress', 1)]
})
const betweenEvents = seen({
  lifecycle: [event('BeforeAllowTraffic', 'Succeeded', 0, 1), event('AllowTraffic', 'Pending')]
})
/** Ten percent more every ten minutes. */
const linear: Schedule = Array.from({ length: 10 }, (_, step) => ({
  afterMs: step * 10 * minute,
  share: (step + 1) / 10
})) as unknown as Schedule

describe('the next look comes', () => {
  test.each<{ name: string; seen: Observation | undefined; subject?: Subject; pace: Pace; ms: number }>([
    {
      name: 'when a deployment that was just created has had the time to start',
      seen: undefined,
      pace: pace(),
      ms: 3_500
    },
    {
      name: 'soon while it has just begun to start',
      seen: seen(),
      pace: pace({ now: 1 * second }),
      ms: 1_500
    },
    { name: 'later the longer the start takes', seen: seen(), pace: pace({ now: 20 * second }), ms: 10_000 },
    {
      name: 'after some seconds while a hook has just begun',
      seen: inHook,
      subject: withHook,
      pace: pace({ now: 1 * second }),
      ms: 4_000
    },
    {
      name: 'as much later as the hook before the shift has run, up to the quiet pace of a short shift',
      seen: inHook,
      subject: ofCanary,
      pace: pace({ now: 6 * second }),
      ms: 6_000
    },
    {
      name: 'at the quiet pace of a short shift while the hook before it runs on',
      seen: inHook,
      subject: ofCanary,
      pace: pace({ now: 30 * second }),
      ms: 8_000
    },
    {
      name: 'after some seconds while the hook runs whose end is the end of the deployment',
      seen: inLastHook,
      subject: ofCanary,
      pace: pace({ now: 40 * second }),
      ms: 4_000
    },
    {
      name: 'after a tenth of the time that the last hook has run, once that is more',
      seen: inLastHook,
      subject: ofCanary,
      pace: pace({ now: 2 * minute }),
      ms: 12_000
    },
    {
      name: 'at the same pace in either hook when all traffic moves at once',
      seen: inHook,
      subject: subject({ schedule: [{ afterMs: 0, share: 1 }] }),
      pace: pace({ now: 40 * second }),
      ms: 4_000
    },
    {
      name: 'soon between two events, also where there is no hook: CodeDeploy lists its event all the same',
      seen: betweenEvents,
      pace: pace({ now: 1 * second }),
      ms: 1_500
    },
    {
      name: 'after a quarter of a minute while a hook runs for long',
      seen: inHook,
      pace: pace({ now: 30 * minute }),
      ms: 15_000
    },
    {
      name: 'soon after the end, when the rollback and the alias are about to appear',
      seen: seen({ deployment: view('Stopped') }),
      pace: pace({ now: 1 * second }),
      ms: 2_000
    },
    {
      name: 'within five seconds while an end drags on',
      seen: seen({ deployment: view('Stopped') }),
      pace: pace({ now: 1 * minute }),
      ms: 5_000
    },
    {
      name: 'slowly when a rollback takes long, as when it invokes hooks',
      seen: seen({ deployment: view('Stopped') }),
      pace: pace({ now: 2 * minute }),
      ms: 15_000
    },
    {
      name: 'in even, slow steps towards the next due time while the canary bakes',
      seen: baking,
      subject: ofCanary,
      pace: pace({ now: 1 * minute + 9 * second, random: 0 }),
      ms: 8_000
    },
    {
      name: 'in slower steps when the whole shift is long',
      seen: baking,
      subject: subject({ schedule: linear }),
      pace: pace({ now: 1 * second, random: 0 }),
      ms: 15_000
    },
    {
      name: 'in steps of four seconds however short the shift is',
      seen: baking,
      subject: subject({
        schedule: [
          { afterMs: 0, share: 0.1 },
          { afterMs: 1 * minute, share: 1 }
        ]
      }),
      pace: pace({ now: 1 * second, random: 0 }),
      ms: 4_000
    },
    {
      name: 'one second after traffic is due to move, not shortly before it',
      seen: baking,
      subject: ofCanary,
      pace: pace({ now: 4 * minute + 54 * second, random: 0 }),
      ms: 7_000
    },
    {
      name: 'soon when a step is overdue',
      seen: baking,
      subject: ofCanary,
      pace: pace({ now: 5 * minute + 2 * second }),
      ms: 2_000
    },
    {
      name: 'more and more slowly when a step is overdue for long',
      seen: baking,
      subject: ofCanary,
      pace: pace({ now: 5 * minute + 21 * second }),
      ms: 10_000
    },
    {
      name: 'by a rule of thumb when traffic shifts by an unknown schedule',
      seen: baking,
      pace: pace({ now: 20 * second }),
      ms: 10_000
    },
    {
      name: 'soon when all traffic was just seen moved',
      seen: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(1, 5 * minute) }),
      subject: ofCanary,
      pace: pace({ now: 5 * minute, phaseSince: 5 * minute }),
      ms: 1_500
    },
    {
      name: 'more and more slowly when all traffic has moved and the deployment goes on, even ahead of schedule',
      seen: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(1, 4 * minute + 20 * second) }),
      subject: ofCanary,
      pace: pace({ now: 4 * minute + 20 * second, phaseSince: 4 * minute }),
      ms: 10_000
    },
    {
      name: 'within a second after a stop was asked for, whatever was due',
      seen: baking,
      subject: ofCanary,
      pace: pace({ now: 1 * minute, hurriedFor: 0 }),
      ms: 800
    },
    {
      name: 'more slowly the longer a stop takes',
      seen: baking,
      pace: pace({ hurriedFor: 12 * second }),
      ms: 2_000
    },
    {
      name: 'within five seconds however long a stop takes',
      seen: baking,
      pace: pace({ hurriedFor: 4 * minute }),
      ms: 5_000
    },
    {
      name: 'as if it had not been asked for when a stop has not come for five minutes',
      seen: baking,
      subject: ofCanary,
      pace: pace({ now: 1 * minute, hurriedFor: 5 * minute }),
      ms: pause(baking, ofCanary, pace({ now: 1 * minute }))
    },
    {
      name: 'within five seconds while nothing is seen of a stop',
      seen: baking,
      pace: pace({ blind: 9, hurriedFor: 0 }),
      ms: 5_000
    },
    { name: 'after a moment when one look saw nothing', seen: baking, pace: pace({ blind: 1 }), ms: 2_000 },
    { name: 'later the more looks saw nothing', seen: baking, pace: pace({ blind: 3 }), ms: 8_000 },
    {
      name: 'within half a minute however many looks saw nothing',
      seen: undefined,
      pace: pace({ blind: 50 }),
      ms: 30_000
    }
  ])('$name', ({ seen: observation, subject: of = subject(), pace: how, ms }) => {
    expect(pause(observation, of, how)).toBe(ms)
  })

  test('within a tenth of the same pause for every job, so that many do not ask in step', () => {
    const of = (random: number) => pause(inHook, subject(), pace({ now: 30 * minute, random }))
    expect([of(0), of(0.5), of(1)]).toEqual([13_500, 15_000, 16_500])
  })
})

test('a look is never due in less than a second', () => {
  const atTheEdge = { now: 300_999, phaseSince: 0, blind: 0, random: 0 }
  expect(pause(baking, ofCanary, atTheEdge)).toBe(1_000)
})

describe('the time when traffic is due to move next', () => {
  test.each<{ name: string; seen: Observation; subject: Subject; at: number | undefined }>([
    {
      name: 'is known from the schedule once the shift has begun',
      seen: baking,
      subject: ofCanary,
      at: 5 * minute
    },
    {
      name: 'is the first shift while Lambda has not shown it',
      seen: seen({ lifecycle: shiftingSince(7) }),
      subject: ofCanary,
      at: 7
    },
    { name: 'is unknown before the shift has begun', seen: seen(), subject: ofCanary, at: undefined },
    { name: 'is unknown without a schedule', seen: baking, subject: subject(), at: undefined },
    {
      name: 'is none once all has moved',
      seen: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(1, 1) }),
      subject: ofCanary,
      at: undefined
    }
  ])('$name', ({ seen: observation, subject: of, at }) => {
    expect(nextDueAt(observation, of)).toBe(at)
  })
})

describe('whatever was seen', () => {
  const anything = fc.record({
    observation: fc.option(
      fc
        .record({
          status: fc.constantFrom('Created', 'InProgress', 'Succeeded', 'Failed', 'Stopped', 'Unheard'),
          event: fc.constantFrom('BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'),
          eventStatus: fc.constantFrom('Pending', 'InProgress', 'Succeeded', 'Failed', 'Skipped'),
          share: fc.constantFrom(0, 0.1, 0.5, 1)
        })
        .map(({ status, event: name, eventStatus, share }) =>
          seen({
            deployment: view(status),
            lifecycle: [event(name, eventStatus, 0)],
            traffic: shareOn8(share, 1)
          })
        ),
      { nil: undefined }
    ),
    subject: fc.constantFrom(subject(), ofCanary),
    pace: fc.record(
      {
        now: fc.integer({ min: 0, max: 50 * 3_600_000 }),
        phaseSince: fc.integer({ min: 0, max: 50 * 3_600_000 }),
        blind: fc.nat(1_000),
        hurriedFor: fc.nat(10 * minute),
        random: fc.double({ min: 0, max: 1, noNaN: true })
      },
      { requiredKeys: ['now', 'phaseSince', 'blind', 'random'] }
    )
  })

  test('no pause is longer than 33 seconds', () => {
    fc.assert(
      fc.property(anything, ({ observation, subject: of, pace: how }) => {
        expect(pause(observation, of, how)).toBeLessThanOrEqual(33_000)
      })
    )
  })
  test('no pause is shorter than a second, unless a stop was asked for or traffic is due within that second', () => {
    fc.assert(
      fc.property(anything, ({ observation, subject: of, pace: how }) => {
        const due = (observation && nextDueAt(observation, of)) ?? Number.NaN
        const left = due + graceMs - how.now
        const shortest = how.hurriedFor !== undefined ? 720 : left > 0 && left < 1_000 ? left : 1_000
        expect(pause(observation, of, how)).toBeGreaterThanOrEqual(shortest)
      })
    )
  })
})
