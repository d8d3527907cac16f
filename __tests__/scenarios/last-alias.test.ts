/** A missing alias is created last. A step that is cut short before that leaves the other functions as if there were no such alias. */
import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { fleet } from '../../simulator/fleet.ts'
import { killAfter } from './killed.ts'
import { type Inputs, play } from './play.ts'
import { asked, ends, entry, serves, somebodyDeploys, together } from './services.ts'

const atOnce = { 'codedeploy-deployment-config': 'AllAtOnce' }
const orders = entry('orders', atOnce)
const ledger = entry('ledger')
const fresh = entry('fresh')
const joined = entry('ledger', { 'target-version': '6' })

const scene = (aws: Aws): void => {
  fleet(aws, ['orders', 'ledger'])
  fleet(aws, ['fresh'], { alias: 'missing' })
}
const besideSomebody = (aws: Aws): void => {
  scene(aws)
  somebodyDeploys(aws, 'ledger', '6')
}
const going = 'interrupted JOB_CANCELLED 7:0.9,8:0.1 (split)'
const notCreated = 'interrupted JOB_CANCELLED (no alias)'

interface Row {
  name: string
  entries: readonly Inputs[]
  step?: Inputs
  before?: (aws: Aws) => void
  expected: Record<string, string>
  /** Deployments that are asked to stop. */
  stops?: number
}

const cutShort: readonly Row[] = [
  {
    name: 'with continue, what has succeeded stays, and what shifts goes on',
    entries: [orders, ledger, fresh],
    step: { 'if-interrupted': 'continue' },
    expected: { orders: 'succeeded 8 (8)', ledger: going, fresh: notCreated }
  },
  {
    name: 'with continue, what shifts alone goes on',
    entries: [ledger, fresh],
    step: { 'if-interrupted': 'continue' },
    expected: { ledger: going, fresh: notCreated }
  },
  {
    name: 'what another run began goes on, and what has succeeded stays',
    entries: [orders, joined, fresh],
    before: besideSomebody,
    expected: {
      orders: 'succeeded 8 (8)',
      ledger: 'interrupted JOB_CANCELLED 7:0.9,6:0.1 (split)',
      fresh: notCreated
    }
  },
  {
    name: 'by default, all are taken back',
    entries: [orders, ledger, fresh],
    expected: {
      orders: 'rolled-back HELD_BACK 7 (7)',
      ledger: 'interrupted JOB_CANCELLED 7 (7)',
      fresh: notCreated
    },
    stops: 1
  }
]

test('the job is cancelled while the answer to CreateDeployment is lost: the alias is not held back for that', async () => {
  const { aws, ...played } = await play({
    inputs: together([ledger, fresh]),
    before: (world, clock, cancel) => {
      scene(world)
      world.faults.add({ operation: 'CreateDeployment', kind: 'serverErrorAfter' })
      world.faults.add({ operation: 'ListDeployments', kind: 'stale', ms: 5_000, skip: 1, times: 99 })
      clock.at(clock.now() + 1_000, cancel)
    }
  })
  expect(ends({ aws, ...played })).toEqual({ ledger: 'interrupted JOB_CANCELLED 7 (7)', fresh: notCreated })
})

describe('the job is cancelled while ledger shifts', () => {
  test.each(cutShort)('$name', async ({ entries, step, before = scene, expected, stops = 0 }) => {
    const played = await play({
      inputs: together(entries, step),
      before: (aws, clock, cancel) => {
        before(aws)
        clock.at(clock.now() + 60_000, cancel)
      }
    })
    // What is taken back is told by post, whose outputs nobody gets.
    const served = Object.keys(expected).map(name => [name, serves(played.aws, name)])
    const truth = Object.entries(expected).map(([name, told]) => [name, /\((.*)\)$/.exec(told)?.[1]])
    expect(served).toEqual(truth)
    expect(asked(played.aws, 'StopDeployment')).toHaveLength(stops)
  })
})

describe('the step is killed while ledger shifts', () => {
  test.each(cutShort)('$name', async ({ entries, step, before = scene, expected, stops = 0 }) => {
    const { aws, post } = await killAfter(60, { inputs: together(entries, step), before })
    expect(ends({ aws, outputs: post.outputs })).toEqual(expected)
    expect(asked(aws, 'StopDeployment')).toHaveLength(stops)
  })
})

test('the job is cancelled while ledger is created, with continue: nothing is stopped', async () => {
  const played = await play({
    inputs: together([entry('orders'), ledger, fresh], { 'if-interrupted': 'continue' }),
    before: (aws, clock, cancel) => {
      scene(aws)
      aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 3_000, skip: 1 })
      clock.at(clock.now() + 2_000, cancel)
    }
  })
  expect(asked(played.aws, 'StopDeployment')).toEqual([])
})

test('nobody waits, and the step is killed before the alias is created: nothing goes on unwatched', async () => {
  const { aws } = await killAfter(9, {
    inputs: together([ledger, fresh], { wait: 'false' }),
    before: aws => {
      scene(aws)
      aws.faults.add({ operation: 'CreateAlias', kind: 'throttle', times: 9 })
    }
  })
  expect([serves(aws, 'ledger'), serves(aws, 'fresh')]).toEqual(['7', 'no alias'])
})

describe('the wait is over while ledger shifts', () => {
  const notInTime = 'timed-out WAIT_TIME_OVER (no alias)'
  test.each([
    {
      name: 'with continue, what has succeeded stays, and what shifts goes on',
      leaving: 'continue',
      expected: {
        orders: 'succeeded 8 (8)',
        ledger: 'timed-out WAIT_TIME_OVER 7:0.9,8:0.1 (split)',
        fresh: notInTime
      }
    },
    {
      name: 'with stop, what has succeeded stays, and what shifts stops where it is',
      leaving: 'stop',
      expected: {
        orders: 'succeeded 8 (8)',
        ledger: 'timed-out WAIT_TIME_OVER 7:0.9,8:0.1 (split)',
        fresh: notInTime
      }
    },
    {
      name: 'with rollback, all are taken back',
      leaving: 'rollback',
      expected: {
        orders: 'rolled-back HELD_BACK 7 (7)',
        ledger: 'timed-out WAIT_TIME_OVER 7 (7)',
        fresh: notInTime
      }
    }
  ])('$name, and the step says that it has timed out', async ({ leaving, expected }) => {
    const played = await play({
      inputs: together([orders, ledger, fresh], { 'if-interrupted': leaving, 'wait-for-minutes': '1' }),
      before: scene
    })
    expect(ends(played)).toEqual(expected)
    expect(played.outputs.outcome).toBe('timed-out')
  })
})

test('when ledger has failed by itself, the alias is held back, and all are taken back', async () => {
  const played = await play({
    inputs: together([orders, ledger, fresh], { 'if-interrupted': 'continue' }),
    before: (aws, clock) => {
      scene(aws)
      clock.at(clock.now() + 60_000, () =>
        aws.alarms.setAlarmState({ AlarmName: 'ledger-errors', StateValue: 'ALARM', StateReason: 'x' })
      )
    }
  })
  expect(ends(played)).toEqual({
    orders: 'rolled-back HELD_BACK 7 (7)',
    ledger: 'rolled-back ALARM_ACTIVE 7 (7)',
    fresh: 'refused HELD_BACK (no alias)'
  })
})
