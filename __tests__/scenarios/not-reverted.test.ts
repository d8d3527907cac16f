/** All or none, when somebody else has taken over what should be reverted: the advice does not fight them. */
import { expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import type { FaultKind } from '../../simulator/faults.ts'
import { fleet } from '../../simulator/fleet.ts'
import type { PaymentsOptions } from '../../simulator/setting.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { later } from './incidents.ts'
import { type Play, play } from './play.ts'
import { ends, ordersFirst, together } from './services.ts'

const ledgerFails = later(
  2,
  aws =>
    void aws.alarms.setAlarmState({ AlarmName: 'ledger-errors', StateValue: 'ALARM', StateReason: 'errors' })
)

/** The next deployment of orders begins once ours has succeeded. */
function deployNext(
  aws: Aws,
  hooks: Record<string, string> = {},
  of = { functionName: 'orders', currentVersion: '8' }
): string {
  const { content } = appSpec({ ...of, alias: 'live', targetVersion: '6', hooks })
  const { deploymentId = '' } = aws.codedeploy.createDeployment({
    applicationName: 'payments',
    deploymentGroupName: 'orders-live',
    deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent10Minutes',
    description: 'the next release',
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
  })
  return deploymentId
}

/** orders has succeeded when ledger fails; `meanwhile` happens to orders in between. */
async function revert(meanwhile: (aws: Aws) => string, options: PaymentsOptions = {}, afterMinutes = 1) {
  let id = ''
  const before: NonNullable<Play['before']> = (aws, clock, cancel) => {
    fleet(aws, ['orders', 'ledger'], options)
    later(afterMinutes, () => {
      id = meanwhile(aws)
    })(aws, clock, cancel)
    ledgerFails(aws, clock, cancel)
  }
  const played = await play({ inputs: together(ordersFirst), before })
  const told = played.annotations
    .map(({ message }) => message)
    .find(text => text.includes('orders:live could'))
  return { ends: ends(played).orders, told: told?.replaceAll(id || '-', 'ID') }
}

const afterID =
  "In the group, deployment ID (orders:live v8 → v6, InProgress), described as 'the next release', is running and moves the alias itself: let it end (watch it with deployment-id: ID and if-interrupted: continue). If version 7 is to serve then, release it with target-version: 7. Stop it only if version 6 is not to serve either, which leaves version 8: aws deploy stop-deployment --deployment-id ID --auto-rollback-enabled"

test('the next deployment is shifting: the alias is not to be set by hand beside it', async () => {
  const { told, ...end } = await revert(deployNext)
  expect(end.ends).toBe('failed NOT_TAKEN_BACK 8:0.9,6:0.1 (split)')
  expect(told).toContain(
    'could not be reverted: somebody else has moved the alias in the meantime. It serves version 8 (90%) and version 6 (10%).'
  )
  expect(told).toContain(afterID)
  expect(told).not.toContain('weight: 100')
})

test('the next deployment still runs its hook, so that CodeDeploy refuses the revert: its words are told, and whose it is', async () => {
  const hook = { BeforeAllowTraffic: 'CodeDeployHook_orders_before' }
  const { told, ...end } = await revert(
    aws => deployNext(aws, hook),
    { before: { behaviour: 'succeed', seconds: 200 } },
    1.7
  )
  expect(end.ends).toBe('failed NOT_TAKEN_BACK 8 (8)')
  expect(told).toContain("AWS:  The Deployment Group 'orders-live' already has an active Deployment 'ID'")
  expect(told).toContain(afterID)
  expect(told).not.toContain('weight: 100')
})

test('somebody has released another version since: it is not to be taken out', async () => {
  const { told, ...end } = await revert(aws => {
    aws.lambda.updateAlias({ FunctionName: 'orders', Name: 'live', FunctionVersion: '5' })
    return ''
  })
  expect(end.ends).toBe('failed NOT_TAKEN_BACK 5 (5)')
  expect(told).toContain('Somebody else has moved the alias to version 5; find out who and why.')
  expect(told).not.toContain('weight: 100')
})

test('a deployment of another alias takes the group: it does not move ours, and is not to be stopped for it', async () => {
  const other = { functionName: 'payments-api', currentVersion: '7' }
  const { told, ...end } = await revert(aws => deployNext(aws, {}, other))
  expect(end.ends).toBe('failed NOT_TAKEN_BACK 8 (8)')
  expect(told).toContain(
    "In the group, which takes one deployment at a time, deployment ID (payments-api:live v7 → v6, InProgress), described as 'the next release', is running. When it has ended (watch it with deployment-id: ID and if-interrupted: continue), release version 7 with target-version: 7"
  )
  expect(told).not.toContain('stop-deployment')
})

test('what the next deployment does may not be read: nobody is told to stop it', async () => {
  const { told } = await revert(aws => {
    const always = { kind: 'accessDenied' as const, times: Number.POSITIVE_INFINITY }
    aws.faults.add({ operation: 'ListDeploymentTargets', ...always })
    aws.faults.add({ operation: 'BatchGetApplicationRevisions', ...always })
    aws.faults.add({ operation: 'GetApplicationRevision', ...always })
    return deployNext(aws)
  })
  expect(told).toContain(
    "In the group, deployment ID (InProgress), described as 'the next release', is running and moves the alias itself: let it end (watch it with deployment-id: ID and if-interrupted: continue). If version 7 is to serve then, release it with target-version: 7"
  )
  expect(told).not.toContain('stop-deployment')
})

const busy =
  'Another deployment is running in group orders-live, and moves the alias itself: find it in the CodeDeploy console. It may be the next release, so let it end unless you know that it is not to serve. If version 7 is to serve then, release it with target-version: 7'

test.each<{ name: string; kind: FaultKind; ms?: number }>([
  { name: 'denied', kind: 'accessDenied' },
  { name: 'old', kind: 'stale', ms: 60_000 }
])(
  'what runs in the group is $name, and CodeDeploy has refused the revert for it: nobody is sent to set the alias by hand',
  async fault => {
    const hook = { BeforeAllowTraffic: 'CodeDeployHook_orders_before' }
    const { told } = await revert(
      aws => {
        aws.faults.add({ operation: 'ListDeployments', times: Number.POSITIVE_INFINITY, ...fault })
        return deployNext(aws, hook)
      },
      { before: { behaviour: 'succeed', seconds: 200 } },
      1.7
    )
    expect(told).toContain(busy)
    expect(told).not.toContain('weight: 100')
  }
)

test.each<{ name: string; kind: FaultKind }>([
  { name: 'may not be read', kind: 'accessDenied' },
  { name: 'is not answered', kind: 'dropBefore' }
])(
  'what runs in the group $name, and the alias is split: whoever sets it by hand looks first',
  async ({ kind }) => {
    const { told } = await revert(aws => {
      aws.faults.add({ operation: 'ListDeployments', kind, times: Number.POSITIVE_INFINITY })
      return deployNext(aws)
    })
    expect(told).toContain(
      'Look in the CodeDeploy console whether another deployment is running in group orders-live. Only if none is: '
    )
  }
)
