/** `deployment-id: active`: what runs in the group, or begins soon, whoever started it. */
import { describe, expect, test } from '@jest/globals'
import type { VirtualClock } from '../../simulator/clock.ts'
import {
  alarmGoesOff,
  anotherIsRunning,
  fault,
  group,
  jobIsCancelled,
  later,
  somebodyStopsIt
} from './incidents.ts'
import { past } from './past.ts'
import { type Inputs, type Play, type Played, play } from './play.ts'
import { asked } from './services.ts'

const active: Inputs = {
  'codedeploy-application': 'payments',
  'codedeploy-deployment-group': 'payments-live',
  'deployment-id': 'active'
}

const watchIt = (scene: Play = {}): Promise<Played> =>
  play({ ...scene, inputs: { ...active, ...scene.inputs } })

const ends = ({ passed, outputs }: Played) => ({
  passed,
  outcome: outputs.outcome,
  code: outputs['error-code'],
  serving: outputs['serving-version']
})

const changes = ({ aws }: Played) =>
  aws.requests.flatMap(({ operation }) =>
    /^(Create|Publish|Update|Stop|Delete)/.test(operation) ? operation : []
  )

const newest = ({ aws }: Played) => aws.codedeploy.listDeployments(group).deployments[0]

test('a deployment that runs is watched to its success, and nothing is changed', async () => {
  const played = await watchIt({ before: anotherIsRunning('6') })
  expect(ends(played)).toEqual({ passed: true, outcome: 'succeeded', code: '', serving: '6' })
  expect(played.outputs['deployment-id']).toBe(newest(played))
  expect(played.log.join('\n')).toContain('v7 90%  v6 10%   next 100% in')
  expect(changes(played)).toEqual([])
})

test('one that begins after three minutes is waited for, and the log says so', async () => {
  const played = await watchIt({ before: later(3, anotherIsRunning('6')) })
  expect(ends(played)).toEqual({ passed: true, outcome: 'succeeded', code: '', serving: '6' })
  expect(played.log[0]).toBe(
    'Nothing runs in group payments/payments-live; waiting 5m 00s for a deployment to begin'
  )
})

test('one that begins and ends between two looks is told', async () => {
  const played = await watchIt({
    before: later(1, anotherIsRunning('6', 'LambdaAllAtOnce')),
    uncertain: { createdMs: 0 }
  })
  expect(ends(played)).toEqual({ passed: true, outcome: 'succeeded', code: '', serving: '6' })
})

test('one that had ended before is not taken for active', async () => {
  const played = await watchIt({
    earlier: async aws => {
      anotherIsRunning('6', 'LambdaAllAtOnce')(aws, undefined as never, () => {})
      await aws.clock.sleep(20_000)
    }
  })
  expect(ends(played)).toMatchObject({ outcome: 'refused', code: 'NO_ACTIVE_DEPLOYMENT' })
})

describe('while the list still holds one that has just ended', () => {
  const justEnded: Play = {
    earlier: async aws => {
      anotherIsRunning('6', 'LambdaAllAtOnce')(aws, undefined as never, () => {})
      const [deploymentId = ''] = aws.codedeploy.listDeployments(group).deployments
      while (aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo?.status !== 'Succeeded')
        await aws.clock.sleep(100)
      await past({ hand: '7' })(aws)
      await aws.clock.sleep(2_000)
    }
  }
  const stale = fault({
    operation: 'ListDeployments',
    kind: 'stale',
    ms: 5_000,
    times: Number.POSITIVE_INFINITY
  })

  test('the next one is waited for', async () => {
    const played = await watchIt({
      ...justEnded,
      before: (aws, clock, cancel) => {
        stale(aws, clock, cancel)
        later(1, anotherIsRunning('5'))(aws, clock, cancel)
      }
    })
    expect(ends(played)).toMatchObject({ outcome: 'succeeded', serving: '5' })
  })

  test('nothing is active when none follows', async () => {
    expect(ends(await watchIt({ ...justEnded, before: stale }))).toMatchObject({
      code: 'NO_ACTIVE_DEPLOYMENT'
    })
  })
})

test('none within five minutes: refused, with how to find one that has ended', async () => {
  const played = await watchIt({ before: later(6, anotherIsRunning('6')) })
  expect(ends(played)).toEqual({
    passed: false,
    outcome: 'refused',
    code: 'NO_ACTIVE_DEPLOYMENT',
    serving: ''
  })
  expect(played.annotations.map(({ message }) => message)).toEqual([
    `The step was refused; it has changed nothing.
Why:  No deployment was running in group payments/payments-live, and none began within 5m 00s. (NO_ACTIVE_DEPLOYMENT)
Next: If it begins later, start this step later. If it has ended already, give its id instead of active: aws deploy list-deployments --application-name payments --deployment-group-name payments-live`
  ])
})

