/** CodeDeploy refuses for good to stop a deployment: nobody waits for what cannot come. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { fleet } from '../../simulator/fleet.ts'
import { killAfter } from './killed.ts'
import { type Play, type Played, play, release } from './play.ts'
import { asked, ends, entry, serves, together } from './services.ts'

const second = 1_000
const slowly = { ...release, 'codedeploy-deployment-config': 'Linear10PercentEvery1Minute' }
const notStopped = (aws: Aws, about?: string): void =>
  aws.faults.add({
    operation: 'StopDeployment',
    kind: 'accessDenied',
    times: Number.POSITIVE_INFINITY,
    ...(about && { about })
  })
const seconds = (from: number, to: number): number => Math.round((to - from) / second)

test('the wait is over: the step says what goes on within seconds, with the command that stops it, and leaves nothing to post', async () => {
  let begun = 0
  const played = await play({
    inputs: { ...slowly, 'wait-for-minutes': '1' },
    before: (aws, clock) => {
      begun = clock.now()
      notStopped(aws)
    }
  })
  expect(seconds(begun, played.endedAt)).toBeLessThan(75)
  expect([played.outputs.outcome, played.outputs['error-code']]).toEqual(['timed-out', 'WAIT_TIME_OVER'])
  const errors = played.annotations.filter(({ level }) => level === 'error')
  expect(errors).toHaveLength(1)
  expect(errors[0]?.message).toContain('aws deploy stop-deployment --deployment-id')
  expect(asked(played.aws, 'StopDeployment')).toHaveLength(1)
})

describe('users fails, orders has succeeded, and ledger may not be stopped: orders is reverted within seconds', () => {
  const inputs = together([
    entry('orders', { 'codedeploy-deployment-config': 'AllAtOnce' }),
    entry('ledger', { 'codedeploy-deployment-config': 'Linear10PercentEvery10Minutes' }),
    entry('users')
  ])
  const afterMs = 60 * second
  const played = async (
    happens: (aws: Aws, cancel: () => void) => void
  ): Promise<Played & { at: number }> => {
    let at = 0
    const before: Play['before'] = (aws, clock, cancel) => {
      fleet(aws, ['orders', 'ledger', 'users'])
      notStopped(aws, 'ledger')
      at = clock.now() + afterMs
      clock.at(at, () => happens(aws, cancel))
    }
    return { ...(await play({ inputs, before })), at }
  }
  const revertedAfter = ({ aws, at }: Played & { at: number }): number =>
    seconds(at, asked(aws, 'CreateDeployment', at)[0]?.at ?? Number.POSITIVE_INFINITY)

  test('by its alarm', async () => {
    const told = await played(aws =>
      aws.alarms.setAlarmState({ AlarmName: 'users-errors', StateValue: 'ALARM', StateReason: 'x' })
    )
    expect(revertedAfter(told)).toBeLessThan(40)
    expect(ends(told)).toEqual({
      orders: 'rolled-back HELD_BACK 7 (7)',
      ledger: 'failed HELD_BACK 7:0.9,8:0.1 (split)',
      users: 'rolled-back ALARM_ACTIVE 7 (7)'
    })
    expect(told.annotations.filter(({ level }) => level === 'error')).toHaveLength(1)
  })

  test('by a cancel, in post', async () => {
    const told = await played((_, cancel) => cancel())
    expect(revertedAfter(told)).toBeLessThan(40)
    expect(['orders', 'ledger', 'users'].map(name => serves(told.aws, name))).toEqual(['7', 'split', '7'])
  })
})

test('somebody else stops it seconds later, and that is seen', async () => {
  const played = await play({
    inputs: { ...slowly, 'wait-for-minutes': '1' },
    before: (aws, clock) => {
      notStopped(aws)
      const group = { applicationName: 'payments', deploymentGroupName: 'payments-live' }
      clock.at(clock.now() + 63 * second, () => {
        const [deploymentId] = aws.codedeploy.listDeployments(group).deployments
        aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
      })
    }
  })
  expect([played.outputs.outcome, played.outputs['error-code']]).toEqual(['rolled-back', 'MANUAL_STOP'])
})

test('the post step of a killed step names the group that the role lacks the permission for', async () => {
  const { post, postMs } = await killAfter(60, { inputs: slowly, before: aws => notStopped(aws) })
  expect(post.annotations.map(([, , message]) => message).join('\n')).toContain(
    'Grant the role codedeploy:StopDeployment on arn:aws:codedeploy:eu-west-1:*:deploymentgroup:payments/payments-live.'
  )
  expect(postMs).toBeLessThan(15 * second)
})

describe('what main leaves to post at its own end is told with the reason that main had', () => {
  const inputs = together([
    entry('orders'),
    entry('ledger', { 'codedeploy-deployment-config': 'Linear10PercentEvery10Minutes' })
  ])
  const last = ({ annotations }: Played): string =>
    annotations.findLast(({ level }) => level === 'error')?.message ?? ''

  test('the wait was over', async () => {
    const played = await play({
      inputs: {
        ...slowly,
        'codedeploy-deployment-config': 'Linear10PercentEvery10Minutes',
        'wait-for-minutes': '1'
      },
      uncertain: { stopMs: 900 * second }
    })
    expect(played.outputs['error-code']).toBe('WAIT_TIME_OVER')
    expect(last(played)).toContain('(WAIT_TIME_OVER)')
    expect(last(played)).not.toContain('interrupted')
  })

  test('another function had failed', async () => {
    const played = await play({
      inputs,
      uncertain: { stopMs: 900 * second },
      before: (aws, clock) => {
        fleet(aws, ['orders', 'ledger'])
        clock.at(clock.now() + 60 * second, () =>
          aws.alarms.setAlarmState({ AlarmName: 'orders-errors', StateValue: 'ALARM', StateReason: 'x' })
        )
      }
    })
    expect(last(played)).toContain('ledger:live failed and was not rolled back')
    expect(last(played)).not.toContain('interrupted')
  })
})
