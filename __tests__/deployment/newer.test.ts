import { describe, expect, test } from '@jest/globals'
import { newerEvents, newerStatus } from '../../src/deployment/newer.ts'
import { event, view } from './observations.ts'

describe('of two answers about a deployment, the newer one is', () => {
  test.each([
    { before: 'Created', now: 'Queued', is: 'Queued' },
    { before: 'InProgress', now: 'Queued', is: 'InProgress' },
    { before: 'InProgress', now: 'Created', is: 'InProgress' },
    { before: 'InProgress', now: 'Baking', is: 'Baking' },
    { before: 'Baking', now: 'InProgress', is: 'Baking' },
    { before: 'SomethingNew', now: 'InProgress', is: 'InProgress' },
    { before: 'Stopped', now: 'InProgress', is: 'Stopped' },
    { before: 'Failed', now: 'SomethingNew', is: 'Failed' },
    { before: 'SomethingNew', now: 'Succeeded', is: 'Succeeded' }
  ])('$is of $before and then $now', ({ before, now, is }) => {
    expect(newerStatus(view(before), view(now)).status).toBe(is)
  })

  test('the first one when there was none', () => {
    expect(newerStatus(undefined, view('Created')).status).toBe('Created')
  })
})

describe('of two answers about its events, the newer one has', () => {
  const [pending, running, ended] = [
    event('AllowTraffic', 'Pending'),
    event('AllowTraffic', 'InProgress', 1),
    event('AllowTraffic', 'Succeeded', 1, 2)
  ]
  test.each([
    { name: 'an event that has begun since', before: [pending], now: [running], is: [running] },
    { name: 'an event that had begun before', before: [running], now: [pending], is: [running] },
    { name: 'an event that had ended before', before: [ended], now: [running], is: [ended] },
    { name: 'all events, when the other knows none yet', before: [ended], now: [], is: [ended] },
    { name: 'the first ones there are', before: [], now: [pending], is: [pending] }
  ])('$name', ({ before, now, is }) => {
    expect(newerEvents(before, now)).toEqual(is)
  })
})
