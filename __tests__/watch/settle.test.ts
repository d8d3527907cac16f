import { describe, expect, test } from '@jest/globals'
import type { Observation, Subject } from '../../src/deployment/observation.ts'
import type { OutcomeKind } from '../../src/deployment/outcome.ts'
import { patience } from '../../src/watch/patience.ts'
import { settle } from '../../src/watch/settle.ts'
import { event, everyRollback, seen, shareOn8, subject, view, whollyOn } from '../deployment/observations.ts'

/** Every deployment here was seen to end at this time. */
const end = 100_000
const past = (ms: number) => end + ms

const succeeded = (over: Partial<Observation> = {}) =>
  seen({ at: end, endedAt: end, deployment: view('Succeeded'), ...over })
const failed = (code: string, over: Partial<Observation> = {}) =>
  seen({ at: end, endedAt: end, deployment: view('Failed', { error: { code, message: '' } }), ...over })
const stopped = (code: string | undefined, over: Partial<Observation> = {}) =>
  seen({
    at: end,
    endedAt: end,
    deployment: view('Stopped', code === undefined ? {} : { error: { code, message: '' } }),
    ...over
  })
/** Stopped by an alarm; its rollback has this status since `endedAt`. */
const rollingBack = (status: string, over: Partial<Observation> = {}) =>
  seen({
    at: past(5_000),
    endedAt: end,
    deployment: view('Stopped', { error: { code: 'ALARM_ACTIVE', message: '' }, rollbackId: 'd-BACK' }),
    rollback: view(status, { id: 'd-BACK' }),
    ...(status !== 'InProgress' && { rollbackEndedAt: past(4_000) }),
    ...over
  })
const shifted = [event('AllowTraffic', 'Failed', 50_000, end)]
const neverShifted = [event('BeforeAllowTraffic', 'Failed', 50_000, end), event('AllowTraffic', 'Skipped')]

interface Row {
  name: string
  seen: Observation
  subject?: Subject
  /** Undefined: there is still something to wait for. */
  outcome: OutcomeKind | undefined
  code?: string
  serving?: Observation['traffic']
}

const check = ({ seen: observation, subject: of = subject(), outcome, code, serving }: Row) => {
  const settled = settle(observation, of)
  expect({
    outcome: settled?.kind,
    code: settled && 'cause' in settled ? settled.cause.code : undefined,
    serving: settled?.serving
  }).toEqual({ outcome, code, serving })
}

describe('a deployment that runs', () => {
  test.each<Row>([
    { name: 'has not ended while it is in progress', seen: seen({ at: end }), outcome: undefined },
    {
      name: 'has not ended although all traffic is on the target, because a hook may follow',
      seen: seen({ at: end, traffic: whollyOn('8', end) }),
      outcome: undefined
    },
    {
      name: 'has not ended under an unknown status',
      seen: seen({ at: end, endedAt: end, deployment: view('Completed'), traffic: whollyOn('8', end) }),
      outcome: undefined
    }
  ])('$name', check)
})

describe("when CodeDeploy says Succeeded, only Lambda's word counts:", () => {
  const late = past(patience.alias)
  test.each<Row>([
    {
      name: 'it succeeded when Lambda said afterwards that the alias is wholly on the target',
      seen: succeeded({ traffic: whollyOn('8', end) }),
      outcome: 'succeeded',
      serving: whollyOn('8', end)
    },
    {
      name: 'what Lambda said before the end does not count',
      seen: succeeded({ traffic: whollyOn('8', end - 1) }),
      outcome: undefined
    },
    {
      name: "CodeDeploy's own claim does not count",
      seen: succeeded({ traffic: whollyOn('8') }),
      outcome: undefined
    },
    {
      name: 'an alias that lags is waited for',
      seen: succeeded({ at: late - 1, traffic: shareOn8(0.1, late - 1) }),
      outcome: undefined
    },
    {
      name: 'an alias that stays elsewhere for three minutes was moved by somebody else',
      seen: succeeded({ at: late, traffic: whollyOn('9', late) }),
      outcome: 'failed',
      code: 'ALIAS_NOT_ON_TARGET',
      serving: whollyOn('9', late)
    },
    {
      name: 'an alias that cannot be read for three minutes leaves the end unknown',
      seen: succeeded({ at: late }),
      outcome: 'lost',
      code: 'ALIAS_UNREADABLE'
    },
    {
      name: 'an alias that may not be read leaves the end unknown at once',
      seen: succeeded({
        aliasUnreadable: 'The credentials do not allow lambda:GetAlias.',
        traffic: whollyOn('8')
      }),
      outcome: 'lost',
      code: 'ALIAS_UNREADABLE'
    }
  ])('$name', check)
})

