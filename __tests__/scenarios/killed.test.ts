/** What a step that is killed at a bad moment leaves behind, and what post does about it. */
import { describe, expect, test } from '@jest/globals'
import { jobEnv } from '../../simulation/draw/job.ts'
import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import { fleet } from '../../simulator/fleet.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { fromState } from '../../src/state.ts'
import { alarmGoesOff, group, hooks, later } from './incidents.ts'
import { type Killed, killAfter } from './killed.ts'
import { type Play, play, release } from './play.ts'
import { asked, ends, entry, ordersFirst, serves, together } from './services.ts'

const both = together([entry('orders'), entry('ledger')])

const killBothAfter = (seconds: number, { inputs = both, before, ...scene }: Play): Promise<Killed> =>
  killAfter(seconds, {
    ...scene,
    inputs,
    before: (aws, clock, cancel) => {
      fleet(aws, ['orders', 'ledger'])
      before?.(aws, clock, cancel)
    }
  })

/** Somebody moves orders after a minute. */
const movesOrders = later(1, aws => {
  aws.lambda.updateAlias({ FunctionName: 'orders', Name: 'live', FunctionVersion: '5' })
})

/** All deployments of its group, oldest first. */
const deploymentsOf = (aws: Aws, name: string) =>
  [
    ...aws.codedeploy.listDeployments({
      applicationName: 'payments',
      deploymentGroupName: `${name}-live`
    }).deployments
  ]
    .reverse()
    .map(deploymentId => aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo.status)

describe('all or none, when ledger is refused after orders has succeeded, and the step is killed', () => {
  test.each([
    { name: 'before it reverts orders', seconds: 14.5 },
    { name: 'while it creates the deployment that reverts orders', seconds: 15 },
    { name: 'while that deployment runs', seconds: 16 },
    {
      name: 'while that deployment runs, and is not listed yet',
      seconds: 18.3,
      slowMs: 1_500,
      staleMs: 6_000
    },
    {
      name: 'when that deployment is about to move the alias, and ends before post asks for another',
      seconds: 18.3,
      slowMs: 1_500
    },
    {
      name: 'when that deployment runs, and nothing can be read of it for a minute',
      seconds: 18.3,
      slowMs: 1_500,
      silent: 7
    },
    { name: 'when that deployment has moved the alias unseen', seconds: 18.8 },
    { name: 'when that deployment has ended unseen', seconds: 19.5 }
  ])(
    '$name: post brings orders back to the version before, by one deployment',
    async ({ seconds, slowMs = 0, staleMs = 0, silent = 0 }) => {
      const { aws, post } = await killBothAfter(seconds, {
        inputs: together(ordersFirst),
        before: (aws, clock) => {
          aws.faults.add({ operation: 'CreateDeployment', kind: 'throttle', skip: 1, times: 3 })
          aws.faults.add({ operation: 'CreateDeployment', kind: 'accessDenied', skip: 1 })
          const from = clock.now() + seconds * 1_000
          aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: slowMs, when: { from } })
          aws.faults.add({ operation: 'ListDeployments', kind: 'stale', ms: staleMs, when: { from } })
          const times = silent
          aws.faults.add({ operation: 'GetDeployment', kind: 'timeout', ms: 20_000, times, when: { from } })
        }
      })
      expect(ends({ aws, outputs: post.outputs })).toEqual({
        orders: 'rolled-back HELD_BACK 7 (7)',
        ledger: 'refused AccessDeniedException 7 (7)'
      })
      expect(deploymentsOf(aws, 'orders')).toEqual(['Succeeded', 'Succeeded'])
    }
  )
})

describe('all or none, when orders is to stay as it is, and the step is killed while ledger shifts', () => {
  const inputs = together([entry('orders', { 'target-version': '7' }), entry('ledger')])

  test.each([
    { name: 'nobody moves it: post says so', ends: 'unchanged 7 (7)', ledger: 'succeeded 8 (8)' },
    {
      name: 'somebody moves it: post sees that, and brings ledger back',
      before: movesOrders,
      ends: 'failed ALIAS_NOT_ON_TARGET 5 (5)',
      ledger: 'rolled-back HELD_BACK 7 (7)'
    }
  ])('$name', async ({ before, ends: orders, ledger }) => {
    const { aws, post } = await killBothAfter(304, { inputs, ...(before && { before }) })
    expect(ends({ aws, outputs: post.outputs })).toEqual({ orders, ledger })
  })

  test('main has not said that it is unchanged, which would have passed', async () => {
    const { aws, main } = await killBothAfter(60, { inputs })
    expect(main.outputs.outcome).toBe('')
    expect(ends({ aws, outputs: main.outputs })).toEqual({ orders: ' (7)', ledger: ' (7)' })
  })

  test('somebody moves it, and main has seen that and reverts ledger: post tells both', async () => {
    const { aws, post } = await killBothAfter(318, { inputs, before: movesOrders })
    expect(ends({ aws, outputs: post.outputs })).toEqual({
      orders: 'failed ALIAS_NOT_ON_TARGET 5 (5)',
      ledger: 'rolled-back HELD_BACK 7 (7)'
    })
  })
})

