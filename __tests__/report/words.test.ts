import { describe, expect, test } from '@jest/globals'
import type { Cause, Outcome } from '../../src/deployment/outcome.ts'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { annotation, explanation, headline } from '../../src/report/words.ts'
import { alarm, on, record, rolledBack, split, succeeded } from './records.ts'

const cause: Cause = { code: 'X', what: 'It broke.', next: 'Fix it.' }

describe('the headline says how it ended and what serves:', () => {
  test.each<{ name: string; record: ReleaseRecord; says: string }>([
    {
      name: 'succeeded',
      record: record({ outcome: succeeded }),
      says: 'payments-api:live is wholly on v8 in 1m 05s.'
    },
    {
      name: 'unchanged',
      record: record({ outcome: { kind: 'unchanged', serving: on('8') } }),
      says: 'payments-api:live was already wholly on v8; nothing was deployed.'
    },
    {
      name: 'created',
      record: record({ outcome: { kind: 'created', serving: on('8') } }),
      says: 'payments-api:live was created on v8; there was no traffic to shift.'
    },
    {
      name: 'planned',
      record: record({ outcome: { kind: 'planned' } }),
      says: 'payments-api:live would go from v7 to v8; nothing was changed (dry-run).'
    },
    {
      name: 'planned, with a version that is not published yet',
      record: (({ version: _, ...planned }) => planned)(record({ outcome: { kind: 'planned' } })),
      says: 'payments-api:live would go from v7 to $LATEST; nothing was changed (dry-run).'
    },
    {
      name: 'planned, without an alias yet',
      record: (({ previousVersion: _, ...planned }) => planned)(record({ outcome: { kind: 'planned' } })),
      says: 'payments-api:live would be created; nothing was changed (dry-run).'
    },
    {
      name: 'timed out, and rolled back since',
      record: record({ outcome: { kind: 'timed-out', serving: on('7'), cause } }),
      says: 'payments-api:live: the wait ran out; it serves v7 as before.'
    },
    {
      name: 'timed out before any traffic moved, and still running',
      record: (({ endedAt: _, ...going }) => going)(
        record({ deploymentStatus: 'InProgress', outcome: { kind: 'timed-out', serving: on('7'), cause } })
      ),
      says: 'payments-api:live: the wait ran out; it serves v7 for now.'
    },
    {
      name: 'started',
      record: record({ outcome: { kind: 'started' } }),
      says: 'payments-api:live: deployment d-NEW was started and goes on unwatched.'
    },
    {
      name: 'rolled back',
      record: record({ outcome: rolledBack }),
      says: 'payments-api:live was rolled back and serves v7 as before.'
    },
    {
      name: 'failed',
      record: record({ outcome: { kind: 'failed', serving: split, cause } }),
      says: 'payments-api:live failed and was not rolled back; it serves v7 90% and v8 10%.'
    },
    {
      name: 'failed, and the alias could not be read',
      record: record({ outcome: { kind: 'failed', cause } }),
      says: 'payments-api:live failed and was not rolled back; what it serves is unknown.'
    },
    {
      name: 'interrupted, and the alias could not be read',
      record: record({ outcome: { kind: 'interrupted', cause } }),
      says: 'payments-api:live: the step was interrupted; what it serves is unknown.'
    },
    {
      name: 'stopped',
      record: record({ outcome: { kind: 'stopped', serving: split, cause } }),
      says: 'payments-api:live was stopped by somebody else and not rolled back; it serves v7 90% and v8 10%.'
    },
    {
      name: 'timed out, and still running',
      record: record({
        deploymentStatus: 'InProgress',
        outcome: { kind: 'timed-out', serving: split, cause }
      }),
      says: 'payments-api:live: the wait ran out; it serves v7 90% and v8 10% for now.'
    },
    {
      name: 'timed out, and stopped where it was',
      record: record({ deploymentStatus: 'Stopped', outcome: { kind: 'timed-out', serving: split, cause } }),
      says: 'payments-api:live: the wait ran out; it serves v7 90% and v8 10%.'
    },
    {
      name: 'timed out, with a rollback that may still run',
      record: record({
        deploymentStatus: 'Stopped',
        rollbackId: 'd-BACK',
        outcome: { kind: 'timed-out', serving: split, cause }
      }),
      says: 'payments-api:live: the wait ran out; it serves v7 90% and v8 10% for now.'
    },
    {
      name: 'interrupted, and what follows its stop is left to the post step',
      record: record({
        deploymentStatus: 'Stopped',
        unfinished: true,
        outcome: { kind: 'interrupted', serving: split, cause }
      }),
      says: 'payments-api:live: the step was interrupted; it serves v7 90% and v8 10% for now.'
    },
    {
      name: 'interrupted, and still running',
      record: record({
        deploymentStatus: 'InProgress',
        outcome: { kind: 'interrupted', serving: split, cause }
      }),
      says: 'payments-api:live: the step was interrupted; it serves v7 90% and v8 10% for now.'
    },
    {
      name: 'lost while it ran',
      record: record({ deploymentStatus: 'InProgress', outcome: { kind: 'lost', cause } }),
      says: 'payments-api:live: the deployment can no longer be seen; what serves is unknown.'
    },
    {
      name: 'lost before anything was seen of it',
      record: (({ deploymentStatus: _, ...unseen }) => unseen)(record({ outcome: { kind: 'lost', cause } })),
      says: 'payments-api:live: the deployment can no longer be seen; what serves is unknown.'
    },
    {
      name: 'lost after its end, when only the alias could not be read',
      record: record({ outcome: { kind: 'lost', cause } }),
      says: 'payments-api:live: what the alias serves is unknown.'
    },
    {
      name: 'lost after its rollback',
      record: record({ deploymentStatus: 'Stopped', rollbackId: 'd-BACK', outcome: { kind: 'lost', cause } }),
      says: 'payments-api:live: what the alias serves is unknown.'
    },
    {
      name: 'lost without a deployment: the answer to the new weights did not come',
      record: (({ deploymentId: _, deploymentStatus: __, ...weighed }) => weighed)(
        record({ outcome: { kind: 'lost', cause } })
      ),
      says: 'payments-api:live: what the alias serves is unknown.'
    },
    {
      name: 'refused',
      record: record({ outcome: { kind: 'refused', serving: on('7'), cause } }),
      says: 'payments-api:live was not released; it serves v7 as before.'
    },
    {
      name: 'refused, after somebody moved the alias meanwhile',
      record: record({ outcome: { kind: 'refused', serving: on('1'), cause } }),
      says: 'payments-api:live was not released; it serves v1, no longer v7.'
    },
    {
      name: 'refused, after somebody split the alias',
      record: record({ outcome: { kind: 'refused', serving: split, cause } }),
      says: 'payments-api:live was not released; it serves v7 90% and v8 10%.'
    },
    {
      name: 'refused before anything was read',
      record: record({ outcome: { kind: 'refused', cause } }),
      says: 'payments-api:live was not released; no traffic was moved.'
    },
    {
      name: 'refused, of a deployment that was only to be watched',
      record: record({
        unwatched: true,
        deploymentId: 'd-1',
        outcome: { kind: 'refused', serving: split, cause }
      }),
      says: 'payments-api:live is not watched; deployment d-1 is left as it is, and it serves v7 90% and v8 10%.'
    },
    {
      name: 'refused, of a deployment that was only to be watched, whose alias cannot be read',
      record: record({ unwatched: true, deploymentId: 'd-1', outcome: { kind: 'refused', cause } }),
      says: 'payments-api:live is not watched; deployment d-1 is left as it is, and what it serves is unknown.'
    },
    { name: 'not over', record: record(), says: 'payments-api:live has no outcome.' }
  ])('$name', ({ record: of, says }) => {
    expect(headline(of)).toBe(says)
  })
})

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
