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

const rollback = { id: 'd-ROLLBACK1', createdAt: 2_000, rollsBack: 'd-ORIGINAL1' }
const newer = { id: 'd-NEWER0001', createdAt: 3_000 }

test.each([
  { name: 'the newest of them', described: [rollback, newer], finds: 'd-NEWER0001' },
  { name: 'what it rolls back, when it is a rollback', described: [rollback], finds: 'd-ORIGINAL1' },
  {
    name: 'what it rolls back, though that itself may not be read',
    described: [rollback, denied],
    finds: 'd-ORIGINAL1'
  },
  { name: 'the first of the list, when nothing may be read', described: [denied, denied], finds: 'd-1' }
])('what is active in a group is $name', async ({ described, finds }) => {
  const answers = described.values()
  const options = {
    codedeploy: {
      running: async () => described.map((_, index) => `d-${index + 1}`),
      describe: async () => {
        const { value } = answers.next()
        if (value instanceof Failure) throw value
        return value
      }
    },
    clock: { now: () => 0, sleep: async () => {} },
    cancelled: new AbortController().signal,
    withinMs: 0,
    tellWaiting: () => {}
  } as unknown as ActiveOptions
  const group = { application: 'payments', group: 'payments-live' }
  expect(await findActive(group, options)).toEqual({ kind: 'found', deploymentId: finds })
})