test('orders is released, one missing alias is created, and main is killed before the other: nothing passes for a success', async () => {
  const { aws, post } = await killAfter(9, {
    inputs: together([ordersFirst[0] ?? {}, entry('ledger'), entry('mails')]),
    before: aws => {
      fleet(aws, ['orders', 'ledger', 'mails'])
      for (const FunctionName of ['ledger', 'mails']) aws.lambda.deleteAlias({ FunctionName, Name: 'live' })
      aws.faults.add({ operation: 'CreateAlias', kind: 'throttle', skip: 1, times: 9 })
    }
  })
  expect(ends({ aws, outputs: post.outputs })).toEqual({
    orders: 'rolled-back HELD_BACK 7 (7)',
    ledger: 'created 8 (8)',
    mails: 'interrupted JOB_CANCELLED (no alias)'
  })
})

test('with if-interrupted: continue, post sees that an alarm has stopped ledger, and reverts orders', async () => {
  const { aws, post } = await killBothAfter(140, {
    inputs: together(ordersFirst, { 'if-interrupted': 'continue' }),
    uncertain: { rollbackStepMs: 20_000 },
    before: later(2, aws => {
      aws.alarms.setAlarmState({ AlarmName: 'ledger-errors', StateValue: 'ALARM', StateReason: 'x' })
    })
  })
  expect(ends({ aws, outputs: post.outputs })).toEqual({
    orders: 'rolled-back HELD_BACK 7 (7)',
    ledger: 'rolled-back ALARM_ACTIVE 7 (7)'
  })
})

test('with if-interrupted: continue, post sees of thirty functions that they have succeeded', async () => {
  const names = Array.from({ length: 30 }, (_, number) => `service-${number}`)
  const entries = names.map(name => entry(name, { 'codedeploy-deployment-config': 'AllAtOnce' }))
  const { aws, post } = await killAfter(60, {
    inputs: together([...entries, entry('ledger')], { 'if-interrupted': 'continue' }),
    before: aws => fleet(aws, [...names, 'ledger'])
  })
  const told = ends({ aws, outputs: post.outputs })
  expect(names.map(name => told[name])).toEqual(names.map(() => 'succeeded 8 (8)'))
  expect(told.ledger).toBe('interrupted JOB_CANCELLED 7:0.9,8:0.1 (split)')
})

test('when somebody has stopped orders, and main then ledger, post blames each for what is theirs', async () => {
  const { aws, post } = await killBothAfter(80, {
    inputs: both,
    uncertain: { rollbackStepMs: 10_000 },
    before: later(1, aws => {
      const group = { applicationName: 'payments', deploymentGroupName: 'orders-live' }
      const [deploymentId] = aws.codedeploy.listDeployments(group).deployments
      aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
    })
  })
  expect(ends({ aws, outputs: post.outputs })).toEqual({
    orders: 'rolled-back MANUAL_STOP 7 (7)',
    ledger: 'interrupted JOB_CANCELLED 7 (7)'
  })
})

test('post ends before the runner ends it, though Lambda says nothing of an alias that was to stay as it is', async () => {
  const { post, postMs } = await killBothAfter(100, {
    inputs: together([entry('orders', { 'target-version': '7' }), entry('ledger')]),
    before: (aws, clock) => {
      const when = { from: clock.now() + 100_000 }
      aws.faults.add({ operation: 'GetAlias', kind: 'throttle', times: Number.POSITIVE_INFINITY, when })
    }
  })
  expect(postMs).toBeLessThan(270_000)
  expect(post.summaries).toHaveLength(1)
})

test('a deployment whose id never came is told once when post finds it', async () => {
  const played = await play({
    inputs: both,
    before: (aws, clock, cancel) => {
      fleet(aws, ['orders', 'ledger'])
      aws.faults.add({ operation: 'CreateDeployment', kind: 'dropAfter', skip: 1 })
      aws.faults.add({ operation: 'ListDeployments', kind: 'stale', ms: 9_000, skip: 2, times: 9 })
      clock.at(clock.now() + 1_500, cancel)
    }
  })
  const last = played.annotations.findLast(({ level }) => level === 'error')
  expect(last?.title).toContain('2 of 2 functions not released')
  expect([serves(played.aws, 'orders'), serves(played.aws, 'ledger')]).toEqual(['7', '7'])
})

