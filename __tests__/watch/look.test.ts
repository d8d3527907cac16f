import { describe, expect, test } from '@jest/globals'
import type { Observation, Subject } from '../../src/deployment/observation.ts'
import type { Reading, WatchPort } from '../../src/deployment/reading.ts'
import { look } from '../../src/watch/look.ts'
import {
  bothHooks,
  event,
  seen,
  shareOn8,
  shiftingSince,
  subject,
  view,
  whollyOn
} from '../deployment/observations.ts'
import { constantPort, denied, deployment, readingOf, throttled } from './readings.ts'

const now = 5_000
const calm = { now: () => now, unreadable: {}, isHurried: false }

describe('a look gives', () => {
  const lifecycle = shiftingSince(0)

  test.each<{
    name: string
    shows: Parameters<typeof constantPort>[0]
    before?: Observation
    subject?: Subject
    gives: Reading<Observation>
  }>([
    {
      name: 'the deployment, its events and the alias, with the time of each',
      shows: {
        deployments: deployment(view('InProgress')),
        lifecycle: readingOf({ lifecycle }),
        traffic: readingOf(shareOn8(0.1))
      },
      gives: readingOf(seen({ at: now, statusAt: now, lifecycle, traffic: shareOn8(0.1, now) }))
    },
    {
      name: 'what was known before about the parts that could not be read this time',
      shows: { deployments: deployment(view('InProgress')) },
      before: seen({ lifecycle, traffic: shareOn8(0.1, 1) }),
      gives: readingOf(seen({ at: now, statusAt: now, lifecycle, traffic: shareOn8(0.1, 1) }))
    },
    {
      name: "CodeDeploy's claim about the share if Lambda never answered",
      shows: {
        deployments: deployment(view('InProgress')),
        lifecycle: readingOf({ lifecycle, claimedShare: 0.1 })
      },
      gives: readingOf(seen({ at: now, statusAt: now, lifecycle, traffic: shareOn8(0.1) }))
    },
    {
      name: 'all traffic on the target as the claim when CodeDeploy says that all has moved',
      shows: {
        deployments: deployment(view('InProgress')),
        lifecycle: readingOf({ lifecycle, claimedShare: 1 })
      },
      gives: readingOf(seen({ at: now, statusAt: now, lifecycle, traffic: whollyOn('8') }))
    },
    {
      name: "CodeDeploy's claim turned round, if it is about the version that loses the traffic, as a rollback's can be",
      shows: {
        deployments: deployment(view('InProgress')),
        lifecycle: readingOf({ lifecycle, claimedShare: 0.75, targetVersion: '7' })
      },
      gives: readingOf(seen({ at: now, statusAt: now, lifecycle, traffic: shareOn8(0.25) }))
    },
    {
      name: "Lambda's earlier answer rather than a claim",
      shows: {
        deployments: deployment(view('InProgress')),
        lifecycle: readingOf({ lifecycle, claimedShare: 1 })
      },
      before: seen({ lifecycle, traffic: shareOn8(0.1, 1) }),
      gives: readingOf(seen({ at: now, statusAt: now, lifecycle, traffic: shareOn8(0.1, 1) }))
    },
    {
      name: 'the time when the end was first seen, and keeps it',
      shows: { deployments: deployment(view('Stopped')), traffic: readingOf(shareOn8(0.1)) },
      before: seen({ at: 2, deployment: view('Stopped'), endedAt: 2 }),
      gives: readingOf(
        seen({ at: now, statusAt: now, deployment: view('Stopped'), endedAt: 2, traffic: shareOn8(0.1, now) })
      )
    },
    {
      name: 'the rollback, and when it was seen to end',
      shows: {
        deployments: deployment(view('Succeeded', { id: 'd-BACK' })),
        traffic: readingOf(whollyOn('7'))
      },
      before: seen({ deployment: view('Stopped', { rollbackId: 'd-BACK' }), endedAt: 2 }),
      gives: readingOf(
        seen({
          at: now,
          deployment: view('Stopped', { rollbackId: 'd-BACK' }),
          endedAt: 2,
          rollback: view('Succeeded', { id: 'd-BACK' }),
          rollbackKnownAt: now,
          rollbackEndedAt: now,
          traffic: whollyOn('7', now)
        })
      )
    },
    { name: 'nothing when the deployment could not be read', shows: {}, before: seen(), gives: throttled },
    {
      name: 'nothing when a success was seen before, and the alias cannot be read now',
      shows: { deployments: deployment(view('Succeeded')) },
      before: seen({ deployment: view('Succeeded'), endedAt: 2 }),
      gives: throttled
    },
    {
      name: 'a permanent failure when the deployment may not be read',
      shows: { deployments: { 'd-NEW': denied } },
      before: seen(),
      gives: denied
    },
    {
      name: 'a permanent failure when the rollback may not be read',
      shows: { deployments: { 'd-BACK': denied } },
      before: seen({ deployment: view('Stopped', { rollbackId: 'd-BACK' }), endedAt: 2 }),
      gives: denied
    }
  ])('$name', async ({ shows, before, subject: of = subject({ hooks: bothHooks }), gives }) => {
    const { reading } = await look(before, of, { ...calm, port: constantPort(shows) })
    expect(reading).toEqual(gives)
  })

  test('the parts that turned out to be unreadable, once', async () => {
    const port = constantPort({
      deployments: deployment(view('InProgress')),
      lifecycle: readingOf({ lifecycle }),
      traffic: denied
    })
    const first = await look(undefined, subject(), { ...calm, port })
    expect(first.unreadable).toEqual({ traffic: 'The credentials do not allow it.' })
    expect(first.reading).toEqual(
      readingOf(
        seen({
          at: now,
          statusAt: now,
          lifecycle,
          aliasUnreadable: 'The credentials do not allow it.'
        })
      )
    )
    const again = await look(undefined, subject(), { ...calm, port, unreadable: first.unreadable })
    expect(again.unreadable).toEqual({})
  })
})

