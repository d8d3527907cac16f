import { expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { anotherIsRunning, fault, hooks, jobIsCancelled, later } from './incidents.ts'
import { past } from './past.ts'
import { type Inputs, type Play, play, release } from './play.ts'
import { releaseBoth } from './services.ts'

const rows: { name: string; minute: number; scene?: Play }[] = [
  { name: 'during the hook', minute: 0.07, scene: { inputs: { ...release, ...hooks } } },
  { name: 'in the quiet of a canary', minute: 2.1 },
  {
    name: 'while a slow answer from CodeDeploy is awaited',
    minute: 2.1,
    scene: {
      before: aws => aws.faults.add({ operation: 'GetDeployment', kind: 'slow', ms: 15_000, skip: 8 })
    }
  },
  {
    name: 'while nothing can be seen',
    minute: 2.1,
    scene: { before: fault({ operation: 'GetDeployment', kind: 'throttle', skip: 5, times: 4 }) }
  },
  {
    name: 'while the hook after the shift runs',
    minute: 5.15,
    scene: { inputs: { ...release, ...hooks }, setting: { after: { seconds: 30 } } }
  }
]

test.each(rows)('a cancel $name asks CodeDeploy to stop within a second', async ({ minute, scene = {} }) => {
  let at = 0
  const { outputs, aws } = await play({
    ...scene,
    before: (aws, clock, cancel) => {
      scene.before?.(aws, clock, cancel)
      later(minute, (...world) => {
        at = clock.now()
        jobIsCancelled(...world)
      })(aws, clock, cancel)
    }
  })
  expect([outputs.outcome, outputs['serving-version']]).toEqual(['interrupted', '7'])
  expect(askedToStop(aws).map(request => request.at - at < 1_000)).toEqual([true])
})

test('a cancel while CreateDeployment is under way lets it finish, and stops what it created', async () => {
  const { outputs, aws, state } = await play({
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'CreateDeployment', kind: 'slow', ms: 4_000 })
      clock.at(clock.now() + 2_000, cancel)
    }
  })
  expect([outputs.outcome, outputs['serving-version']]).toEqual(['interrupted', '7'])
  expect(askedToStop(aws).map(({ input }) => input)).toEqual([
    { deploymentId: outputs['deployment-id'], autoRollbackEnabled: true }
  ])
  expect(JSON.parse(state.run ?? '{}').phase).toBe('done')
})

const reads = [
  'GetFunctionConfiguration',
  'GetAlias',
  'GetDeploymentGroup',
  'ListDeployments',
  'PublishVersion'
]

test.each(reads)(
  'a cancel while a slow %s is awaited ends the step, with nothing begun, in eight seconds',
  async operation => {
    let at = 0
    const { outputs, aws, endedAt } = await play({
      before: (aws, clock, cancel) => {
        aws.faults.add({ operation, kind: 'slow', ms: 19_000, times: Number.POSITIVE_INFINITY })
        clock.at(clock.now() + 1_000, () => {
          at = clock.now()
          cancel()
        })
      }
    })
    expect([outputs.outcome, outputs['error-code']]).toEqual(['interrupted', 'JOB_CANCELLED'])
    expect(endedAt - at).toBeLessThanOrEqual(8_000)
    expect(aws.requests.filter(request => request.operation === 'CreateDeployment')).toEqual([])
  }
)

test('a cancel while CloudWatch is silent about a gate ends the step, with nothing begun, in eight seconds', async () => {
  let at = 0
  const { outputs, endedAt } = await play({
    inputs: { ...release, 'max-error-rate': '5' },
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'GetMetricData', kind: 'timeout', ms: 20_000, times: 99 })
      clock.at(clock.now() + 1_000, () => {
        at = clock.now()
        cancel()
      })
    }
  })
  expect([outputs.outcome, outputs['error-code']]).toEqual(['interrupted', 'JOB_CANCELLED'])
  expect(endedAt - at).toBeLessThanOrEqual(8_000)
})

test.each([3, 5, 6, 7, 8])(
  'with answers after two seconds and a half each, a cancel after %d seconds ends the step in eight',
  async seconds => {
    let at = 0
    const { outputs, aws, endedAt } = await play({
      inputs: { ...release, 'target-version': 'previous' },
      earlier: past({ to: '6' }),
      before: (aws, clock, cancel) => {
        aws.faults.add({ operation: '*', kind: 'slow', ms: 2_500, times: Number.POSITIVE_INFINITY })
        clock.at(clock.now() + seconds * 1_000, () => {
          at = clock.now()
          cancel()
        })
      }
    })
    expect([outputs.outcome, outputs['error-code']]).toEqual(['interrupted', 'JOB_CANCELLED'])
    expect(endedAt - at).toBeLessThanOrEqual(8_000)
    expect(aws.requests.filter(({ operation, at: sent }) => sent >= at && /^Create/.test(operation))).toEqual(
      []
    )
  }
)