test('wait-for-minutes also bounds how long one is waited for', async () => {
  const played = await watchIt({
    inputs: { 'wait-for-minutes': '2' },
    before: later(3, anotherIsRunning('6'))
  })
  expect(ends(played)).toMatchObject({ outcome: 'refused', code: 'NO_ACTIVE_DEPLOYMENT' })
  expect(played.outputs['error-message']).toContain('none began within 2m 00s')
})

test('an alarm that goes off is told as the reason, as in any watch', async () => {
  const played = await watchIt({
    before: (aws, clock, cancel) => {
      anotherIsRunning('6')(aws, clock, cancel)
      later(2, alarmGoesOff)(aws, clock, cancel)
    }
  })
  expect(ends(played)).toEqual({ passed: false, outcome: 'rolled-back', code: 'ALARM_ACTIVE', serving: '7' })
})

test('a rollback that runs when the step begins is told as the end of what it rolls back', async () => {
  const played = await watchIt({
    uncertain: { rollbackGapMs: 0 },
    earlier: async aws => {
      anotherIsRunning('6')(aws, undefined as never, () => {})
      await aws.clock.sleep(60_000)
      const [deploymentId = ''] = aws.codedeploy.listDeployments(group).deployments
      aws.codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: true })
      await aws.clock.sleep(2_500)
    }
  })
  const [rollback, original] = played.aws.codedeploy.listDeployments(group).deployments
  expect(ends(played)).toMatchObject({ passed: false, outcome: 'rolled-back', serving: '7' })
  expect([played.outputs['deployment-id'], played.outputs['rollback-deployment-id']]).toEqual([
    original,
    rollback
  ])
})

describe('when the job is cancelled', () => {
  const cancelled = (inputs: Inputs) =>
    watchIt({
      inputs,
      before: (aws, clock, cancel) => {
        anotherIsRunning('6')(aws, clock, cancel)
        later(2, jobIsCancelled)(aws, clock, cancel)
      }
    })

  test('the deployment is left alone by default: somebody else began it', async () => {
    const played = await cancelled({})
    expect(ends(played)).toMatchObject({ outcome: 'interrupted', serving: '7:0.9,6:0.1' })
    expect(changes(played)).toEqual([])
  })

  test('it is shifted back when if-interrupted says so', async () => {
    const played = await cancelled({ 'if-interrupted': 'rollback' })
    expect(ends(played)).toMatchObject({ outcome: 'interrupted', serving: '7' })
  })

  test('before one has begun, nothing was found and nothing is changed', async () => {
    const played = await watchIt({ before: later(1, jobIsCancelled) })
    expect(ends(played)).toEqual({
      passed: false,
      outcome: 'interrupted',
      code: 'JOB_CANCELLED',
      serving: ''
    })
    expect(played.outputs['error-message']).toBe(
      'The job was cancelled before a deployment was found in group payments/payments-live.'
    )
  })
})

test('what somebody stops without rollback is told as stopped', async () => {
  const played = await watchIt({
    before: (aws, clock, cancel) => {
      anotherIsRunning('6')(aws, clock, cancel)
      later(2, somebodyStopsIt)(aws, clock, cancel)
    }
  })
  expect(ends(played)).toMatchObject({ passed: false, outcome: 'stopped' })
})

test.each([
  { name: 'the group', given: { 'codedeploy-deployment-group': 'nobody' }, code: 'DEPLOYMENT_GROUP_MISSING' },
  { name: 'the application', given: { 'codedeploy-application': 'nobody' }, code: 'APPLICATION_MISSING' }
])('$name does not exist: refused at once', async ({ given, code }) => {
  const played = await watchIt({ inputs: given })
  expect(ends(played)).toEqual({ passed: false, outcome: 'refused', code, serving: '' })
  expect(asked(played.aws, 'ListDeployments')).toHaveLength(1)
})

test('without the permission to list, it is refused with the permission that is missing', async () => {
  const played = await watchIt({
    before: fault({ operation: 'ListDeployments', kind: 'accessDenied', times: Number.POSITIVE_INFINITY })
  })
  expect(ends(played)).toMatchObject({ outcome: 'refused', code: 'AccessDeniedException' })
  expect(played.outputs['error-message']).toContain('codedeploy:ListDeployments')
})

