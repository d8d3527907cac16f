import { describe, expect, test } from '@jest/globals'
import { giveAllTo } from '../../src/deployment/alias.ts'
import type { Observation, Subject, Traffic } from '../../src/deployment/observation.ts'
import { patience } from '../../src/watch/patience.ts'
import { rollbackIsDue, settle } from '../../src/watch/settle.ts'
import { event, seen, shareOn8, subject, view, whollyOn } from '../deployment/observations.ts'

const failed = (code: string) => seen({ deployment: view('Failed', { error: { code, message: '' } }) })
const stopped = (code?: string) =>
  seen({ deployment: view('Stopped', code === undefined ? {} : { error: { code, message: '' } }) })

describe('a rollback is expected', () => {
  test.each<{ name: string; events: readonly string[] | undefined; seen: Observation; due: boolean }>([
    { name: 'when the events in force are unknown', events: undefined, seen: failed('TIMEOUT'), due: true },
    { name: 'after a failure', events: ['DEPLOYMENT_FAILURE'], seen: failed('TIMEOUT'), due: true },
    {
      name: 'after an alarm',
      events: ['DEPLOYMENT_STOP_ON_ALARM'],
      seen: stopped('ALARM_ACTIVE'),
      due: true
    },
    { name: 'after a stop', events: ['DEPLOYMENT_STOP_ON_REQUEST'], seen: stopped(), due: true },
    {
      name: 'not after an alarm when only failures roll back',
      events: ['DEPLOYMENT_FAILURE'],
      seen: stopped('ALARM_ACTIVE'),
      due: false
    },
    {
      name: 'not after a stop when only alarms roll back',
      events: ['DEPLOYMENT_STOP_ON_ALARM'],
      seen: stopped(),
      due: false
    },
    {
      name: 'not after a failure when only stops roll back',
      events: ['DEPLOYMENT_STOP_ON_REQUEST'],
      seen: failed('TIMEOUT'),
      due: false
    },
    { name: 'never when rollback is switched off', events: [], seen: failed('TIMEOUT'), due: false }
  ])('$name', ({ events, seen: observation, due }) => {
    expect(rollbackIsDue(observation.deployment, subject(events && { rollbackEvents: events }))).toBe(due)
  })
})

describe('a deployment that ended without a rollback', () => {
  const at = patience.unaskedRollback
  const ended = (traffic: Observation['traffic']): Observation => ({
    ...stopped('MANUAL_STOP'),
    at,
    endedAt: 0,
    lifecycle: [event('AllowTraffic', 'Failed', -1, 0)],
    ...(traffic && { traffic })
  })
  test('says how to shift the traffic back when it is left split', () => {
    expect(settle(ended(shareOn8(0.1, at)), subject({ rollbackEvents: [] }))).toEqual({
      kind: 'stopped',
      serving: shareOn8(0.1, at),
      cause: {
        code: 'MANUAL_STOP',
        what: 'Somebody stopped the deployment.',
        next: 'Find out who (CloudTrail, event StopDeployment) and why, then release again. Later deployments fail while the alias is split. To give all traffic to version 7: a step with target-version: 7 and weight: 100, or aws lambda update-alias --function-name payments-api --name live --function-version 7 --routing-config AdditionalVersionWeights={}'
      }
    })
  })

  test('has nothing to shift back when the alias is already back', () => {
    expect(settle(ended(whollyOn('7', at)), subject({ rollbackEvents: [] }))).toEqual({
      kind: 'rolled-back',
      serving: whollyOn('7', at),
      cause: {
        code: 'MANUAL_STOP',
        what: 'Somebody stopped the deployment.',
        next: 'Find out who (CloudTrail, event StopDeployment) and why, then release again.'
      }
    })
  })
})

describe('a rollback that failed, with an alias that seems to be back', () => {
  const after = (readAt: number): Observation => ({
    ...stopped('MANUAL_STOP'),
    deployment: { ...stopped('MANUAL_STOP').deployment, rollbackId: 'd-2' },
    rollback: view('Failed', { id: 'd-2' }),
    at: readAt,
    endedAt: 0,
    rollbackEndedAt: 1_000,
    lifecycle: [event('AllowTraffic', 'Failed', -1, 0)],
    traffic: whollyOn('7', readAt)
  })

  test.each([
    { name: 'is not believed at once: what Lambda says may be stale', readAt: 2_000, kind: undefined },
    { name: 'is believed when Lambda says so ten seconds later', readAt: 11_000, kind: 'rolled-back' }
  ])('$name', ({ readAt, kind }) => {
    expect(settle(after(readAt), subject())?.kind).toBe(kind)
  })
})

describe('an end that Lambda could not confirm', () => {
  test('says what CodeDeploy said, why Lambda was not asked, and how to see for oneself', () => {
    const observation = seen({
      deployment: view('Succeeded'),
      endedAt: 0,
      aliasUnreadable: 'The credentials do not allow lambda:GetAlias on payments-api:live.'
    })
    expect(settle(observation, subject())).toEqual({
      kind: 'lost',
      cause: {
        code: 'ALIAS_UNREADABLE',
        what: 'CodeDeploy says Succeeded, but Lambda could not be asked whether alias live is on version 8. The credentials do not allow lambda:GetAlias on payments-api:live.',
        next: 'See for yourself: aws lambda get-alias --function-name payments-api --name live'
      }
    })
  })
})

const whoElse =
  'Find out who else changes the alias (CloudTrail, event UpdateAlias20150331), then release again.'
const look =
  'Look in the CodeDeploy console whether another deployment has moved the alias since, or is moving it. Only if none is there:'

test.each<{
  name: string
  subject: Subject
  isRollback?: true
  serving: Traffic
  what: string
  next: string
}>([
  {
    name: 'a rollback has succeeded, on a third version',
    subject: subject(),
    isRollback: true,
    serving: whollyOn('3'),
    what: 'it may have been on another one before.',
    next: whoElse
  },
  {
    name: 'a rollback has succeeded, shared with a third version',
    subject: subject(),
    isRollback: true,
    serving: { version: '8', weights: { '3': 0.1 } },
    what: 'it may have been split before.',
    next: whoElse
  },
  {
    name: 'a rollback has succeeded, shared by its two versions: not to go on with the one that it rolls back',
    subject: subject(),
    isRollback: true,
    serving: shareOn8(0.1),
    what: 'it may have been split before.',
    next: `${look} To give all traffic to version 8: ${giveAllTo(subject(), '8')}`
  },
  {
    name: 'a version was deployed once more to an alias that was split',
    subject: subject({ currentVersion: '8' }),
    serving: { version: '8', weights: { '3': 0.1 } },
    what: 'it may have been split before.',
    next: `${look} To give all traffic to version 8: ${giveAllTo(subject(), '8')}`
  },
  {
    name: 'any other deployment has succeeded',
    subject: subject(),
    serving: whollyOn('3'),
    what: 'somebody else moved it.',
    next: whoElse
  }
])('the alias is elsewhere when $name', ({ subject: of, isRollback, serving, what, next }) => {
  const at = 100_000 + patience.alias
  const read = { ...serving, readAt: at }
  const deployment = view('Succeeded', isRollback && { isRollback })
  expect(settle(seen({ at, endedAt: 100_000, deployment, traffic: read }), of)).toEqual({
    kind: 'failed',
    serving: read,
    cause: {
      code: 'ALIAS_NOT_ON_TARGET',
      what: `CodeDeploy says Succeeded, but alias live is not wholly on version 8: ${what}`,
      next
    }
  })
})
