import { describe, expect, test } from '@jest/globals'
import type { Event } from '../../src/deployment/event.ts'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { gantt } from '../../src/report/gantt.ts'
import { on, record, rolledBack, split, succeeded } from './records.ts'

const start = Date.parse('2026-11-20T14:00:00Z')
const at = (seconds: number) => start + seconds * 1_000
const hook = { hook: 'BeforeAllowTraffic', functionName: 'h' }

const canary: Event[] = [
  { kind: 'status', at: at(1), status: 'InProgress', rollback: false },
  { kind: 'hook-started', at: at(3), ...hook },
  { kind: 'hook-ended', at: at(6), ...hook, status: 'Succeeded', durationMs: 3_000 },
  { kind: 'traffic', at: at(6), traffic: split },
  { kind: 'heartbeat', at: at(66), phase: 'shifting', traffic: split }
]
const ended: Event[] = [
  { kind: 'traffic', at: at(306), traffic: on('8') },
  { kind: 'status', at: at(310), status: 'Succeeded', rollback: false }
]
const stopped: Event[] = [
  { kind: 'status', at: at(122), status: 'Stopped', code: 'ALARM_ACTIVE', rollback: false },
  { kind: 'rollback-found', at: at(122), rollbackId: 'd-BACK' },
  { kind: 'traffic', at: at(124), traffic: on('7') },
  { kind: 'status', at: at(124), status: 'Succeeded', rollback: true }
]

const release = (events: Event[], over: Partial<ReleaseRecord> = {}): ReleaseRecord =>
  record({ startedAt: start, endedAt: events[events.length - 1]?.at ?? start, events, ...over })

/** The lines of the chart that say what happened. */
const told = (records: readonly ReleaseRecord[]) =>
  (gantt(records) ?? '').split('\n').filter(line => line.startsWith('section ') || line.includes(' :'))

