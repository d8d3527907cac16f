import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { fleet } from '../../simulator/fleet.ts'
import { killAfter } from './killed.ts'
import { play, release } from './play.ts'
import { asked, ends, entry, ordersFirst, releaseBoth, serves, together } from './services.ts'

// Two functions of one step, of which one has its deployment and the other does not.

const busy = { name: 'DeploymentLimitExceededException', status: 400, message: 'busy' }
const ledgerIsBusy = (times: number) => (aws: Aws) =>
  aws.faults.add({ operation: 'CreateDeployment', kind: 'custom', error: busy, skip: 1, times })
/** How often a shift of orders to 8 was requested, not counting a revert. */
const shiftsOfOrders = (aws: Aws) =>
  asked(aws, 'CreateDeployment').filter(({ input }) => {
    const sent = JSON.stringify(input)
    return sent.includes('orders-live') && sent.includes('TargetVersion\\": \\"8')
  }).length
const both = together([entry('orders'), entry('ledger')])

describe('a function that has its deployment gets no second one while the other function is retried', () => {
  test('orders has succeeded meanwhile', async () => {
    const played = await releaseBoth({ inputs: together(ordersFirst), before: ledgerIsBusy(1) })
    expect(shiftsOfOrders(played.aws)).toBe(1)
  })
  test('orders is shifting', async () => {
    const played = await releaseBoth({ before: ledgerIsBusy(1) })
    expect(shiftsOfOrders(played.aws)).toBe(1)
  })
})

test('CodeDeploy says for a quarter of an hour that the group is busy, and lists nothing: orders is not left unwatched', async () => {
  let begun = 0
  const played = await releaseBoth({
    before: (aws, clock) => {
      begun = clock.now()
      ledgerIsBusy(Number.POSITIVE_INFINITY)(aws)
    }
  })
  expect((asked(played.aws, 'StopDeployment')[0]?.at ?? 0) - begun).toBeLessThan(60_000)
  expect(ends(played)).toEqual({
    orders: 'rolled-back HELD_BACK 7 (7)',
    ledger: 'refused DeploymentLimitExceededException 7 (7)'
  })
})

test('a cancel while CreateDeployment of ledger is under way stops orders within a second', async () => {
  let at = 0
  const { aws } = await releaseBoth({
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 15_000, skip: 1 })
      clock.at(clock.now() + 4_000, () => {
        at = clock.now()
        cancel()
      })
    }
  })
  expect((asked(aws, 'StopDeployment')[0]?.at ?? 0) - at).toBeLessThan(1_000)
})

test('what post itself has stopped early is not reported as stopped by somebody', async () => {
  const { aws, post } = await killAfter(2, {
    inputs: both,
    before: aws => {
      fleet(aws, ['orders', 'ledger'])
      aws.faults.add({ operation: 'CreateDeployment', kind: 'dropBefore', skip: 1 })
    }
  })
  expect(ends({ aws, outputs: post.outputs })).toEqual({
    orders: 'interrupted JOB_CANCELLED 7 (7)',
    ledger: 'interrupted JOB_CANCELLED 7 (7)'
  })
})

test('what main has stopped is not reported as stopped by somebody when its rollback outlasts main', async () => {
  const played = await releaseBoth({
    inputs: together(ordersFirst),
    uncertain: { rollbackStepMs: 10_000 },
    before: (_aws, clock, cancel) => clock.at(clock.now() + 120_000, cancel)
  })
  expect([serves(played.aws, 'orders'), serves(played.aws, 'ledger')]).toEqual(['7', '7'])
  const told = played.annotations.map(({ message }) => message).join('\n')
  expect(told).toContain('was stopped and version 7 has all the traffic. (JOB_CANCELLED)')
  expect(told).not.toContain('Somebody stopped')
})

test('what main has stopped while ledger was created is not reported as stopped by somebody when the answer to that does not come', async () => {
  const { aws, post } = await killAfter(7, {
    inputs: both,
    before: (aws, clock, cancel) => {
      fleet(aws, ['orders', 'ledger'])
      aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 3_000, skip: 1 })
      aws.faults.add({ operation: 'StopDeployment', kind: 'stall', times: 2 })
      clock.at(clock.now() + 2_000, cancel)
    }
  })
  expect(ends({ aws, outputs: post.outputs })).toEqual({
    orders: 'interrupted JOB_CANCELLED 7 (7)',
    ledger: 'interrupted JOB_CANCELLED 7 (7)'
  })
})

