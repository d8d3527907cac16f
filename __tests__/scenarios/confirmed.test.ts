/** The functions of a step end at different times; what the step says about each is still true when it says it. */
import { describe, expect, test } from '@jest/globals'
import { fleet } from '../../simulator/fleet.ts'
import { Policy } from '../../simulator/identity/policy.ts'
import { fault, later, somebodyMovesTheAlias } from './incidents.ts'
import { type Inputs, type Play, play, release } from './play.ts'
import { asked, ends, entry, ordersFirst, releaseBoth, together } from './services.ts'

const ordersMovesTo =
  (FunctionVersion: string): NonNullable<Play['before']> =>
  aws =>
    void aws.lambda.updateAlias({ FunctionName: 'orders', Name: 'live', FunctionVersion })

const mayNot = (Action: string, Resource: string) =>
  new Policy({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action, Resource }
    ]
  })

test('a slow survey under a clock that is ahead does not make the alias seem to have been read just now', async () => {
  const { outputs } = await play({
    inputs: { ...release, 'target-version': '7' },
    skewMs: 25_000,
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'GetDeploymentGroup', kind: 'throttle', times: 6 })
      later(0.1, somebodyMovesTheAlias('5'))(aws, clock, cancel)
    }
  })
  expect([outputs.outcome, outputs['error-code'], outputs['serving-version']]).toEqual([
    'failed',
    'ALIAS_NOT_ON_TARGET',
    '5'
  ])
})

test('what Lambda says of an alias is read again before it is left as it is, when the version that it names is another', async () => {
  const { outputs } = await play({
    inputs: { ...release, 'target-version': '7' },
    before: (aws, clock, cancel) => {
      somebodyMovesTheAlias('5')(aws, clock, cancel)
      fault({ operation: 'GetAlias', kind: 'stale', ms: 5_000, times: Number.POSITIVE_INFINITY })(
        aws,
        clock,
        cancel
      )
    }
  })
  expect([outputs.outcome, outputs['previous-version'], outputs['serving-version']]).toEqual([
    'succeeded',
    '5',
    '7'
  ])
})

const rows: {
  name: string
  inputs: Inputs
  before: NonNullable<Play['before']>
  skewMs?: number
  ends: object
}[] = [
  {
    name: 'nobody interferes: all succeed',
    inputs: together(ordersFirst),
    before: () => {},
    ends: { orders: 'succeeded 8 (8)', ledger: 'succeeded 8 (8)' }
  },
  {
    name: 'somebody moves orders, which had succeeded, while ledger is shifting: nothing passes, and ledger is reverted',
    inputs: together(ordersFirst),
    before: later(2, ordersMovesTo('5')),
    ends: { orders: 'failed ALIAS_NOT_ON_TARGET 5 (5)', ledger: 'rolled-back HELD_BACK 7 (7)' }
  },
  {
    name: 'somebody moves orders, which was to stay as it is, while ledger is shifting: ledger is reverted',
    inputs: together([entry('orders', { 'target-version': '7' }), entry('ledger')]),
    before: later(2, ordersMovesTo('5')),
    ends: { orders: 'failed ALIAS_NOT_ON_TARGET 5 (5)', ledger: 'rolled-back HELD_BACK 7 (7)' }
  },
  {
    name: 'the same when the clock is five minutes ahead until the first answer, so that the first look seems to be recent at the end',
    inputs: together([entry('orders', { 'target-version': '7' }), entry('ledger')]),
    before: later(2, ordersMovesTo('5')),
    skewMs: 295_000,
    ends: { orders: 'failed ALIAS_NOT_ON_TARGET 5 (5)', ledger: 'rolled-back HELD_BACK 7 (7)' }
  },
  {
    name: 'somebody deletes the alias of orders while ledger is shifting: ledger is reverted',
    inputs: together(ordersFirst),
    before: later(2, aws => aws.lambda.deleteAlias({ FunctionName: 'orders', Name: 'live' })),
    ends: { orders: 'failed ALIAS_NOT_ON_TARGET (no alias)', ledger: 'rolled-back HELD_BACK 7 (7)' }
  },
  {
    name: 'Lambda throttles for half a minute when ledger ends: all succeed anyway',
    inputs: together(ordersFirst),
    before: (aws, clock) => {
      const from = clock.now() + 305_000
      aws.faults.add({
        operation: 'GetAlias',
        kind: 'throttle',
        times: Number.POSITIVE_INFINITY,
        when: { from, to: from + 30_000 }
      })
    },
    ends: { orders: 'succeeded 8 (8)', ledger: 'succeeded 8 (8)' }
  },
  {
    name: 'somebody moves orders while ledger is shifting, and mails has no alias yet: it gets none',
    inputs: together([...ordersFirst, entry('mails')]),
    before: (aws, clock, cancel) => {
      fleet(aws, ['mails'])
      aws.lambda.deleteAlias({ FunctionName: 'mails', Name: 'live' })
      later(2, ordersMovesTo('5'))(aws, clock, cancel)
    },
    ends: {
      orders: 'failed ALIAS_NOT_ON_TARGET 5 (5)',
      ledger: 'rolled-back HELD_BACK 7 (7)',
      mails: 'refused HELD_BACK (no alias)'
    }
  },
  {
    name: 'the alias of orders may no longer be read when ledger ends: no serving version is claimed, and ledger is reverted',
    inputs: together(ordersFirst),
    before: later(2, aws => {
      aws.permissions.policy = mayNot('lambda:GetAlias', 'arn:aws:lambda:*:*:function:orders*')
    }),
    ends: { orders: 'lost NOT_TAKEN_BACK (8)', ledger: 'rolled-back HELD_BACK 7 (7)' }
  }
]