describe('the chart of the traffic', () => {
  test('reads as a timetable, drawn or not', () => {
    expect(gantt([release([...canary, ...ended], { outcome: succeeded })])).toBe(`\`\`\`mermaid
gantt
title Traffic of payments-api live, 2026-11-20 (UTC)
dateFormat HH:mm:ss
axisFormat %H:%M
tickInterval 1minute
todayMarker off
section v7 to v8
v7 100% :done, 14:00:00, 14:00:06
Hook BeforeAllowTraffic :done, 14:00:03, 14:00:06
v7 90%, v8 10% :14:00:06, 14:05:06
v8 100% :14:05:06, 14:05:10
%%{init: {"gantt":{"leftPadding":78},"themeVariables":{"sectionBkgColor":"#80808040","altSectionBkgColor":"#80808018","sectionBkgColor2":"#80808040","taskBkgColor":"#1f6feb","taskBorderColor":"#1f6feb","taskTextColor":"#ffffff"}}}%%
\`\`\``)
  })

  test.each<{ name: string; record: ReleaseRecord; lines: string[] }>([
    {
      name: 'marks the moment at which it was stopped, and why',
      record: release([...canary, ...stopped], { outcome: rolledBack }),
      lines: [
        'section v7 to v8',
        'v7 100% :done, 14:00:00, 14:00:06',
        'Hook BeforeAllowTraffic :done, 14:00:03, 14:00:06',
        'v7 90%, v8 10% :14:00:06, 14:02:04',
        'Stopped ALARM_ACTIVE :crit, milestone, 14:02:02, 1s',
        'v7 100% :done, 14:02:04, 1s'
      ]
    },
    {
      name: 'marks a rollback that failed',
      record: release([
        ...canary.slice(3, 4),
        { kind: 'status', at: at(9), status: 'Failed', code: 'INTERNAL_ERROR', rollback: true }
      ]),
      lines: [
        'section v7 to v8',
        'v7 100% :done, 14:00:00, 14:00:06',
        'v7 90%, v8 10% :14:00:06, 14:00:09',
        'Rollback Failed INTERNAL_ERROR :crit, milestone, 14:00:09, 1s'
      ]
    },
    {
      name: 'marks a hook that failed',
      record: release([
        { kind: 'hook-started', at: at(3), ...hook },
        { kind: 'hook-ended', at: at(6), ...hook, status: 'Failed' }
      ]),
      lines: [
        'section v7 to v8',
        'v7 100% :done, 14:00:00, 14:00:06',
        'Hook BeforeAllowTraffic Failed :crit, 14:00:03, 14:00:06'
      ]
    },
    {
      name: 'ends a hook that was never seen to end at the end of the chart',
      record: release([
        { kind: 'hook-started', at: at(3), ...hook },
        { kind: 'sight-lost', at: at(60), reason: 'x' }
      ]),
      lines: [
        'section v7 to v8',
        'v7 100% :done, 14:00:00, 14:01:00',
        'Hook BeforeAllowTraffic unfinished :crit, 14:00:03, 14:01:00'
      ]
    },
    {
      name: 'ends with what Lambda said last, even if no event reported it',
      record: release([...canary.slice(0, 1), ...ended.slice(1)], {
        outcome: { kind: 'succeeded', serving: on('5') }
      }),
      lines: ['section v7 to v8', 'v7 100% :done, 14:00:00, 14:05:10', 'v5 100% :14:05:10, 1s']
    },
    {
      name: 'across midnight has the day with each time',
      record: release([{ kind: 'traffic', at: at(6), traffic: split }], { endedAt: at(36_000) }),
      lines: [
        'section v7 to v8',
        'v7 100% :done, 2026-11-20 14:00:00, 2026-11-20 14:00:06',
        'v7 90%, v8 10% :2026-11-20 14:00:06, 2026-11-21 00:00:00'
      ]
    },
    {
      name: 'of many steps keeps the first and the last',
      record: release(
        Array.from({ length: 20 }, (_, index) => ({
          kind: 'traffic',
          at: at(60 * (index + 1)),
          traffic: { version: '7', weights: { '8': (index + 1) / 20 } }
        }))
      ),
      lines: [
        'section v7 to v8',
        'v7 100% :done, 14:00:00, 14:01:00',
        ...['95%, v8 5% :14:01', '90%, v8 10% :14:02', '85%, v8 15% :14:03'].map(
          (each, index) => `v7 ${each}:00, 14:0${index + 2}:00`
        ),
        'v7 80%, v8 20% :14:04:00, 14:05:00',
        'v7 75%, v8 25% :14:05:00, 14:06:00',
        'v7 70%, v8 30% :14:06:00, 14:07:00',
        '8 more steps :14:07:00, 14:15:00',
        'v7 25%, v8 75% :14:15:00, 14:16:00',
        'v7 20%, v8 80% :14:16:00, 14:17:00',
        'v7 15%, v8 85% :14:17:00, 14:18:00',
        'v7 10%, v8 90% :14:18:00, 14:19:00',
        'v7 5%, v8 95% :14:19:00, 14:20:00',
        'v8 100% :14:20:00, 1s'
      ]
    }
  ])('$name', ({ record: of, lines }) => {
    expect(told([of])).toEqual(lines)
  })

  test('is left out of a deployment that never began, or that nobody watched', () => {
    const { startedAt: _, ...early } = record({ events: canary })
    expect([gantt([early]), gantt([record({ events: [] })])]).toEqual([undefined, undefined])
  })

  test('of a few functions has a section for each', () => {
    const events = [...canary.slice(3, 4), ...ended]
    expect(told([release(events), release(events, { functionName: 'ledger' })])).toEqual([
      'section payments-api live',
      'v7 100% :done, 14:00:00, 14:00:06',
      'v7 90%, v8 10% :14:00:06, 14:05:06',
      'v8 100% :14:05:06, 14:05:10',
      'section ledger live',
      'v7 100% :done, 14:00:00, 14:00:06',
      'v7 90%, v8 10% :14:00:06, 14:05:06',
      'v8 100% :14:05:06, 14:05:10'
    ])
  })

  test('of many functions draws those that did the same as one, without their hooks', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      release(index === 3 ? [...canary, ...stopped] : [...canary, ...ended], {
        functionName: `service-${index}`
      })
    )
    expect(told(many)).toEqual([
      'section service-0 live and 38 more',
      'v7 100% :done, 14:00:00, 14:00:06',
      'v7 90%, v8 10% :14:00:06, 14:05:06',
      'v8 100% :14:05:06, 14:05:10',
      'section service-3 live',
      'v7 100% :done, 14:00:00, 14:00:06',
      'v7 90%, v8 10% :14:00:06, 14:02:04',
      'Stopped ALARM_ACTIVE :crit, milestone, 14:02:02, 1s',
      'v7 100% :done, 14:02:04, 1s'
    ])
  })

  test('of many functions that did different things stays small, and says what it leaves out', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      release([{ kind: 'traffic', at: at(60 * (index + 1)), traffic: on('8') }], {
        functionName: `s-${index}`
      })
    )
    const text = gantt(many) ?? ''
    expect(text.match(/^section .*/gm)).toHaveLength(8)
    expect(text.split('\n').slice(-2)).toEqual(['', 'The chart leaves out 92 functions.'])
  })
})
