import { describe, expect, test } from '@jest/globals'
import type { Cause } from '../../src/deployment/outcome.ts'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { headline } from '../../src/report/words.ts'
import { on, record, rolledBack, split, succeeded } from './records.ts'

const cause: Cause = { code: 'X', what: 'It broke.', next: 'Fix it.' }

describe('the headline says how it ended and what serves:', () => {
  test.each<{ name: string; record: ReleaseRecord; says: string }>([
    {
      name: 'succeeded',
      record: record({ outcome: succeeded }),
      says: 'payments-api:live is wholly on v8 in 1m 05s.'
    },
    {
      name: 'succeeded, and moved by somebody since',
      record: record({ outcome: { kind: 'succeeded', serving: on('7') } }),
      says: 'payments-api:live was shifted to v8 in 1m 05s; it serves v7 by now.'
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
