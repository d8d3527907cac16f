import { describe, expect, test } from '@jest/globals'
import type { Event } from '../../src/deployment/event.ts'
import { line } from '../../src/report/lines.ts'
import { colours } from '../../src/report/paint.ts'

const begunAt = Date.parse('2026-11-20T14:00:00Z')
const at = begunAt + 65_000
const subject = {
  functionName: 'payments-api',
  alias: 'live',
  deploymentId: 'd-NEW',
  targetVersion: '8',
  currentVersion: '7'
}
const split = { version: '7', weights: { '8': 0.1 } }

describe('in colours, the line', () => {
  const dim = (text: string) => `\u001b[2m${text}\u001b[0m`
  const green = (text: string) => `\u001b[32m${text}\u001b[0m`
  const yellow = (text: string) => `\u001b[33m${text}\u001b[0m`
  const red = (text: string) => `\u001b[31m${text}\u001b[0m`
  const time = dim('    1:05')
  const hook = { hook: 'AfterAllowTraffic', functionName: 'h' }

  test.each<{ name: string; event: Event; line: string }>([
    {
      name: 'of traffic has a green bar',
      event: { kind: 'traffic', at, traffic: split },
      line: `${time}  traffic             ${green('██')}${dim('░░░░░░░░░░░░░░░░░░')}  v7 90%  v8 10%`
    },
    {
      name: 'of all the traffic has no empty part',
      event: { kind: 'traffic', at, traffic: { version: '8', weights: {} } },
      line: `${time}  traffic             ${green('████████████████████')}  v8 100%`
    },
    {
      name: 'of what goes as planned has no colour',
      event: { kind: 'status', at, status: 'InProgress', rollback: false },
      line: `${time}  deployment          InProgress`
    },
    {
      name: 'of a hook that succeeded has no colour',
      event: { kind: 'hook-ended', at, ...hook, status: 'Succeeded' },
      line: `${time}  AfterAllowTraffic   h Succeeded`
    },
    {
      name: 'of a hook that failed is red',
      event: { kind: 'hook-ended', at, ...hook, status: 'Failed' },
      line: `${time}  ${red('AfterAllowTraffic   h Failed')}`
    },
    {
      name: 'of a deployment that succeeded is green',
      event: { kind: 'status', at, status: 'Succeeded', rollback: false },
      line: `${time}  ${green('deployment          Succeeded')}`
    },
    {
      name: 'of a deployment that was stopped is red',
      event: { kind: 'status', at, status: 'Stopped', code: 'ALARM_ACTIVE', rollback: false },
      line: `${time}  ${red('deployment          Stopped: ALARM_ACTIVE')}`
    },
    {
      name: 'of an unknown status has no colour',
      event: { kind: 'status', at, status: 'Baking', rollback: false },
      line: `${time}  deployment          Baking`
    },
    {
      name: 'of a rollback that succeeded is yellow, because nothing was released',
      event: { kind: 'status', at, status: 'Succeeded', rollback: true },
      line: `${time}  ${yellow('rollback            Succeeded')}`
    },
    {
      name: 'of a rollback that failed is red',
      event: { kind: 'status', at, status: 'Failed', rollback: true },
      line: `${time}  ${red('rollback            Failed')}`
    },
    {
      name: 'of a stop is yellow',
      event: { kind: 'stop-asked', at, reason: 'interrupted', rollBack: true },
      line: `${time}  ${yellow('stopping            The step was interrupted; shifting back')}`
    },
    {
      name: 'with foreign colours shows them spelled out, inside ours',
      event: { kind: 'hook-ended', at, hook: 'x', functionName: '\u001b[32mh\u001b[0m', status: 'Failed' },
      line: `${time}  ${red('x                   \\x1b[32mh\\x1b[0m Failed')}`
    }
  ])('$name', ({ event, line: expected }) => {
    expect(line(event, { subject, begunAt, paint: colours({}) })).toBe(expected)
  })
})

describe('within 120 columns is the line', () => {
  const wide = { ...subject, functionName: 'x'.repeat(64), targetVersion: '1018' }
  const long = begunAt + 11 * 3_600_000
  const later = { next: { share: 0.15, at: long + 11 * 3_600_000 }, doneAt: long + 23 * 3_600_000 }
  const traffic = { version: '1017', weights: { '1018': 0.15 } }

  test.each<[of: string, event: Event]>([
    ['traffic between long versions, for hours', { kind: 'traffic', at: long, traffic, forecast: later }],
    [
      'a heartbeat during the shift',
      { kind: 'heartbeat', at: long, phase: 'shifting', traffic, forecast: later }
    ],
    [
      'a hook of the longest usual name that is still running',
      {
        kind: 'heartbeat',
        at: long,
        phase: 'hook',
        hook: { hook: 'BeforeAllowTraffic', functionName: 'x'.repeat(50), forMs: 3_599_000 }
      }
    ],
    [
      'a status',
      { kind: 'status', at: long, status: 'Failed', code: 'HOOK_EXECUTION_FAILURE', rollback: false }
    ],
    ['a stop with rollback', { kind: 'stop-asked', at: long, reason: 'timed-out', rollBack: true }],
    ['a stop without rollback', { kind: 'stop-asked', at: long, reason: 'interrupted', rollBack: false }]
  ])('of %s', (_of, event) => {
    expect(line(event, { subject: wide, begunAt }).length).toBeLessThanOrEqual(120)
  })
})