describe('all or none, when the time is over and main reverts orders, and ledger succeeds after all in post', () => {
  test.each([
    { name: 'orders is back by then', minutes: 7, slowMs: 0 },
    { name: 'orders has yet to go back', minutes: 6, slowMs: 4_000 }
  ])('$name: both go back, and nobody else is blamed', async ({ minutes, slowMs }) => {
    const { aws, post } = await killBothAfter(362, {
      inputs: together(
        [
          entry('orders', { 'codedeploy-deployment-config': 'AllAtOnce' }),
          entry('ledger', { 'codedeploy-deployment-config': `Canary10Percent${minutes}Minutes` })
        ],
        { 'wait-for-minutes': '1' }
      ),
      uncertain: { stopMs: 600_000 },
      // The deployment that reverts orders is created so much later.
      before: aws => aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', skip: 2, ms: slowMs })
    })
    expect(ends({ aws, outputs: post.outputs })).toEqual({
      orders: 'rolled-back HELD_BACK 7 (7)',
      ledger: 'rolled-back HELD_BACK 7 (7)'
    })
    expect(deploymentsOf(aws, 'orders')).toEqual(['Succeeded', 'Succeeded'])
  })
})

describe('post, when orders runs and ledger has no deployment', () => {
  test('stops orders before it looks for a deployment of ledger that may come late', async () => {
    const { aws, at, postMs } = await killBothAfter(2, {
      before: aws => aws.faults.add({ operation: 'CreateDeployment', kind: 'dropBefore', skip: 1 })
    })
    const [first] = asked(aws, 'StopDeployment', at)
    expect((first?.at ?? Number.POSITIVE_INFINITY) - at).toBeLessThan(1_000)
    expect(Math.round(postMs / 1_000)).toBe(31)
    expect({ orders: serves(aws, 'orders'), ledger: serves(aws, 'ledger') }).toEqual({
      orders: '7',
      ledger: '7'
    })
  })

  test('does not look for one that CodeDeploy has definitely refused', async () => {
    const { aws, postMs, post } = await killBothAfter(1.3, {
      before: aws => aws.faults.add({ operation: 'CreateDeployment', kind: 'accessDenied', skip: 1 })
    })
    expect(postMs).toBeLessThan(6_000)
    expect(post.annotations.map(([level]) => level)).toEqual(['error'])
    expect({ orders: serves(aws, 'orders'), ledger: serves(aws, 'ledger') }).toEqual({
      orders: '7',
      ledger: '7'
    })
  })
})

test('outputs have the last status and the rollback as soon as they are known', async () => {
  const { main, aws } = await killAfter(140, {
    inputs: { ...release, ...hooks },
    setting: { before: { seconds: 20 } },
    uncertain: { rollbackHooks: 'invoked' },
    before: later(2, alarmGoesOff)
  })
  const { deploymentInfo } = aws.codedeploy.getDeployment({ deploymentId: main.outputs['deployment-id'] })
  expect({
    outcome: main.outputs.outcome,
    status: main.outputs['deployment-status'],
    rollback: main.outputs['rollback-deployment-id']
  }).toEqual({ outcome: '', status: 'Stopped', rollback: deploymentInfo.rollbackInfo?.rollbackDeploymentId })
})

describe('killed in the middle of a canary', () => {
  const table = (summary: string): string[] =>
    summary.split('\n').filter(line => /^\| \d+:\d\d \|/.test(line))

  test('the summary of post tells what main had seen, in the order of time, and its log only what is new', async () => {
    const { post } = await killAfter(120, { inputs: release })
    expect(table(post.summaries.join('\n'))).toEqual([
      '| 0:01 | deployment | InProgress |',
      '| 0:03 | traffic | ██░░░░░░░░░░░░░░░░░░  v7 90%  v8 10% |',
      '| 1:59 | stopping | The step was interrupted; shifting back |',
      '| 2:01 | deployment | Stopped: MANUAL&#95;STOP |',
      '| 2:01 | AllowTraffic | Failed: the shift was cut short |',
      expect.stringMatching(/^\| 2:01 \| rollback \| d-\w{9} shifts the traffic back \|$/),
      '| 2:03 | traffic | ░░░░░░░░░░░░░░░░░░░░  v7 100% |',
      '| 2:03 | rollback | Succeeded |'
    ])
    expect(
      post.log.filter(line => /^ +\d+:\d\d {2}/.test(line)).map(line => line.trim().slice(0, 17).trim())
    ).toEqual([
      '1:59  stopping',
      '2:01  deployment',
      '2:01  AllowTraffi',
      '2:01  rollback',
      '2:03  traffic',
      '2:03  rollback'
    ])
  })

  test('its chart shows when the traffic moved, not when post looked', async () => {
    const { post } = await killAfter(120, { inputs: release })
    const lines = post.summaries.join('\n').split('\n')
    expect(lines.filter(line => / :(done, )?\d/.test(line))).toEqual([
      'v7 100% :done, 14:00:00, 14:00:03',
      'v7 90%, v8 10% :14:00:03, 14:02:03',
      'v7 100% :done, 14:02:03, 1s'
    ])
  })
})

