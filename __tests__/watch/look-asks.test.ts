import { describe, expect, test } from '@jest/globals'
import type { Observation, Subject } from '../../src/deployment/observation.ts'
import { look } from '../../src/watch/look.ts'
import type { Unreadable } from '../../src/watch/queries.ts'
import {
  canary,
  event,
  minute,
  seen,
  shareOn8,
  shiftingSince,
  subject,
  view,
  whollyOn
} from '../deployment/observations.ts'
import { constantPort, deployment, readingOf, throttled } from './readings.ts'

const ofCanary = subject({ schedule: canary })
const withHook = subject({ schedule: canary, hooks: { AfterAllowTraffic: 'CodeDeployHook_after' } })
const ofLinear = subject({
  schedule: [
    { afterMs: 0, share: 0.1 },
    { afterMs: 1 * minute, share: 0.2 },
    { afterMs: 2 * minute, share: 1 }
  ]
})
const inLastHook = [event('AllowTraffic', 'Succeeded', 0, 1), event('AfterAllowTraffic', 'InProgress', 1)]
const betweenEvents = [event('BeforeAllowTraffic', 'Succeeded', 0, 1), event('AllowTraffic', 'Pending')]
const now = 5_000

describe('a look reads only what may have changed:', () => {
  const running = {
    deployments: deployment(view('InProgress')),
    lifecycle: readingOf({ lifecycle: shiftingSince(0) })
  }
  const everything = { ...running, traffic: readingOf(whollyOn('7')) }

  test.each<{
    name: string
    shows: Parameters<typeof constantPort>[0]
    before?: Observation
    subject?: Subject
    unreadable?: Unreadable
    at?: number
    asked: string[]
  }>([
    {
      name: 'of a deployment that was just created, only whether it has started',
      shows: { deployments: deployment(view('Created')) },
      asked: ['deployment d-NEW']
    },
    {
      name: 'at the first sight of a deployment that runs, also its events',
      shows: {
        ...running,
        lifecycle: readingOf({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)] })
      },
      asked: ['deployment d-NEW', 'lifecycle d-NEW']
    },
    {
      name: 'at the first sight of a shift, also the alias',
      shows: everything,
      asked: ['deployment d-NEW', 'lifecycle d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'while a hook runs, the events, because it may end at any time',
      shows: {
        ...running,
        lifecycle: readingOf({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)] })
      },
      before: seen({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)] }),
      asked: ['deployment d-NEW', 'lifecycle d-NEW']
    },
    {
      name: 'while a hook runs whose deployment was just seen to go on, its events alone',
      shows: {
        ...running,
        lifecycle: readingOf({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)] })
      },
      before: seen({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)], statusAt: 0 }),
      subject: withHook,
      at: 14_999,
      asked: ['lifecycle d-NEW']
    },
    {
      name: 'while a hook runs, its events and now and then the status',
      shows: {
        ...running,
        lifecycle: readingOf({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)] })
      },
      before: seen({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)], statusAt: 0 }),
      subject: withHook,
      at: 15_000,
      asked: ['deployment d-NEW', 'lifecycle d-NEW']
    },
    {
      name: 'while the last hook runs, now and then the status in place of its events',
      shows: { ...running, lifecycle: readingOf({ lifecycle: inLastHook }) },
      before: seen({ lifecycle: inLastHook, traffic: whollyOn('8', 1), statusAt: 0 }),
      subject: withHook,
      at: 15_000,
      asked: ['deployment d-NEW']
    },
    {
      name: 'once a hook is over and nothing follows yet, the status and the events',
      shows: { ...running, lifecycle: readingOf({ lifecycle: betweenEvents }) },
      before: seen({ lifecycle: betweenEvents, statusAt: 0 }),
      subject: withHook,
      asked: ['deployment d-NEW', 'lifecycle d-NEW']
    },
    {
      name: 'when a step is due that is not the last, the alias alone: it moves only while the deployment goes on',
      shows: { ...running, traffic: readingOf(shareOn8(0.2)) },
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1), statusAt: 1 }),
      subject: ofLinear,
      at: 1 * minute,
      asked: ['traffic payments-api:live']
    },
    {
      name: 'when a step is due and has not come, the status after the alias',
      shows: { ...running, traffic: readingOf(shareOn8(0.1)) },
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1), statusAt: 1 }),
      subject: ofLinear,
      at: 1 * minute,
      asked: ['traffic payments-api:live', 'deployment d-NEW']
    },
    {
      name: 'when a step is due and the traffic is back, the status after the alias',
      shows: { ...running, traffic: readingOf(whollyOn('7')) },
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1), statusAt: 1 }),
      subject: ofLinear,
      at: 1 * minute,
      asked: ['traffic payments-api:live', 'deployment d-NEW']
    },
    {
      name: 'when a step is due and the alias may not be read, the status',
      shows: running,
      before: seen({ lifecycle: shiftingSince(0), statusAt: 1 }),
      subject: ofLinear,
      unreadable: { traffic: 'denied' },
      at: 1 * minute,
      asked: ['deployment d-NEW']
    },
    {
      name: 'when all traffic is due to move and a hook follows, the alias and the hook that says that the deployment goes on',
      shows: {
        ...running,
        lifecycle: readingOf({ lifecycle: inLastHook }),
        traffic: readingOf(whollyOn('8'))
      },
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1), statusAt: 5 * minute - 8_000 }),
      subject: withHook,
      at: 5 * minute,
      asked: ['lifecycle d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'while the last step is overdue, now and then the status, whatever the events say',
      shows: everything,
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1), statusAt: 5 * minute - 8_000 }),
      subject: withHook,
      at: 5 * minute + 7_000,
      asked: ['deployment d-NEW', 'lifecycle d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'while the canary bakes, nothing but the status',
      shows: everything,
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1) }),
      subject: ofCanary,
      at: 2 * minute,
      asked: ['deployment d-NEW']
    },
    {
      name: 'when all traffic is due to move, the alias and whether the hook after it has begun',
      shows: everything,
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1) }),
      subject: withHook,
      at: 5 * minute,
      asked: ['deployment d-NEW', 'lifecycle d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'when all traffic is due to move and no hook follows, the end: the alias is read after it',
      shows: everything,
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1) }),
      subject: ofCanary,
      at: 5 * minute,
      asked: ['deployment d-NEW']
    },
    {
      name: 'when all traffic should have moved for a while, no hook follows, and no end was seen, the alias too',
      shows: everything,
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1) }),
      subject: ofCanary,
      at: 5 * minute + 5_000,
      asked: ['deployment d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'when all traffic is due to move and there may be an unknown hook, the events too',
      shows: everything,
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1) }),
      subject: subject({ schedule: canary, hooksUnknown: true }),
      at: 5 * minute,
      asked: ['deployment d-NEW', 'lifecycle d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'while traffic shifts by an unknown schedule, everything',
      shows: everything,
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1) }),
      asked: ['deployment d-NEW', 'lifecycle d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'while traffic shifts and CodeDeploy does not say since when, everything',
      shows: everything,
      before: seen({ lifecycle: [event('AllowTraffic', 'InProgress')], traffic: shareOn8(0.1, 1) }),
      subject: ofCanary,
      asked: ['deployment d-NEW', 'lifecycle d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'once a success was seen, the alias alone',
      shows: everything,
      before: seen({ deployment: view('Succeeded'), endedAt: 1, traffic: shareOn8(0.1, 1) }),
      asked: ['traffic payments-api:live']
    },
    {
      name: 'at the end, the events and the alias once more',
      shows: { ...everything, deployments: deployment(view('Succeeded')) },
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1) }),
      subject: withHook,
      at: 2 * minute,
      asked: ['deployment d-NEW', 'lifecycle d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'at the end of a success without hooks, the alias once more',
      shows: { ...everything, deployments: deployment(view('Succeeded')) },
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1) }),
      subject: ofCanary,
      at: 2 * minute,
      asked: ['deployment d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'nothing twice when the alias is seen on the target beside the end',
      shows: { ...everything, deployments: deployment(view('Succeeded')), traffic: readingOf(whollyOn('8')) },
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1) }),
      subject: ofCanary,
      at: 5 * minute,
      asked: ['deployment d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'of a deployment that is still queued, only whether it has started',
      shows: { deployments: deployment(view('Queued')) },
      before: seen({ deployment: view('Created') }),
      asked: ['deployment d-NEW']
    },
    {
      name: 'after the end, whether a rollback has shown up',
      shows: { ...everything, deployments: deployment(view('Stopped')) },
      before: seen({ deployment: view('Stopped'), endedAt: 1 }),
      asked: ['deployment d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'while it is rolled back, the rollback alone',
      shows: { ...everything, deployments: deployment(view('InProgress', { id: 'd-BACK' })) },
      before: seen({ deployment: view('Stopped', { rollbackId: 'd-BACK' }), endedAt: 1 }),
      asked: ['deployment d-BACK']
    },
    {
      name: 'once the rollback has ended, the alias alone',
      shows: everything,
      before: seen({
        deployment: view('Stopped', { rollbackId: 'd-BACK' }),
        endedAt: 1,
        rollback: view('Succeeded', { id: 'd-BACK' }),
        rollbackEndedAt: 2
      }),
      asked: ['traffic payments-api:live']
    },
    {
      name: 'the alias instead of events that may not be read',
      shows: everything,
      before: seen(),
      unreadable: { lifecycle: 'denied' },
      asked: ['deployment d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'the alias too, when the events give no answer',
      shows: { ...everything, lifecycle: throttled },
      before: seen(),
      asked: ['deployment d-NEW', 'lifecycle d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'the alias too, when the events are empty though it runs',
      shows: { ...everything, lifecycle: readingOf({ lifecycle: [] }) },
      before: seen(),
      asked: ['deployment d-NEW', 'lifecycle d-NEW', 'traffic payments-api:live']
    },
    {
      name: 'of a shift that only the alias shows, the status until its next step, when the events may not be read',
      shows: everything,
      before: seen({ traffic: shareOn8(0.1, 1), sharing: { from: 0 } }),
      subject: ofCanary,
      unreadable: { lifecycle: 'denied' },
      asked: ['deployment d-NEW']
    },
    {
      name: 'of a shift that only the alias shows, the events too, when they have given no answer',
      shows: { ...everything, lifecycle: throttled },
      before: seen({ traffic: shareOn8(0.1, 1), sharing: { from: 0 } }),
      subject: ofCanary,
      asked: ['deployment d-NEW', 'lifecycle d-NEW']
    },
    {
      name: 'of a shift that only the alias shows, the alias when its next step is due',
      shows: { ...everything, traffic: readingOf(shareOn8(0.2)) },
      before: seen({ traffic: shareOn8(0.1, 1), sharing: { from: 0 } }),
      subject: ofLinear,
      unreadable: { lifecycle: 'denied' },
      at: minute,
      asked: ['traffic payments-api:live']
    },
    {
      name: 'never again an alias that may not be read',
      shows: everything,
      before: seen({ lifecycle: shiftingSince(0) }),
      unreadable: { traffic: 'denied' },
      asked: ['deployment d-NEW', 'lifecycle d-NEW']
    }
  ])('$name', async ({ shows, before, subject: of = subject(), unreadable = {}, at = now, asked }) => {
    const port = constantPort(shows)
    await look(before, of, { port, now: () => at, unreadable, isHurried: false })
    expect(port.asked).toEqual(asked)
  })
})
