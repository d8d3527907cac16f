import { expect, test } from '@jest/globals'
import type { Event } from '../../src/deployment/event.ts'
import { lines, nameWidth } from '../../src/report/grouped.ts'
import { colours } from '../../src/report/paint.ts'

const told = (count: number, event: (index: number) => Event) =>
  Array.from({ length: count }, (_, index) => ({
    event: event(index),
    subject: {
      functionName: `service-${index + 1}`,
      alias: 'live',
      deploymentId: `d-${index + 1}`,
      currentVersion: String(index + 1),
      targetVersion: String(index + 2),
      hooks: {},
      alarms: []
    }
  }))

const show = (events: ReturnType<typeof told>) =>
  lines(events, ({ subject }) => ({ subject, begunAt: 0, name: subject.functionName }))

const tenPercent = (index: number): Event => ({
  kind: 'traffic',
  at: 3_000,
  traffic: { version: String(index + 1), weights: { [index + 2]: 0.1 } },
  forecast: { next: { share: 1, at: 303_000 }, doneAt: 303_000 }
})

test('a few functions have a line each', () => {
  expect(show(told(2, tenPercent))).toEqual([
    '    0:03  service-1                 traffic             ██░░░░░░░░░░░░░░░░░░  v1 90%  v2 10%   next 100% in 5m 00s, done about 00:05 UTC',
    '    0:03  service-2                 traffic             ██░░░░░░░░░░░░░░░░░░  v2 90%  v3 10%   next 100% in 5m 00s, done about 00:05 UTC'
  ])
})

test('a hundred that do the same share one line, whatever their versions', () => {
  expect(show(told(100, tenPercent))).toEqual([
    '    0:03  100 functions             traffic             ██░░░░░░░░░░░░░░░░░░  10% moved   next 100% in 5m 00s, done about 00:05 UTC   (service-1, service-2, service-3, …)'
  ])
})

test('those that began some seconds apart share a heartbeat', () => {
  const still = (index: number): Event => ({
    kind: 'heartbeat',
    at: 63_000,
    phase: 'shifting',
    traffic: { version: '7', weights: { [index + 2]: 0.1 } },
    forecast: { next: { share: 1, at: 303_000 + index * 1_000 }, doneAt: 303_000 + index * 1_000 }
  })
  expect(show(told(5, still))).toEqual([
    '    1:03  5 functions               still shifting      ██░░░░░░░░░░░░░░░░░░  10% moved   next 100% in 4m 00s, done about 00:05 UTC'
  ])
})

test('all functions of the release together are not named', () => {
  const going: Event = { kind: 'status', at: 5_000, status: 'InProgress', rollback: false }
  const events = told(5, () => going)
  expect(lines(events, ({ subject }) => ({ subject, begunAt: 0, name: subject.functionName }), 5)).toEqual([
    '    0:05  5 functions               deployment          InProgress'
  ])
})

test('those that are named are named as in a line of their own', () => {
  const going: Event = { kind: 'status', at: 5_000, status: 'InProgress', rollback: false }
  expect(
    lines(
      told(4, () => going),
      ({ subject }) => ({ subject, begunAt: 0, name: `${subject.functionName}:${subject.alias}` })
    )
  ).toEqual([
    '    0:05  4 functions               deployment          InProgress   (service-1:live, service-2:live, service-3:live, …)'
  ])
})

test('one that does something different has its own line', () => {
  const stopped: Event = {
    kind: 'status',
    at: 5_000,
    status: 'Stopped',
    code: 'ALARM_ACTIVE',
    rollback: false
  }
  const going: Event = { kind: 'status', at: 5_000, status: 'InProgress', rollback: false }
  expect(show(told(6, index => (index === 2 ? stopped : going)))).toEqual([
    '    0:05  5 functions               deployment          InProgress   (service-1, service-2, service-4, …)',
    '    0:05  service-3                 deployment          Stopped: ALARM_ACTIVE'
  ])
})

test('a line about many is coloured like a line about one', () => {
  const event: Event = { kind: 'status', at: 5_000, status: 'Failed', code: 'TIMEOUT', rollback: false }
  const context = { begunAt: 0, nameWidth: 12, paint: colours({}) }
  expect(
    lines(
      told(4, () => event),
      ({ subject }) => ({ subject, name: subject.functionName, ...context })
    )
  ).toEqual([
    '\u001b[2m    0:05\u001b[0m  4 functions   \u001b[31mdeployment          Failed: TIMEOUT   (service-1, service-2, service-3, …)\u001b[0m'
  ])
})

test.each<[takes: string, names: string[], width: number]>([
  ['the longest name', ['orders', 'ledger', 'a'], 6],
  ['the words for many, when there are so many', ['a', 'b', 'c', 'd'], 11],
  ['24 columns at most', ['x'.repeat(64)], 24]
])('the column of names takes %s', (_takes, names, width) => {
  expect(nameWidth(names)).toBe(width)
})