describe('the state that is left for post', () => {
  const many = Array.from({ length: 100 }, (_, index) => `payments-service-number-${index + 1}-production`)
  const inputs = together(many.map(name => entry(name)))

  test('fits into one entry of the environment while 100 functions are released: Windows allows 32,767 characters', async () => {
    const { main } = await killAfter(150, { inputs, before: aws => fleet(aws, many) })
    const saved = fromState(main.state.run ?? '')
    expect([saved?.phase, saved?.releases.length]).toEqual(['running', 100])
    expect(main.state.run?.length).toBeLessThan(32_767)
  })

  test('has nothing left of them when all is done', async () => {
    const { state } = await play({ inputs, before: aws => fleet(aws, many) })
    expect(JSON.parse(state.run ?? '')).toEqual({
      phase: 'done',
      region: 'eu-west-1',
      releases: [],
      undeployed: []
    })
  })
})

describe('killed while CreateDeployment is under way', () => {
  test.each([
    { name: 'ten minutes ahead', skewMs: 600_000 },
    { name: 'two hours behind', skewMs: -7_200_000 }
  ])(
    "on a machine whose clock is $name of AWS's: post finds the deployment and stops it",
    async ({ skewMs }) => {
      const { aws, post } = await killAfter(3, {
        inputs: release,
        skewMs,
        before: aws => aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 5_000 })
      })
      expect(post.outputs.outcome).toBe('interrupted')
      expect(deploymentsOf(aws, 'payments')).toEqual(['Stopped', 'Succeeded'])
    }
  )
})

test("on a machine whose clock is two hours behind AWS's, post tells the time of its stop though AWS does not answer it", async () => {
  const { post } = await killAfter(30, {
    inputs: release,
    skewMs: -7_200_000,
    before: (aws, clock) =>
      aws.faults.add({
        operation: '*',
        kind: 'dropBefore',
        when: { from: clock.now() + 30_000 },
        times: Number.POSITIVE_INFINITY
      })
  })
  expect(post.log.find(line => line.includes('stopping'))).toBe(
    '    0:29  stopping            The step was interrupted; shifting back'
  )
})

describe('weights by hand, when the step is killed before it has confirmed them', () => {
  const weigh = {
    alias: 'live',
    weight: '10',
    'target-version': '6',
    functions: JSON.stringify([{ 'function-name': 'orders' }, { 'function-name': 'ledger' }])
  }
  const serving = (aws: Aws) => ['orders', 'ledger'].map(name => serves(aws, name))

  test('post gives back what one alias has got and the other has not', async () => {
    const { aws, post } = await killBothAfter(5, {
      inputs: weigh,
      before: aws => aws.faults.add({ operation: 'UpdateAlias', kind: 'timeout', skip: 1, ms: 20_000 })
    })
    expect(serving(aws)).toEqual(['7', '7'])
    expect(post.log.join('\n')).toContain('has its weights again: v7 100%')
  })

  test('a change that Lambda makes only after that is refused', async () => {
    const { aws } = await killAfter(3, {
      inputs: { 'function-name': 'payments-api', alias: 'live', weight: '10', 'target-version': '6' },
      before: aws => aws.faults.add({ operation: 'UpdateAlias', kind: 'slow', ms: 15_000 })
    })
    const clock = aws.clock as VirtualClock
    await clock.run(() => clock.sleep(30_000))
    expect(serves(aws, 'payments-api')).toBe('7')
  })
})

test('post stops the deployment that main was killed over, not the one that an earlier step of the run had created', async () => {
  const description = `acme/payments@${jobEnv.GITHUB_SHA} run 4711.1`
  const { aws, main, post } = await killAfter(1, {
    inputs: { ...release, 'target-version': '6' },
    earlier: async aws => {
      const shift = { functionName: 'payments-api', alias: 'live', currentVersion: '7', targetVersion: '6' }
      const { content } = appSpec({ ...shift, hooks: {} })
      const { deploymentId = '' } = aws.codedeploy.createDeployment({
        ...group,
        deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
        description,
        revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
      })
      aws.codedeploy.stopDeployment({ deploymentId })
      await aws.clock.sleep(4_000)
    },
    before: aws => aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 5_000 })
  })
  expect(fromState(main.state.run ?? '')?.phase).toBe('creating')
  const [, ours] = aws.codedeploy
    .listDeployments(group)
    .deployments.map(deploymentId => aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo)
    .filter(each => each.description === description)
    .reverse()
  expect([post.outputs['deployment-id'], ours?.status]).toEqual([ours?.deploymentId, 'Stopped'])
})
