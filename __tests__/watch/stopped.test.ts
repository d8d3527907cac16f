import { describe, expect, test } from '@jest/globals'
import type { Verdict } from '../../src/deployment/gate.ts'
import type { LeavingCause } from '../../src/deployment/leaving.ts'
import type { Cause, Outcome } from '../../src/deployment/outcome.ts'
import { afterStop } from '../../src/watch/stopped.ts'
import { shareOn8, subject, view } from '../deployment/observations.ts'

const verdict: Verdict = {
  kind: 'canary-errors',
  at: 300_000,
  until: 180_000,
  target: { invocations: 80, errors: 24 },
  allowed: 5
}
const broken: Outcome = {
  kind: 'failed',
  cause: { code: 'ROLLBACK_FAILED', what: 'The rollback d-BACK ended Failed.', next: 'Do it by hand.' }
}
const denied = 'The credentials do not allow lambda:GetAlias on payments-api:live.'
const failedOften = 'v8 failed 24 of 80 invocations until 00:03 UTC (30 %, allowed 5 %).'

describe('after a stop of ours whose rollback failed, the error says where the alias is, or why that is not known:', () => {
  const judged: LeavingCause = { reason: 'judged', verdict }
  test.each<{
    name: string
    why: LeavingCause
    serving?: NonNullable<Outcome['serving']>
    aliasUnreadable?: string
    kind: Outcome['kind']
    code: string
    what: string
  }>([
    {
      name: 'judged, and split',
      why: judged,
      serving: shareOn8(0.1),
      kind: 'failed',
      code: 'CANARY_ERRORS',
      what: `${failedOften} The deployment was stopped, and the alias is left at version 7 (90%) and version 8 (10%).`
    },
    {
      name: 'judged, and not to be read',
      why: judged,
      aliasUnreadable: denied,
      kind: 'lost',
      code: 'CANARY_ERRORS',
      what: `${failedOften} The deployment was stopped. What alias live serves could not be read: ${denied}`
    },
    {
      name: 'judged, and not read for a reason that may pass',
      why: judged,
      kind: 'lost',
      code: 'CANARY_ERRORS',
      what: `${failedOften} The deployment was stopped, and the alias is left at a version that could not be read.`
    },
    {
      name: 'cancelled, and not to be read',
      why: { reason: 'interrupted' },
      aliasUnreadable: denied,
      kind: 'interrupted',
      code: 'JOB_CANCELLED',
      what: `The step was interrupted, so deployment d-NEW was stopped. What alias live serves could not be read: ${denied}`
    }
  ])('$name', ({ why, serving, aliasUnreadable, kind, code, what }) => {
    const outcome = { ...broken, ...(serving && { serving }) }
    const seen = { ...(aliasUnreadable !== undefined && { aliasUnreadable }) }
    expect(afterStop(outcome, why, subject(), seen)).toMatchObject({ kind, cause: { code, what } })
  })
})

test.each<{ name: string; why: LeavingCause; cause: Partial<Cause> }>([
  {
    name: 'cancelled',
    why: { reason: 'interrupted' },
    cause: {
      code: 'JOB_CANCELLED',
      what: 'The step was interrupted, so deployment d-NEW was stopped and rolled back, and somebody else has moved the alias to version 7 (90%) and version 9 (10%).'
    }
  },
  {
    name: 'judged',
    why: { reason: 'judged', verdict },
    cause: {
      code: 'CANARY_ERRORS',
      what: `${failedOften} The deployment was stopped and rolled back, and somebody else has moved the alias to version 7 (90%) and version 9 (10%).`
    }
  }
])(
  'after a stop of ours that was rolled back, the canary of somebody else is left to them: $name',
  ({ why, cause }) => {
    const serving = { version: '7', weights: { '9': 0.1 } }
    const outcome: Outcome = {
      kind: 'failed',
      serving,
      cause: { code: 'MANUAL_STOP', what: 'Somebody stopped the deployment.', next: 'Find out who.' }
    }
    expect(afterStop(outcome, why, subject(), { rollback: view('Succeeded') })).toEqual({
      kind: why.reason === 'judged' ? 'failed' : why.reason,
      serving,
      cause: {
        ...cause,
        next: 'Somebody else has moved the alias to version 7 (90%) and version 9 (10%); find out who and why.'
      }
    })
  }
)

describe('when CodeDeploy was asked to stop it, and may not have done so,', () => {
  const why: LeavingCause = { reason: 'interrupted' }

  test('it is not said to be stopped while it is not known how it ended', () => {
    const what = 'CodeDeploy says Succeeded, but Lambda could not be asked.'
    const outcome: Outcome = { kind: 'lost', cause: { code: 'ALIAS_UNREADABLE', what, next: 'See.' } }
    expect(afterStop(outcome, why, subject(), {})).toMatchObject({
      kind: 'interrupted',
      cause: {
        code: 'JOB_CANCELLED',
        what: `The step was interrupted, so CodeDeploy was asked to stop deployment d-NEW; how it ended could not be seen: ${what}`
      }
    })
  })

  test('nobody else is said to have stopped it, though its rollback cannot be confirmed', () => {
    const left = 'Its rollback d-BACK ended Succeeded, but Lambda could not be asked.'
    const what = `Somebody stopped the deployment. ${left}`
    const outcome: Outcome = { kind: 'lost', cause: { code: 'ALIAS_UNREADABLE', what, next: 'See.' } }
    expect(afterStop(outcome, why, subject(), {})).toMatchObject({
      cause: {
        what: `The step was interrupted, so CodeDeploy was asked to stop deployment d-NEW; how it ended could not be seen: ${left}`
      }
    })
  })

  test('its own end stands', () => {
    const outcome: Outcome = { kind: 'succeeded', serving: { version: '8', weights: {} } }
    expect(afterStop(outcome, why, subject(), {})).toBe(outcome)
  })
})