test.each([
  { name: 'if-interrupted: continue', step: { 'if-interrupted': 'continue' } },
  { name: 'wait: false', step: { wait: 'false' } }
])('ledger was refused and then the step is killed, $name: post reverts orders', async ({ step }) => {
  const { aws, post } = await killAfter(15.5, {
    inputs: together(ordersFirst, step),
    before: aws => {
      fleet(aws, ['orders', 'ledger'])
      aws.faults.add({ operation: 'CreateDeployment', kind: 'throttle', skip: 1, times: 3 })
      aws.faults.add({ operation: 'CreateDeployment', kind: 'accessDenied', skip: 1 })
    }
  })
  expect(ends({ aws, outputs: post.outputs })).toEqual({
    orders: 'rolled-back HELD_BACK 7 (7)',
    ledger: 'refused AccessDeniedException 7 (7)'
  })
})

test('killed when orders has succeeded and ledger has no deployment yet: post reverts orders', async () => {
  const { aws, post } = await killAfter(12, {
    inputs: together(ordersFirst),
    before: aws => {
      fleet(aws, ['orders', 'ledger'])
      aws.faults.add({ operation: 'CreateDeployment', kind: 'throttle', skip: 1, times: 3 })
    }
  })
  expect(ends({ aws, outputs: post.outputs }).orders).toMatch(/ 7 \(7\)$/)
})

test('a cancel while CreateDeployment of ledger is retried stops orders within a second, however slow Lambda is', async () => {
  let at = 0
  const { aws } = await releaseBoth({
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'CreateDeployment', kind: 'throttle', skip: 1, times: 3 })
      clock.at(clock.now() + 2_500, () => {
        at = clock.now()
        aws.faults.add({ operation: 'GetAlias', kind: 'slow', ms: 8_000 })
        cancel()
      })
    }
  })
  expect((asked(aws, 'StopDeployment')[0]?.at ?? 0) - at).toBeLessThan(1_000)
})

test('a cancel while both are created: orders is stopped as soon as it exists, though ledger takes longer', async () => {
  const { aws } = await releaseBoth({
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 2_000 })
      aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 7_000 })
      clock.at(clock.now() + 1_000, cancel)
    }
  })
  const [created, stopped] = [asked(aws, 'CreateDeployment')[0]?.at, asked(aws, 'StopDeployment')[0]?.at]
  expect((stopped ?? Number.POSITIVE_INFINITY) - (created ?? 0)).toBeLessThan(3_000)
})

test('a cancel while ledger is created may not stop orders, and somebody else does just then: they are named as the cause', async () => {
  const played = await releaseBoth({
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 3_000, skip: 1 })
      aws.faults.add({ operation: 'StopDeployment', kind: 'accessDenied', times: Number.POSITIVE_INFINITY })
      clock.at(clock.now() + 2_000, cancel)
      clock.at(clock.now() + 2_500, () => {
        const orders = { applicationName: 'payments', deploymentGroupName: 'orders-live' }
        const [deploymentId = ''] = aws.codedeploy.listDeployments(orders).deployments
        aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
      })
    }
  })
  expect(ends(played).orders).toBe('rolled-back MANUAL_STOP 7 (7)')
})

test('nobody waits, and the job is cancelled while ledger is created: both go on by themselves', async () => {
  const played = await releaseBoth({
    inputs: together([entry('orders'), entry('ledger')], { wait: 'false' }),
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 3_000, skip: 1 })
      clock.at(clock.now() + 2_000, cancel)
    }
  })
  expect(asked(played.aws, 'StopDeployment')).toEqual([])
  expect(Object.values(ends(played)).map(each => each.split(' ')[0])).toEqual(['started', 'started'])
})

test.each([8_000, 10_000, 12_000])(
  'an alarm has stopped ledger when the job is cancelled %i ms later: orders is reverted in spite of if-interrupted: continue',
  async ms => {
    const { aws } = await releaseBoth({
      inputs: together(ordersFirst, { 'if-interrupted': 'continue' }),
      uncertain: { rollbackInfoLooks: 3 },
      before: (aws, clock, cancel) => {
        const at = clock.now() + 120_000
        clock.at(at, () =>
          aws.alarms.setAlarmState({ AlarmName: 'ledger-errors', StateValue: 'ALARM', StateReason: 'errors' })
        )
        clock.at(at + ms, cancel)
      }
    })
    expect([serves(aws, 'orders'), serves(aws, 'ledger')]).toEqual(['7', '7'])
  }
)

test('a run that is cancelled while it looks for a deployment that it may have created creates nothing', async () => {
  const { aws, outputs } = await play({
    inputs: { ...release, 'codedeploy-deployment-description': 'by hand' },
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'ListDeployments', kind: 'slow', ms: 3_000, skip: 1 })
      clock.at(clock.now() + 2_000, cancel)
    }
  })
  expect(asked(aws, 'CreateDeployment')).toEqual([])
  expect([outputs.outcome, outputs['error-code']]).toEqual(['interrupted', 'JOB_CANCELLED'])
})