test.each<{ name: string; before?: Observation; statusAt: number }>([
  { name: 'with the other parts, before their slow answers', statusAt: 0 },
  {
    name: 'after slow events that show no hook running',
    before: seen({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 0)], statusAt: 0 }),
    statusAt: 20_000
  }
])('a status is as old as its request: $name', async ({ before, statusAt }) => {
  let at = 0
  const port: WatchPort = {
    ...constantPort({ deployments: deployment(view('Baking')), traffic: readingOf(whollyOn('8')) }),
    lifecycle: async () => {
      at += 20_000
      return readingOf({ lifecycle: [event('BeforeAllowTraffic', 'Succeeded', 0, 1)] })
    }
  }
  const { reading } = await look(before, subject({ hooks: bothHooks }), { ...calm, now: () => at, port })
  expect(reading).toMatchObject({ kind: 'value', value: { statusAt, at: 20_000 } })
})

test('events that were read together with an end may be older, so they are read again to explain it', async () => {
  const over = [event('BeforeAllowTraffic', 'Failed', 1, 2), event('AllowTraffic', 'Skipped')]
  const answers = [[event('BeforeAllowTraffic', 'InProgress', 1)], over]
  const port: WatchPort = {
    ...constantPort({ deployments: deployment(view('Failed')), traffic: readingOf(whollyOn('7')) }),
    lifecycle: async () => readingOf({ lifecycle: answers.shift() ?? [] })
  }
  const before = seen({ lifecycle: [event('BeforeAllowTraffic', 'InProgress', 1)] })
  const { reading } = await look(before, subject({ hooks: bothHooks }), { ...calm, port })
  expect(reading).toEqual(
    readingOf(
      seen({
        at: now,
        statusAt: now,
        deployment: view('Failed'),
        lifecycle: over,
        endedAt: now,
        traffic: whollyOn('7', now)
      })
    )
  )
})
