import { describe, expect, test } from '@jest/globals'
import type { Event } from '../../src/deployment/event.ts'
import type { Observation, Subject } from '../../src/deployment/observation.ts'
import { changes } from '../../src/watch/changes.ts'
import {
  bothHooks,
  canary,
  event,
  minute,
  second,
  seen,
  shareOn8,
  shiftingSince,
  subject,
  view,
  whollyOn
} from '../deployment/observations.ts'

const started = seen({ at: 3 * second, deployment: view('InProgress', { createdAt: 0, startedAt: 1_500 }) })
const inHook = { ...started, lifecycle: [event('BeforeAllowTraffic', 'InProgress', 2_000)] }
const baking = { ...started, lifecycle: shiftingSince(6_000), traffic: shareOn8(0.1, 6_500) }
const stopped = seen({
  ...baking,
  at: 70 * second,
  deployment: view('Stopped', { completedAt: 66_000, error: { code: 'ALARM_ACTIVE', message: '' } })
})
const hooked = subject({ hooks: bothHooks })
const scheduled = subject({ schedule: canary })

describe('between two looks, the changes are', () => {
  test.each<{ name: string; before?: Observation; now: Observation; subject?: Subject; told: Event[] }>([
    {
      name: 'nothing about a deployment that was just created: the line with its id has said that',
      now: seen({ deployment: view('Created', { createdAt: 0 }) }),
      told: []
    },
    { name: 'nothing when nothing changed', before: baking, now: { ...baking, at: 9_000 }, told: [] },
    {
      name: 'that CodeDeploy started the deployment, at the time it gives',
      before: seen({ deployment: view('Created') }),
      now: started,
      told: [{ kind: 'status', at: 1_500, status: 'InProgress', rollback: false }]
    },
    {
      name: 'that it started, at the time of the look if CodeDeploy gives none',
      before: seen({ deployment: view('Created') }),
      now: seen({ at: 3_000, deployment: view('InProgress') }),
      told: [{ kind: 'status', at: 3_000, status: 'InProgress', rollback: false }]
    },
    {
      name: 'an unknown status, as it is, at the time of the look: AWS does not say since when',
      before: started,
      now: seen({ at: 9_000, deployment: view('Reticulating', { createdAt: 0 }) }),
      told: [{ kind: 'status', at: 9_000, status: 'Reticulating', rollback: false }]
    },
    {
      name: 'a status without a date at the time when it was asked for, though another answer came late',
      before: started,
      now: seen({ at: 29_000, statusAt: 9_000, deployment: view('Baking', { createdAt: 0 }) }),
      told: [{ kind: 'status', at: 9_000, status: 'Baking', rollback: false }]
    },
    {
      name: 'a status without a date after the events that ended before it',
      before: baking,
      now: {
        ...baking,
        at: 311 * second,
        statusAt: 305 * second,
        deployment: view('Baking', { createdAt: 0 }),
        lifecycle: [event('AllowTraffic', 'Succeeded', 6_000, 306_100)],
        traffic: whollyOn('8', 310 * second)
      },
      told: [
        { kind: 'traffic', at: 306_100, traffic: whollyOn('8', 310 * second) },
        { kind: 'status', at: 306_100, status: 'Baking', rollback: false }
      ]
    },
    {
      name: 'the end with its error code, at the time CodeDeploy gives',
      before: baking,
      now: stopped,
      told: [{ kind: 'status', at: 66_000, status: 'Stopped', rollback: false, code: 'ALARM_ACTIVE' }]
    },
    {
      name: 'a hook that started',
      before: started,
      now: inHook,
      subject: hooked,
      told: [
        { kind: 'hook-started', at: 2_000, hook: 'BeforeAllowTraffic', functionName: 'CodeDeployHook_before' }
      ]
    },
    {
      name: 'a hook that ended, and how long it ran',
      before: inHook,
      now: { ...inHook, lifecycle: [event('BeforeAllowTraffic', 'Succeeded', 2_000, 5_000)] },
      subject: hooked,
      told: [
        {
          kind: 'hook-ended',
          at: 5_000,
          hook: 'BeforeAllowTraffic',
          functionName: 'CodeDeployHook_before',
          status: 'Succeeded',
          durationMs: 3_000
        }
      ]
    },
    {
      name: 'both ends of a hook that came and went unseen',
      before: started,
      now: { ...inHook, lifecycle: [event('BeforeAllowTraffic', 'Failed', 2_000, 2_400)] },
      subject: hooked,
      told: [
        {
          kind: 'hook-started',
          at: 2_000,
          hook: 'BeforeAllowTraffic',
          functionName: 'CodeDeployHook_before'
        },
        {
          kind: 'hook-ended',
          at: 2_400,
          hook: 'BeforeAllowTraffic',
          functionName: 'CodeDeployHook_before',
          status: 'Failed',
          durationMs: 400
        }
      ]
    },
    {
      name: 'a hook that failed before the deployment that it ended at the same moment',
      before: inHook,
      now: {
        ...inHook,
        deployment: view('Failed', {
          completedAt: 5_000,
          error: { code: 'HOOK_EXECUTION_FAILURE', message: '' }
        }),
        lifecycle: [event('BeforeAllowTraffic', 'Failed', 2_000, 5_000)]
      },
      subject: hooked,
      told: [
        {
          kind: 'hook-ended',
          at: 5_000,
          hook: 'BeforeAllowTraffic',
          functionName: 'CodeDeployHook_before',
          status: 'Failed',
          durationMs: 3_000
        },
        { kind: 'status', at: 5_000, status: 'Failed', rollback: false, code: 'HOOK_EXECUTION_FAILURE' }
      ]
    },
    {
      name: 'nothing about a hook that was skipped',
      before: started,
      now: { ...started, lifecycle: [event('AfterAllowTraffic', 'Skipped')] },
      subject: hooked,
      told: []
    },
    {
      name: 'nothing about a hook event without a hook, which CodeDeploy lists anyway',
      before: started,
      now: { ...started, lifecycle: [event('BeforeAllowTraffic', 'Succeeded', 2_000, 2_001)] },
      told: []
    },
    {
      name: 'the first shift at the time when its event began, with what comes next',
      before: started,
      now: { ...baking, at: 8_000, traffic: shareOn8(0.1, 8_000) },
      subject: scheduled,
      told: [
        {
          kind: 'traffic',
          at: 6_000,
          traffic: shareOn8(0.1, 8_000),
          forecast: { next: { share: 1, at: 6_000 + 5 * minute }, doneAt: 6_000 + 5 * minute }
        }
      ]
    },
    {
      name: 'a shift at the time when it was read, if no schedule knows better',
      before: started,
      now: baking,
      told: [{ kind: 'traffic', at: 6_500, traffic: shareOn8(0.1, 6_500) }]
    },
    {
      name: 'a share that no step of the schedule has, at the time when it was read',
      before: baking,
      now: { ...baking, at: 30_000, traffic: shareOn8(0.4, 30_000) },
      subject: scheduled,
      told: [
        {
          kind: 'traffic',
          at: 30_000,
          traffic: shareOn8(0.4, 30_000),
          forecast: { next: { share: 1, at: 6_000 + 5 * minute }, doneAt: 6_000 + 5 * minute }
        }
      ]
    },
    {
      name: 'the last shift at the time when its event ended',
      before: baking,
      now: {
        ...baking,
        at: 310 * second,
        lifecycle: [event('AllowTraffic', 'Succeeded', 6_000, 306_100)],
        traffic: whollyOn('8', 310 * second)
      },
      subject: scheduled,
      told: [{ kind: 'traffic', at: 306_100, traffic: whollyOn('8', 310 * second) }]
    },
    {
      name: 'a shift that somebody else did after the deployment had failed, at the time when it was read',
      before: baking,
      now: {
        ...baking,
        at: 310 * second,
        deployment: view('Failed', { completedAt: 6_500, error: { code: 'REVISION_MISSING', message: '' } }),
        lifecycle: [event('AllowTraffic', 'Failed', 6_000, 6_500)],
        traffic: whollyOn('8', 310 * second)
      },
      told: [
        { kind: 'shift-ended', at: 6_500, status: 'Failed' },
        { kind: 'status', at: 6_500, status: 'Failed', rollback: false, code: 'REVISION_MISSING' },
        { kind: 'traffic', at: 310 * second, traffic: whollyOn('8', 310 * second) }
      ]
    },
    {
      name: 'a shift that was not yet to be seen after its event had ended, after that look',
      before: { ...baking, traffic: shareOn8(0.1, 308 * second) },
      now: {
        ...baking,
        at: 312 * second,
        lifecycle: [event('AllowTraffic', 'Succeeded', 6_000, 306_100)],
        traffic: whollyOn('8', 311 * second)
      },
      subject: scheduled,
      told: [{ kind: 'traffic', at: 308 * second, traffic: whollyOn('8', 311 * second) }]
    },
    {
      name: 'no traffic that has not changed',
      now: { ...started, deployment: view('Created'), traffic: whollyOn('7', 3_000) },
      told: []
    },
    {
      name: 'a shift that was cut short',
      before: baking,
      now: { ...baking, at: 70_000, lifecycle: [event('AllowTraffic', 'Failed', 6_000, 66_000)] },
      told: [{ kind: 'shift-ended', at: 66_000, status: 'Failed' }]
    },
    {
      name: 'no shift that never began',
      before: inHook,
      now: { ...inHook, at: 9_000, lifecycle: [...inHook.lifecycle, event('AllowTraffic', 'Skipped')] },
      told: []
    },
    {
      name: 'the rollback that was found, at the end of what it rolls back',
      before: stopped,
      now: {
        ...stopped,
        deployment: { ...stopped.deployment, rollbackId: 'd-BACK' },
        rollback: view('InProgress', { id: 'd-BACK', startedAt: 67_000 })
      },
      told: [{ kind: 'rollback-found', at: 66_000, rollbackId: 'd-BACK' }]
    },
    {
      name: 'a rollback that came and went unseen, and the traffic it gave back, in the order of events',
      before: baking,
      now: {
        ...stopped,
        deployment: { ...stopped.deployment, rollbackId: 'd-BACK' },
        rollback: view('Succeeded', { id: 'd-BACK', completedAt: 69_000 }),
        traffic: whollyOn('7', 70 * second)
      },
      told: [
        { kind: 'status', at: 66_000, status: 'Stopped', rollback: false, code: 'ALARM_ACTIVE' },
        { kind: 'rollback-found', at: 66_000, rollbackId: 'd-BACK' },
        { kind: 'traffic', at: 69_000, traffic: whollyOn('7', 70 * second) },
        { kind: 'status', at: 69_000, status: 'Succeeded', rollback: true }
      ]
    },
    {
      name: 'no forecast once it is over',
      before: { ...started, traffic: whollyOn('7', 3_000) },
      now: { ...stopped, traffic: shareOn8(0.1, 70_000) },
      subject: scheduled,
      told: [
        { kind: 'traffic', at: 6_000, traffic: shareOn8(0.1, 70_000) },
        { kind: 'status', at: 66_000, status: 'Stopped', rollback: false, code: 'ALARM_ACTIVE' }
      ]
    },
    {
      name: 'no end of a hook whose status says nothing',
      before: inHook,
      now: { ...started, lifecycle: [event('BeforeAllowTraffic', 'Unknown', 2_000)] },
      subject: hooked,
      told: []
    },
    {
      name: "CodeDeploy's claim about the traffic, at the time when it was read",
      before: started,
      now: { ...started, at: 8_000, traffic: shareOn8(0.1) },
      told: [{ kind: 'traffic', at: 8_000, traffic: shareOn8(0.1) }]
    }
  ])('$name', ({ before, now, subject: of = subject(), told }) => {
    expect(changes(before, now, of)).toEqual(told)
  })
})