test.each<{ name: string; inputs: Inputs; before: NonNullable<Play['before']> }>([
  {
    name: 'another deployment is waited for',
    inputs: { ...release, 'codedeploy-deployment-config': 'AllAtOnce' },
    before: anotherIsRunning('6')
  },
  {
    name: 'a deployment is looked for that is not there yet',
    inputs: { 'deployment-id': 'd-NOSUCHID1' },
    before: () => undefined
  }
])(
  'a cancel while $name ends the step in eight seconds, though answers take longer by then',
  async ({ inputs, before }) => {
    let at = 0
    const { outputs, endedAt } = await play({
      inputs,
      before: (aws, clock, cancel) => {
        before(aws, clock, cancel)
        const when = { from: clock.now() + 3_000 }
        aws.faults.add({ operation: 'GetDeployment', kind: 'slow', ms: 15_000, when, times: 99 })
        clock.at(clock.now() + 2_990, () => {
          at = clock.now()
          cancel()
        })
      }
    })
    expect([outputs.outcome, outputs['error-code']]).toEqual(['interrupted', 'JOB_CANCELLED'])
    expect(endedAt - at).toBeLessThanOrEqual(8_000)
  }
)

test('post does not tell a second time of the stop that main has told of', async () => {
  const { outputs, log } = await play({
    before: (aws, clock, cancel) => {
      // Each look outlasts what the cancelled step may wait for.
      const when = { from: clock.now() + 115_000 }
      aws.faults.add({ operation: 'GetDeployment', kind: 'slow', ms: 7_000, when, times: 3 })
      clock.at(clock.now() + 120_000, cancel)
    }
  })
  const told = log.filter(line => /^ +\d+:\d\d /.test(line)).map(line => line.trim())
  expect(told.slice(told.findIndex(line => line.includes('stopping')))).toEqual([
    '1:59  stopping            The step was interrupted; shifting back',
    '2:01  deployment          Stopped: MANUAL_STOP',
    '2:01  AllowTraffic        Failed: the shift was cut short',
    expect.stringMatching(/^2:01 {2}rollback {12}d-\w{9} shifts the traffic back$/),
    '2:03  rollback            Succeeded'
  ])
  expect(outputs.outcome).toBe('interrupted')
})

test('a cancel while the answer to CreateDeployment is lost: post finds what was created, and stops it', async () => {
  const { outputs, aws, log } = await play({
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'CreateDeployment', kind: 'dropAfter' })
      aws.faults.add({ operation: 'ListDeployments', kind: 'dropBefore', skip: 1, times: 5 })
      clock.at(clock.now() + 1_000, cancel)
    }
  })
  expect(outputs.outcome).toBe('interrupted')
  expect(log.join('\n')).toMatch(
    /Deployment d-\w{9} of payments-api:live was created by this step, which never learned its id/
  )
  expect(askedToStop(aws)).toHaveLength(1)
  expect(aws.lambda.getAlias({ FunctionName: 'payments-api', Name: 'live' }).FunctionVersion).toBe('7')
})

test('a cancel while the requests to CreateDeployment are lost, and none was created: post reports that for each function', async () => {
  const { annotations, summary } = await releaseBoth({
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'CreateDeployment', kind: 'dropBefore', times: Number.POSITIVE_INFINITY })
      clock.at(clock.now() + 2_000, cancel)
    }
  })
  const reported = (name: string) => [
    `${name}:live: the step was interrupted; it serves v7 for now.`,
    `Why:  The step ended while it created a deployment in group ${name}-live, and none appeared within 30 seconds. (JOB_CANCELLED)`,
    'Next: If one appears there later, stop it. Run the step again when you mean to release.'
  ]
  expect(annotations).toEqual([
    {
      level: 'error',
      title: 'Lambda CodeDeploy: interrupted, 2 of 2 functions not released',
      message: [...reported('orders'), ...reported('ledger')].join('\n')
    }
  ])
  expect(summary).toContain('none appeared within 30 seconds')
})

test('a stop that is throttled is repeated; one that is denied is reported with what to do', async () => {
  const throttled = await play({
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'StopDeployment', kind: 'throttle', times: 3 })
      later(2, jobIsCancelled)(aws, clock, cancel)
    }
  })
  expect([throttled.outputs.outcome, throttled.outputs['serving-version']]).toEqual(['interrupted', '7'])
  const denied = await play({
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'StopDeployment', kind: 'accessDenied', times: Number.POSITIVE_INFINITY })
      later(2, jobIsCancelled)(aws, clock, cancel)
    }
  })
  expect(denied.outputs.outcome).toBe('interrupted')
  expect(denied.log.find(line => line.includes('not stopped'))).toMatch(
    /The credentials do not allow codedeploy:StopDeployment on arn:aws:codedeploy:eu-west-1:123456789012:deploymentgroup:payments\/payments-live/
  )
  expect(denied.summary).toContain('could not be stopped')
})

const askedToStop = (aws: Aws) => aws.requests.filter(({ operation }) => operation === 'StopDeployment')

test('a killed step whose deployment is created late: post waits for it and stops it', async () => {
  const { aws, log } = await play({
    before: (aws, clock, cancel) => {
      aws.faults.add({ operation: 'CreateDeployment', kind: 'dropBefore' })
      clock.at(clock.now() + 1_000, () => {
        cancel()
        // The dropped request acts after all.
        const sent = aws.requests.find(({ operation }) => operation === 'CreateDeployment')
        clock.at(clock.now() + 12_000, () => {
          aws.codedeploy.createDeployment(
            sent?.input as Parameters<typeof aws.codedeploy.createDeployment>[0]
          )
        })
      })
    }
  })
  expect(log.join('\n')).toContain('was created by this step, which never learned its id')
  expect(askedToStop(aws)).toHaveLength(1)
  expect(aws.lambda.getAlias({ FunctionName: 'payments-api', Name: 'live' }).FunctionVersion).toBe('7')
})