test('what runs but may not be read is lost, with its id: it goes on in AWS', async () => {
  const played = await watchIt({
    before: (aws, clock, cancel) => {
      anotherIsRunning('6')(aws, clock, cancel)
      fault({ operation: 'GetDeployment', kind: 'accessDenied', times: Number.POSITIVE_INFINITY })(
        aws,
        clock,
        cancel
      )
    }
  })
  expect(ends(played)).toMatchObject({ outcome: 'lost', code: 'AccessDeniedException' })
  expect(played.outputs['deployment-id']).toBe(newest(played))
})

test.each([
  { name: 'that runs', before: anotherIsRunning('6'), skip: 0 },
  { name: 'that begins', before: later(1, anotherIsRunning('6')), skip: 0 },
  { name: 'that was described once', before: anotherIsRunning('6'), skip: 1 }
])('a deployment $name and is listed a moment before CodeDeploy knows it is asked for again', async scene => {
  const error = { name: 'DeploymentDoesNotExistException', message: 'not yet', status: 400 }
  const played = await watchIt({
    before: (aws, clock, cancel) => {
      scene.before(aws, clock, cancel)
      fault({ operation: 'GetDeployment', kind: 'custom', error, times: 2, skip: scene.skip })(
        aws,
        clock,
        cancel
      )
    }
  })
  expect(ends(played)).toEqual({ passed: true, outcome: 'succeeded', code: '', serving: '6' })
})

test('a deployment that CodeDeploy has listed and described, and does not know ten seconds later, is refused', async () => {
  const error = { name: 'DeploymentDoesNotExistException', message: 'gone', status: 400 }
  const played = await watchIt({
    before: (aws, clock, cancel) => {
      anotherIsRunning('6')(aws, clock, cancel)
      fault({ operation: 'GetDeployment', kind: 'custom', error, times: 99, skip: 1 })(aws, clock, cancel)
    }
  })
  expect(ends(played)).toMatchObject({ outcome: 'refused', code: 'DEPLOYMENT_MISSING' })
})

test('a fault of half a minute while it looks ends nothing', async () => {
  const played = await watchIt({
    before: (aws, clock, cancel) => {
      later(2, anotherIsRunning('6'))(aws, clock, cancel)
      fault({ operation: 'ListDeployments', kind: 'throttle', skip: 2, times: 6 })(aws, clock, cancel)
    }
  })
  expect(ends(played)).toEqual({ passed: true, outcome: 'succeeded', code: '', serving: '6' })
})

describe('a deployment that the gate could not judge is not watched, and is left as it is:', () => {
  test.each([
    {
      name: 'the role may not read the figures',
      configuration: 'LambdaCanary10Percent5Minutes',
      before: fault({ operation: 'GetMetricData', kind: 'accessDenied', times: 9 }),
      afterMs: 30_000,
      code: 'METRICS_DENIED',
      serving: '7:0.9,6:0.1',
      serves: 'v7 90% and v6 10%',
      next: 'Grant cloudwatch:GetMetricData on * (see docs/permissions.md), or leave out max-error-rate and if-no-traffic: fail.'
    },
    {
      name: 'it moves all traffic at once',
      configuration: 'LambdaAllAtOnce',
      before: () => undefined,
      afterMs: 4_000,
      code: 'GATE_NEEDS_A_SHIFT',
      serving: '6',
      serves: 'v6',
      next: 'Leave max-error-rate out to watch it.'
    }
  ])('$name', async ({ configuration, before, afterMs, code, serving, serves, next }) => {
    const played = await watchIt({
      inputs: { 'max-error-rate': '5' },
      earlier: async aws => {
        anotherIsRunning('6', configuration)(aws, aws.clock as VirtualClock, () => undefined)
        await aws.clock.sleep(afterMs)
      },
      before
    })
    expect(ends(played)).toEqual({ passed: false, outcome: 'refused', code, serving })
    const id = newest(played)
    const [headline, , told] = played.annotations.at(-1)?.message.split('\n') ?? []
    expect([headline, told]).toEqual([
      `payments-api:live is not watched; deployment ${id} is left as it is, and it serves ${serves}.`,
      `Next: ${next} If deployment ${id} is running, it continues in AWS; to watch it again, run the step with deployment-id: ${id} and if-interrupted: continue`
    ])
  })
})

test('a cancel while a slow answer is awaited ends the search at once', async () => {
  let at = 0
  const { outputs, endedAt } = await play({
    inputs: active,
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'ListDeployments', kind: 'slow', ms: 15_000, skip: 1, times: 3 })
      clock.at(clock.now() + 7_000, () => {
        at = clock.now()
        cancel()
      })
    }
  })
  expect([outputs.outcome, outputs['error-code'], endedAt - at]).toEqual(['interrupted', 'JOB_CANCELLED', 0])
})
