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
import { constantPort, deployment, readingOf } from './readings.ts'

const ofCanary = subject({ schedule: canary })
const withHook = subject({ schedule: canary, hooks: { AfterAllowTraffic: 'CodeDeployHook_after' } })
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
      name: 'when all traffic is due to move and no hook follows, the alias',
      shows: everything,
      before: seen({ lifecycle: shiftingSince(0), traffic: shareOn8(0.1, 1) }),
      subject: ofCanary,
      at: 5 * minute,
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
