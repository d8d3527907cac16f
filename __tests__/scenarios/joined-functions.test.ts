/** One of several functions joins a deployment that was there before. */
import { describe, expect, test } from '@jest/globals'
import { fleet } from '../../simulator/fleet.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { jobIsCancelled, later } from './incidents.ts'
import { killAfter } from './killed.ts'
import type { Inputs } from './play.ts'
import { attempt1, attempt2, stops } from './running.ts'
import { ends, entry, releaseBoth, serves, somebodyDeploys, together } from './services.ts'

describe('functions', () => {
  const both = (step: Inputs = {}) =>
    together([entry('orders'), entry('ledger', { 'target-version': '5' })], step)

  test('the one that was joined is waited for', async () => {
    const played = await releaseBoth({
      inputs: both({ 'codedeploy-deployment-config': 'AllAtOnce' }),
      before: aws => void somebodyDeploys(aws, 'ledger', '5')
    })
    expect(ends(played)).toEqual({ orders: 'succeeded 8 (8)', ledger: 'succeeded 5 (5)' })
  })

  test('a cancel shifts back what this run began, and leaves the other', async () => {
    const played = await releaseBoth({
      inputs: both(),
      before: (aws, clock, cancel) => {
        somebodyDeploys(aws, 'ledger', '5')
        later(2, jobIsCancelled)(aws, clock, cancel)
      }
    })
    expect(ends(played)).toEqual({
      orders: 'interrupted JOB_CANCELLED 7 (7)',
      ledger: 'interrupted JOB_CANCELLED 7:0.9,5:0.1 (split)'
    })
    expect(stops(played.aws)).toEqual([true])
  })

  test('a cancel stops what this run began at once, and not only when it is known what the other serves', async () => {
    let cancelledAt = 0
    const { aws } = await releaseBoth({
      inputs: both(),
      before: (aws, clock, cancel) => {
        somebodyDeploys(aws, 'ledger', '5')
        later(2, (aws, clock, cancel) => {
          aws.faults.add({ operation: 'GetAlias', kind: 'slow', ms: 4_000, times: Number.POSITIVE_INFINITY })
          cancelledAt = clock.now()
          cancel()
        })(aws, clock, cancel)
      }
    })
    const stop = aws.requests.find(({ operation }) => operation === 'StopDeployment')
    expect((stop?.at ?? Number.NaN) - cancelledAt).toBeLessThan(100)
  })

  test('a cancel while another group is waited for leaves what was joined, and post does', async () => {
    const played = await releaseBoth({
      inputs: both(),
      before: (aws, clock, cancel) => {
        somebodyDeploys(aws, 'ledger', '5')
        somebodyDeploys(aws, 'orders', '5')
        later(2, jobIsCancelled)(aws, clock, cancel)
      }
    })
    expect([stops(played.aws), serves(played.aws, 'ledger')]).toEqual([[], 'split'])
  })

  test('a cancel while another group is waited for shifts back what an earlier attempt began', async () => {
    const played = await releaseBoth({
      inputs: both(),
      env: attempt2,
      before: (aws, clock, cancel) => {
        somebodyDeploys(aws, 'orders', '5')
        const { content } = appSpec({
          functionName: 'ledger',
          alias: 'live',
          currentVersion: '7',
          targetVersion: '5',
          hooks: {}
        })
        aws.codedeploy.createDeployment({
          applicationName: 'payments',
          deploymentGroupName: 'ledger-live',
          deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent10Minutes',
          description: attempt1,
          revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
        })
        later(2, jobIsCancelled)(aws, clock, cancel)
      }
    })
    expect([stops(played.aws), serves(played.aws, 'ledger')]).toEqual([[true], '7'])
  })

  test.each([
    { given: {}, ledger: 'started 7:0.9,5:0.1 (split)', stops: [] },
    { given: { 'if-interrupted': 'rollback' }, ledger: 'rolled-back HELD_BACK 7 (7)', stops: [true] }
  ])(
    'orders fails: what another run began goes on, unless if-interrupted is given ($given)',
    async ({ given, ledger, stops: expected }) => {
      const played = await releaseBoth({
        inputs: both(given),
        before: (aws, clock, cancel) => {
          somebodyDeploys(aws, 'ledger', '5')
          later(2, aws =>
            aws.alarms.setAlarmState({
              AlarmName: 'orders-errors',
              StateValue: 'ALARM',
              StateReason: 'errors'
            })
          )(aws, clock, cancel)
          // The world goes on until the other run's canary is over.
          later(12, () => undefined)(aws, clock, cancel)
        }
      })
      expect(ends(played)).toEqual({ orders: 'rolled-back ALARM_ACTIVE 7 (7)', ledger })
      expect([played.passed, stops(played.aws)]).toEqual([false, expected])
    }
  )

  test('the step is killed before orders has its deployment: post leaves what was joined', async () => {
    const { aws } = await killAfter(60, {
      inputs: both(),
      before: aws => {
        fleet(aws, ['orders', 'ledger'])
        somebodyDeploys(aws, 'ledger', '5')
        somebodyDeploys(aws, 'orders', '5')
      }
    })
    expect([stops(aws), serves(aws, 'ledger')]).toEqual([[], 'split'])
  })
})
