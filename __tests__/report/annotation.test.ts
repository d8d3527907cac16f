import { describe, expect, test } from '@jest/globals'
import type { Cause, Outcome } from '../../src/deployment/outcome.ts'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { annotation, explanation } from '../../src/report/words.ts'
import { alarm, on, record, rolledBack, split, succeeded } from './records.ts'

const cause: Cause = { code: 'X', what: 'It broke.', next: 'Fix it.' }

describe('the explanation', () => {
  test.each<{ name: string; outcome: Outcome; says: string[] }>([
    { name: 'is empty for a success', outcome: succeeded, says: [] },
    {
      name: 'says why, what AWS said, and what to do next',
      outcome: { kind: 'rolled-back', cause: alarm },
      says: [
        'Why:  Alarm payments-errors went off, so CodeDeploy stopped the deployment. (ALARM_ACTIVE)',
        'AWS:  Activated alarms: <payments-errors>',
        'Next: Look at the alarm, then release again.'
      ]
    },
    {
      name: 'lists each problem on its own line',
      outcome: {
        kind: 'refused',
        cause: { ...cause, problems: ['alias: required', "wait: got 'yes'\n::error::x"] }
      },
      says: ['Why:  It broke. (X)', 'alias: required', "wait: got 'yes' / ::error::x", 'Next: Fix it.']
    }
  ])('$name', ({ outcome, says }) => {
    expect(explanation(outcome)).toEqual(says)
  })
})

describe('the annotation', () => {
  const blocked: Outcome = {
    kind: 'rolled-back',
    serving: on('7'),
    cause: { code: 'HELD_BACK', what: 'All or none.', next: 'Fix the other one.' }
  }

  test.each<{ name: string; records: ReleaseRecord[]; title: string; message: string[] }>([
    {
      name: 'of a failure says what serves, why, what next, and how the log ends',
      records: [
        record({ outcome: { ...rolledBack, cause: { ...alarm, log: ['1', '2', '3', '::error::4'] } } })
      ],
      title: 'Lambda CodeDeploy: rolled-back, live serves v7',
      message: [
        'payments-api:live was rolled back and serves v7 as before.',
        'Why:  Alarm payments-errors went off, so CodeDeploy stopped the deployment. (ALARM_ACTIVE)',
        'AWS:  Activated alarms: <payments-errors>',
        'Next: Look at the alarm, then release again.',
        "End of the hook's log:",
        '│ 2',
        '│ 3',
        '│ ::error::4'
      ]
    },
    {
      name: 'says that the log may be about other releases',
      records: [
        record({
          outcome: {
            ...rolledBack,
            cause: {
              ...cause,
              hook: { event: 'BeforeAllowTraffic', functionName: 'h', isShared: true },
              log: ['1']
            }
          }
        })
      ],
      title: 'Lambda CodeDeploy: rolled-back, live serves v7',
      message: [
        'payments-api:live was rolled back and serves v7 as before.',
        'Why:  It broke. (X)',
        'Next: Fix it.',
        "End of the hook's log (hooks of other releases of the step may write to it, too):",
        '│ 1'
      ]
    },
    {
      name: 'of a failed test shows what the version answered, and how its log ends',
      records: [
        record({
          outcome: {
            kind: 'refused',
            serving: on('7'),
            cause: { ...cause, answer: '{"a":1}\n##[x]', log: ['1'] }
          }
        })
      ],
      title: 'Lambda CodeDeploy: refused, live serves v7',
      message: [
        'payments-api:live was not released; it serves v7 as before.',
        'Why:  It broke. (X)',
        'Got:  {"a":1} / #\\#[x]',
        'Next: Fix it.',
        "End of the function's log:",
        '│ 1'
      ]
    },
    {
      name: 'does not say what serves when nobody knows',
      records: [record({ deploymentStatus: 'InProgress', outcome: { kind: 'lost', cause } })],
      title: 'Lambda CodeDeploy: lost',
      message: [
        'payments-api:live: the deployment can no longer be seen; what serves is unknown.',
        'Why:  It broke. (X)',
        'Next: Fix it.'
      ]
    },
    {
      name: 'of several functions counts them',
      records: [record({ outcome: succeeded }), record({ functionName: 'ledger', outcome: succeeded })],
      title: 'Lambda CodeDeploy: succeeded, 2 functions',
      message: ['payments-api:live is wholly on v8 in 1m 05s.', 'ledger:live is wholly on v8 in 1m 05s.']
    },
    {
      name: 'of several functions begins with the one that failed by itself, and explains no other',
      records: [
        record({ functionName: 'orders', outcome: { kind: 'unchanged', serving: on('8') } }),
        record({ functionName: 'ledger', outcome: blocked }),
        record({ outcome: { kind: 'failed', serving: split, cause } })
      ],
      title: 'Lambda CodeDeploy: failed, 2 of 3 functions not released',
      message: [
        'payments-api:live failed and was not rolled back; it serves v7 90% and v8 10%.',
        'Why:  It broke. (X)',
        'Next: Fix it.',
        'ledger:live was rolled back and serves v7 as before.',
        'orders:live was already wholly on v8; nothing was deployed.'
      ]
    }
  ])('$name', ({ records, title, message }) => {
    expect(annotation(records)).toEqual({ title, message: message.join('\n') })
  })

  test('of very many functions names only those with a problem', () => {
    const many = Array.from({ length: 12 }, (_, index) =>
      record({ functionName: `function-${index}`, outcome: index === 3 ? rolledBack : succeeded })
    )
    expect(annotation(many).message.split('\n')).toEqual([
      '12 functions: 11 succeeded, 1 rolled-back.',
      'function-3:live was rolled back and serves v7 as before.',
      'Why:  Alarm payments-errors went off, so CodeDeploy stopped the deployment. (ALARM_ACTIVE)',
      'AWS:  Activated alarms: <payments-errors>',
      'Next: Look at the alarm, then release again.'
    ])
  })

  test('that GitHub would cut ends after a complete line, and says where the rest is', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      record({ functionName: `function-${index}`, outcome: blocked })
    )
    const { message } = annotation(many)
    const lines = message.split('\n')
    expect(message.length).toBeLessThan(4_096)
    expect(lines.pop()).toBe('… the rest is in the job summary')
    expect(lines.shift()).toBe('100 functions: 100 rolled-back.')
    expect(
      lines.every((line, index) => line === `function-${index}:live was rolled back and serves v7 as before.`)
    ).toBe(true)
    expect(lines.length).toBeGreaterThan(60)
  })
})