describe('a deployment that failed or was stopped', () => {
  const silent = subject({ rollbackEvents: [] })
  const due = subject({ rollbackEvents: everyRollback })
  const soon = past(patience.unaskedRollback)
  const late = past(patience.rollback)
  test.each<Row>([
    {
      name: 'may still roll back for a minute when it should',
      seen: failed('INTERNAL_ERROR', { at: late - 1, traffic: whollyOn('7', late - 1) }),
      subject: due,
      outcome: undefined
    },
    {
      name: 'may still roll back for a minute when the rollback events could not be read',
      seen: failed('INTERNAL_ERROR', { at: late - 1, traffic: whollyOn('7', late - 1) }),
      outcome: undefined
    },
    {
      name: 'may still roll back for ten seconds when nothing asks for it',
      seen: stopped('MANUAL_STOP', { at: soon - 1, traffic: shareOn8(0.1, soon - 1) }),
      subject: silent,
      outcome: undefined
    },
    {
      name: 'failed when no rollback came and traffic stays split',
      seen: failed('HOOK_EXECUTION_FAILURE', { at: soon, lifecycle: shifted, traffic: shareOn8(0.1, soon) }),
      subject: silent,
      outcome: 'failed',
      code: 'HOOK_EXECUTION_FAILURE',
      serving: shareOn8(0.1, soon)
    },
    {
      name: 'was stopped by somebody when no alarm did it and no rollback came',
      seen: stopped(undefined, { at: soon, lifecycle: shifted, traffic: shareOn8(0.1, soon) }),
      subject: silent,
      outcome: 'stopped',
      code: 'MANUAL_STOP',
      serving: shareOn8(0.1, soon)
    },
    {
      name: 'failed when an alarm stopped it and no rollback came',
      seen: stopped('ALARM_ACTIVE', { at: soon, lifecycle: shifted, traffic: shareOn8(0.1, soon) }),
      subject: silent,
      outcome: 'failed',
      code: 'ALARM_ACTIVE',
      serving: shareOn8(0.1, soon)
    },
    {
      name: 'was rolled back when traffic had moved and is back, whoever did it',
      seen: failed('TIMEOUT', { at: soon, lifecycle: shifted, traffic: whollyOn('7', soon) }),
      subject: silent,
      outcome: 'rolled-back',
      code: 'TIMEOUT',
      serving: whollyOn('7', soon)
    },
    {
      name: 'was refused when AWS did not take the AppSpec and no traffic ever moved',
      seen: failed('INVALID_LAMBDA_CONFIGURATION', { at: soon, traffic: whollyOn('7', soon) }),
      subject: silent,
      outcome: 'refused',
      code: 'INVALID_LAMBDA_CONFIGURATION',
      serving: whollyOn('7', soon)
    },
    {
      name: 'failed, and was not rolled back, when a hook failed before any traffic moved',
      seen: failed('HOOK_EXECUTION_FAILURE', {
        at: soon,
        lifecycle: neverShifted,
        traffic: whollyOn('7', soon)
      }),
      subject: silent,
      outcome: 'failed',
      code: 'HOOK_EXECUTION_FAILURE',
      serving: whollyOn('7', soon)
    },
    {
      name: 'was not rolled back when CodeDeploy skipped the shift, even if it says when',
      seen: failed('HOOK_EXECUTION_FAILURE', {
        at: soon,
        lifecycle: [event('AllowTraffic', 'Skipped', end, end)],
        traffic: whollyOn('7', soon)
      }),
      subject: silent,
      outcome: 'failed',
      code: 'HOOK_EXECUTION_FAILURE',
      serving: whollyOn('7', soon)
    },
    {
      name: 'is waited for while the alias cannot be read',
      seen: failed('INTERNAL_ERROR', { at: past(patience.alias) - 1 }),
      subject: silent,
      outcome: undefined
    },
    {
      name: 'failed, whatever serves, when the alias cannot be read for three minutes',
      seen: failed('INTERNAL_ERROR', { at: past(patience.alias) }),
      subject: silent,
      outcome: 'failed',
      code: 'INTERNAL_ERROR'
    },
    {
      name: 'does not wait for an alias that may not be read',
      seen: failed('INTERNAL_ERROR', { at: soon, aliasUnreadable: 'denied', traffic: shareOn8(0.1) }),
      subject: silent,
      outcome: 'failed',
      code: 'INTERNAL_ERROR'
    }
  ])('$name', check)
})