test.each(rows)('$name', async ({ inputs, before, skewMs = 0, ends: expected }) => {
  const played = await releaseBoth({ inputs, before, skewMs })
  expect(ends(played)).toEqual(expected)
  expect(played.passed).toBe(JSON.stringify(expected).includes('HELD_BACK') === false)
})

test('what Lambda has just said is not read again', async () => {
  const { aws } = await releaseBoth({})
  const last = Math.max(
    ...aws.codedeploy
      .listDeployments({})
      .deployments.map(id => aws.codedeploy.deployments.find(id).completedMs ?? 0)
  )
  expect(asked(aws, 'GetAlias', last).length).toBe(2)
})

describe('a missing alias is created when all deployments have succeeded, because that cannot be reverted', () => {
  const withoutLedger =
    (then: NonNullable<Play['before']>): NonNullable<Play['before']> =>
    (aws, clock, cancel) => {
      aws.lambda.deleteAlias({ FunctionName: 'ledger', Name: 'live' })
      then(aws, clock, cancel)
    }
  const alarm = later(2, aws =>
    aws.alarms.setAlarmState({ AlarmName: 'orders-errors', StateValue: 'ALARM', StateReason: 'errors' })
  )

  test.each([
    {
      name: 'orders succeeds',
      before: withoutLedger(() => {}),
      ends: { orders: 'succeeded 8 (8)', ledger: 'created 8 (8)' }
    },
    {
      name: 'orders is rolled back: ledger gets no alias',
      before: withoutLedger(alarm),
      ends: { orders: 'rolled-back ALARM_ACTIVE 7 (7)', ledger: 'refused HELD_BACK (no alias)' }
    },
    {
      name: 'the job is cancelled while orders is shifting: ledger gets no alias',
      before: withoutLedger(later(2, (_aws, _clock, cancel) => cancel())),
      ends: { orders: 'interrupted JOB_CANCELLED 7 (7)', ledger: 'interrupted JOB_CANCELLED (no alias)' }
    },
    {
      name: 'the alias of ledger may not be created: orders is reverted',
      before: withoutLedger(aws => {
        aws.permissions.policy = mayNot('lambda:CreateAlias', '*')
      }),
      ends: { orders: 'rolled-back HELD_BACK 7 (7)', ledger: 'refused AccessDeniedException (no alias)' }
    },
    {
      name: 'nobody waits: it is created at once',
      inputs: together([entry('orders'), entry('ledger')], { wait: 'false' }),
      before: withoutLedger(() => {}),
      ends: { orders: 'started 7 (7)', ledger: 'created 8 (8)' }
    },
    {
      name: 'nobody waits, and it may not be created: orders is stopped and shifted back',
      inputs: together([entry('orders'), entry('ledger')], { wait: 'false' }),
      before: withoutLedger(aws => {
        aws.permissions.policy = mayNot('lambda:CreateAlias', '*')
      }),
      ends: { orders: 'rolled-back HELD_BACK 7 (7)', ledger: 'refused AccessDeniedException (no alias)' }
    },
    {
      name: 'nobody waits, and the job is cancelled while orders is created: orders is stopped and shifted back',
      inputs: together([entry('orders'), entry('ledger')], { wait: 'false' }),
      before: withoutLedger((aws, clock, cancel) => {
        aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 2_000 })
        clock.at(clock.now() + 1_000, cancel)
      }),
      ends: { orders: 'interrupted JOB_CANCELLED 7 (7)', ledger: 'interrupted JOB_CANCELLED (no alias)' }
    }
  ])('$name', async ({ before, ends: expected, inputs }) => {
    const played = await releaseBoth({ before, ...(inputs && { inputs }) })
    expect(ends(played)).toEqual(expected)
  })
})
