import { describe, expect, test } from '@jest/globals'
import type { Event } from '../../src/deployment/event.ts'
import { bar, line } from '../../src/report/lines.ts'

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
const forecast = { next: { share: 1, at: begunAt + 5 * 60_000 }, doneAt: begunAt + 5 * 60_000 }

describe('the log has one line', () => {
  test.each<{ name: string; event: Event; line: string }>([
    {
      name: 'for a new status',
      event: { kind: 'status', at, status: 'InProgress', rollback: false },
      line: '    1:05  deployment          InProgress'
    },
    {
      name: 'for an end with its error code',
      event: { kind: 'status', at, status: 'Stopped', code: 'ALARM_ACTIVE', rollback: false },
      line: '    1:05  deployment          Stopped: ALARM_ACTIVE'
    },
    {
      name: 'for the end of the rollback',
      event: { kind: 'status', at, status: 'Succeeded', rollback: true },
      line: '    1:05  rollback            Succeeded'
    },
    {
      name: 'for a hook that started',
      event: { kind: 'hook-started', at, hook: 'BeforeAllowTraffic', functionName: 'CodeDeployHook_before' },
      line: '    1:05  BeforeAllowTraffic  CodeDeployHook_before started'
    },
    {
      name: 'for a hook that ended, with how long it ran',
      event: {
        kind: 'hook-ended',
        at,
        hook: 'AfterAllowTraffic',
        functionName: 'CodeDeployHook_after',
        status: 'Failed',
        durationMs: 3_000
      },
      line: '    1:05  AfterAllowTraffic   CodeDeployHook_after Failed in 3s'
    },
    {
      name: 'for a hook that ended at an unknown time',
      event: {
        kind: 'hook-ended',
        at,
        hook: 'AfterAllowTraffic',
        functionName: 'CodeDeployHook_after',
        status: 'Succeeded'
      },
      line: '    1:05  AfterAllowTraffic   CodeDeployHook_after Succeeded'
    },
    {
      name: 'for traffic that moved, with what comes next',
      event: { kind: 'traffic', at, traffic: split, forecast },
      line: '    1:05  traffic             ██░░░░░░░░░░░░░░░░░░  v7 90%  v8 10%   next 100% in 3m 55s, done about 14:05 UTC'
    },
    {
      name: 'for the last of the traffic',
      event: { kind: 'traffic', at, traffic: { version: '8', weights: {} } },
      line: '    1:05  traffic             ████████████████████  v8 100%'
    },
    {
      name: 'for traffic that is due',
      event: { kind: 'traffic', at: begunAt + 301_000, traffic: split, forecast },
      line: '    5:01  traffic             ██░░░░░░░░░░░░░░░░░░  v7 90%  v8 10%   100% is due, done about 14:05 UTC'
    },
    {
      name: 'for a shift that was cut short',
      event: { kind: 'shift-ended', at, status: 'Failed' },
      line: '    1:05  AllowTraffic        Failed: the shift was cut short'
    },
    {
      name: 'for the rollback that was found',
      event: { kind: 'rollback-found', at, rollbackId: 'd-BACK' },
      line: '    1:05  rollback            d-BACK shifts the traffic back'
    },
    {
      name: 'for a heartbeat during a hook',
      event: {
        kind: 'heartbeat',
        at,
        phase: 'hook',
        hook: { hook: 'BeforeAllowTraffic', functionName: 'CodeDeployHook_before', forMs: 62_000 }
      },
      line: '    1:05  BeforeAllowTraffic  CodeDeployHook_before still running after 1m 02s of one hour'
    },
    {
      name: 'for a heartbeat during the shift',
      event: { kind: 'heartbeat', at, phase: 'shifting', traffic: split, forecast },
      line: '    1:05  still shifting      ██░░░░░░░░░░░░░░░░░░  v7 90%  v8 10%   next 100% in 3m 55s, done about 14:05 UTC'
    },
    {
      name: 'for a heartbeat while it starts',
      event: { kind: 'heartbeat', at, phase: 'starting' },
      line: '    1:05  still starting      nothing new'
    },
    {
      name: 'for a heartbeat between hooks',
      event: { kind: 'heartbeat', at, phase: 'hook' },
      line: '    1:05  still in a hook     nothing new'
    },
    {
      name: 'for a heartbeat at the end',
      event: { kind: 'heartbeat', at, phase: 'ending', traffic: split },
      line: '    1:05  still ending        ██░░░░░░░░░░░░░░░░░░  v7 90%  v8 10%'
    },
    {
      name: 'for an alias that may not be read',
      event: {
        kind: 'part-unreadable',
        at,
        part: 'traffic',
        reason: 'The credentials do not allow lambda:GetAlias.'
      },
      line: '    1:05  warning             The credentials do not allow lambda:GetAlias. The traffic shown is what CodeDeploy says.'
    },
    {
      name: 'for events that may not be read',
      event: { kind: 'part-unreadable', at, part: 'lifecycle', reason: 'Denied.' },
      line: '    1:05  warning             Denied. Continuing without the lifecycle events.'
    },
    {
      name: 'for events that have given no answer for a while',
      event: { kind: 'sight-lost', at, part: 'lifecycle', reason: 'ThrottlingException' },
      line: '    1:05  sight lost          ThrottlingException; the lifecycle events are not seen meanwhile, retrying'
    },
    {
      name: 'for an alias that gives an answer again',
      event: { kind: 'sight-regained', at, part: 'traffic', afterMs: 61_000 },
      line: '    1:05  sight regained      the alias is seen again, after 1m 01s'
    },
    {
      name: 'for a gate that will not judge any more',
      event: { kind: 'figures-lost', at, reason: 'Denied', isFinal: true },
      line: '    1:05  figures lost        Denied; the new version is not judged from now on'
    },
    {
      name: 'for a stop that a cancelled job asks for',
      event: { kind: 'stop-asked', at, reason: 'interrupted', rollBack: true },
      line: '    1:05  stopping            The step was interrupted; shifting back'
    },
    {
      name: 'for a stop without rollback after the wait',
      event: { kind: 'stop-asked', at, reason: 'timed-out', rollBack: false },
      line: '    1:05  stopping            The wait time is over; leaving the traffic where it is'
    },
    {
      name: 'for a stop because another function failed',
      event: { kind: 'stop-asked', at, reason: 'blocked', by: 'ledger:live ended Failed', rollBack: true },
      line: '    1:05  stopping            All or none: ledger:live ended Failed; shifting back'
    },
    {
      name: 'for a deployment that could not be stopped',
      event: { kind: 'stop-failed', at, reason: 'The AWS credentials expired.' },
      line: '    1:05  not stopped         The AWS credentials expired.'
    },
    {
      name: 'for a stop that a passing fault has hit',
      event: { kind: 'stop-failed', at, reason: 'Throttled.', isPassing: true },
      line: '    1:05  not stopped         Throttled. Asking again.'
    },
    {
      name: 'for a lost sight, which does not mean that the deployment failed',
      event: { kind: 'sight-lost', at, reason: 'codedeploy:GetDeployment: ECONNRESET' },
      line: '    1:05  sight lost          codedeploy:GetDeployment: ECONNRESET; the deployment goes on, retrying'
    },
    {
      name: 'for a sight that was regained',
      event: { kind: 'sight-regained', at, afterMs: 30_000 },
      line: '    1:05  sight regained      after 30s'
    }
  ])('$name', ({ event, line: expected }) => {
    expect(line(event, { subject, begunAt })).toBe(expected)
  })

  test('that names its function when several are released', () => {
    const event: Event = { kind: 'status', at, status: 'InProgress', rollback: false }
    expect(line(event, { subject, begunAt, name: 'payments-api' })).toBe(
      '    1:05  payments-api              deployment          InProgress'
    )
  })

  test('that no name or message from AWS can break', () => {
    const event: Event = {
      kind: 'hook-ended',
      at,
      hook: 'a\nb',
      functionName: '##[error]c',
      status: 'd\u001b[31m'
    }
    expect(line(event, { subject, begunAt })).toBe('    1:05  a / b               #\\#[error]c d\\x1b[31m')
  })
})

describe('the bar of a share', () => {
  test.each<[share: number, shown: string]>([
    [0, '░░░░░░░░░░░░░░░░░░░░'],
    [0.01, '█░░░░░░░░░░░░░░░░░░░'],
    [0.5, '██████████░░░░░░░░░░'],
    [0.99, '███████████████████░'],
    [1, '████████████████████']
  ])('of %d is %s', (share, shown) => {
    expect(bar(share)).toBe(shown)
  })
})
