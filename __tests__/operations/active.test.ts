import { expect, test } from '@jest/globals'
import { Failure } from '../../src/failure.ts'
import { type ActiveOptions, findActive } from '../../src/operations/active.ts'

const denied = new Failure('denied', {
  kind: 'denied',
  code: 'AccessDeniedException',
  action: 'codedeploy:GetDeployment',
  resource: 'payments/payments-live',
  mayHaveActed: false
})

const status = 'InProgress'
const rollback = { id: 'd-ROLLBACK1', status, createdAt: 2_000, rollsBack: 'd-ORIGINAL1' }
const newer = { id: 'd-NEWER0001', status, createdAt: 3_000 }

const original = { id: 'd-ORIGINAL1', status, createdAt: 1_000 }

test.each<{ name: string; described: Record<string, object>; listed: string[]; finds: string }>([
  {
    name: 'the newest of them',
    described: { [original.id]: original, [newer.id]: newer },
    listed: [original.id, newer.id],
    finds: newer.id
  },
  {
    name: 'what it rolls back, when it is a rollback',
    described: { [rollback.id]: rollback },
    listed: [rollback.id],
    finds: original.id
  },
  {
    name: 'what it rolls back, though that itself may not be read',
    described: { [rollback.id]: rollback },
    listed: [rollback.id, original.id],
    finds: original.id
  },
  {
    name: 'what can be read, though the first of the list cannot',
    described: { [original.id]: original },
    listed: [rollback.id, original.id],
    finds: original.id
  },
  {
    name: 'what cannot be read, when the other one ended before',
    described: { [newer.id]: { ...newer, status: 'Succeeded', completedAt: 4_000 } },
    listed: [newer.id, original.id],
    finds: original.id
  },
  {
    name: 'the first of the list, when none may be read',
    described: {},
    listed: ['d-1', 'd-2'],
    finds: 'd-1'
  }
])('what is active in a group is $name', async ({ described, listed, finds }) => {
  const options = {
    codedeploy: {
      running: async () => listed,
      describe: async (id: string) => {
        const found = described[id]
        if (!found) throw denied
        return found
      }
    },
    clock: { now: () => 5_000, sleep: async () => {} },
    cancelled: new AbortController().signal,
    withinMs: 0,
    tellWaiting: () => {}
  } as unknown as ActiveOptions
  const group = { application: 'payments', group: 'payments-live' }
  expect(await findActive(group, options)).toEqual({ kind: 'found', deploymentId: finds })
})