describe('a deployment with a rollback', () => {
  const late = past(4_000 + patience.alias)
  const soon = past(4_000 + patience.stale)
  const sharedBy = (version: string, readAt: number) => ({ version, weights: { '9': 0.1 }, readAt })
  test.each<Row>([
    {
      name: 'is not settled while the rollback has not been seen',
      seen: stopped('ALARM_ACTIVE', {
        at: late,
        deployment: view('Stopped', { rollbackId: 'd-BACK' }),
        traffic: whollyOn('7', late)
      }),
      outcome: undefined
    },
    {
      name: 'is not settled while the rollback runs, even if the alias is back',
      seen: rollingBack('InProgress', { traffic: whollyOn('7', past(5_000)) }),
      outcome: undefined
    },
    {
      name: 'was rolled back when the rollback ended and the alias is wholly back',
      seen: rollingBack('Succeeded', { traffic: whollyOn('7', past(4_000)) }),
      outcome: 'rolled-back',
      code: 'ALARM_ACTIVE',
      serving: whollyOn('7', past(4_000))
    },
    {
      name: 'is not settled by what Lambda said before the rollback ended',
      seen: rollingBack('Succeeded', { traffic: whollyOn('7', past(3_999)) }),
      outcome: undefined
    },
    {
      name: 'is waited for while the alias lags behind the rollback',
      seen: rollingBack('Succeeded', { at: late - 1, traffic: shareOn8(0.1, late - 1) }),
      outcome: undefined
    },
    {
      name: 'failed when the rollback succeeded and the alias is not back after three minutes',
      seen: rollingBack('Succeeded', { at: late, traffic: shareOn8(0.1, late) }),
      outcome: 'failed',
      code: 'ROLLBACK_FAILED',
      serving: shareOn8(0.1, late)
    },
    {
      name: 'failed for its own reason when the rollback succeeded and somebody else shares the alias with a third version',
      seen: rollingBack('Succeeded', { at: soon, traffic: sharedBy('7', soon) }),
      outcome: 'failed',
      code: 'ALARM_ACTIVE',
      serving: sharedBy('7', soon)
    },
    {
      name: 'failed likewise when somebody else shifts the alias from the target to a third version',
      seen: rollingBack('Succeeded', { at: soon, traffic: sharedBy('8', soon) }),
      outcome: 'failed',
      code: 'ALARM_ACTIVE',
      serving: sharedBy('8', soon)
    },
    {
      name: 'failed likewise when somebody else has moved the alias wholly to a third version',
      seen: rollingBack('Succeeded', { at: soon, traffic: whollyOn('9', soon) }),
      outcome: 'failed',
      code: 'ALARM_ACTIVE',
      serving: whollyOn('9', soon)
    },
    {
      name: 'is not settled by a third version in an answer that may be from before the deployment',
      seen: rollingBack('Succeeded', { at: soon - 1, traffic: whollyOn('9', soon - 1) }),
      outcome: undefined
    },
    {
      name: 'failed at once when the rollback failed and a third version has a share',
      seen: rollingBack('Failed', { traffic: sharedBy('7', past(4_000)) }),
      outcome: 'failed',
      code: 'ROLLBACK_FAILED',
      serving: sharedBy('7', past(4_000))
    },
    {
      name: 'failed at once when the rollback failed and the alias is not back',
      seen: rollingBack('Failed', { traffic: shareOn8(0.1, past(4_000)) }),
      outcome: 'failed',
      code: 'ROLLBACK_FAILED',
      serving: shareOn8(0.1, past(4_000))
    },
    {
      name: 'was rolled back anyway when the rollback failed and the alias is back',
      seen: rollingBack('Failed', { at: late, traffic: whollyOn('7', late) }),
      outcome: 'rolled-back',
      code: 'ALARM_ACTIVE',
      serving: whollyOn('7', late)
    },
    {
      name: 'is lost when the rollback succeeded and the alias cannot be read',
      seen: rollingBack('Succeeded', { at: late }),
      outcome: 'lost',
      code: 'ALIAS_UNREADABLE'
    },
    {
      name: 'failed when the rollback failed and the alias cannot be read',
      seen: rollingBack('Failed', { at: late }),
      outcome: 'failed',
      code: 'ROLLBACK_FAILED'
    }
  ])('$name', check)
})
