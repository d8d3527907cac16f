import {
  CreateDeploymentCommand,
  CreateDeploymentConfigCommand,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  type TrafficRoutingConfig
} from '@aws-sdk/client-codedeploy'
import { PublishVersionCommand } from '@aws-sdk/client-lambda'
import { describe, expect, it, test } from '@jest/globals'
import {
  appSpec,
  bothHooks,
  release,
  releaseAndWait,
  type Stage,
  serving,
  stage,
  targetOf
} from '../stage.ts'

/** Every change that ten looks a second find, with the second in which it was found. */
async function watch(on: Stage, content: string, deploymentConfigName: string): Promise<unknown[]> {
  return on.clock.run(async () => {
    await on.lambda.send(new PublishVersionCommand({ FunctionName: 'payments-api' }))
    const start = on.clock.now()
    const { deploymentId } = await on.codedeploy.send(
      new CreateDeploymentCommand({ ...release(content), deploymentConfigName })
    )
    const seen: unknown[] = []
    let before = ''
    for (;;) {
      const { deploymentInfo } = await on.codedeploy.send(new GetDeploymentCommand({ deploymentId }))
      const target = await targetOf(on, deploymentId as string).catch(error => error.name as string)
      const told =
        typeof target === 'string'
          ? [target]
          : [
              target?.lifecycleEvents?.map(event => event.status).join(' '),
              target?.lambdaFunctionInfo?.targetVersionWeight
            ]
      const now = [deploymentInfo?.status, ...told, serving(on.aws)]
      if (JSON.stringify(now) !== before) seen.push([Math.round((on.clock.now() - start) / 100) / 10, ...now])
      before = JSON.stringify(now)
      if (deploymentInfo?.completeTime) return seen
      await on.clock.sleep(100)
    }
  })
}

/** When traffic moved, in seconds after the first shift, and what the alias then served. */
async function shifts(on: Stage, input: ReturnType<typeof release>): Promise<[number, string][]> {
  on.aws.lambda.publishVersion({ FunctionName: 'payments-api' })
  const { deploymentId } = on.aws.codedeploy.createDeployment(input)
  const seen: [number, string][] = []
  let before = '7'
  await on.clock.run(async () => {
    while (!on.aws.codedeploy.deployments.find(deploymentId).ended) {
      const now = serving(on.aws)
      if (now !== before) seen.push([on.clock.now(), now])
      before = now
      await on.clock.sleep(100)
    }
  })
  const first = seen[0]?.[0] ?? 0
  return seen.map(([at, now]) => [Math.round((at - first) / 1000), now])
}

describe('a deployment that succeeds', () => {
  it('shows the states of a canary in order, with the alias on the old version until the last shift', async () => {
    const on = stage({ latencyMs: 0 })
    on.aws.codedeploy.createDeploymentConfig({
      deploymentConfigName: 'Canary10Percent1Minutes',
      computePlatform: 'Lambda',
      trafficRoutingConfig: {
        type: 'TimeBasedCanary',
        timeBasedCanary: { canaryPercentage: 10, canaryInterval: 1 }
      }
    })
    expect(await watch(on, appSpec(bothHooks), 'Canary10Percent1Minutes')).toEqual([
      [0, 'Created', 'DeploymentNotStartedException', '7'],
      [1.5, 'InProgress', 'DeploymentNotStartedException', '7'],
      [2, 'InProgress', 'Pending Pending Pending', 0, '7'],
      [3.5, 'InProgress', 'InProgress Pending Pending', 0, '7'],
      [6.5, 'InProgress', 'Succeeded Pending Pending', 0, '7'],
      [6.7, 'InProgress', 'Succeeded InProgress Pending', 0.1, '7:0.9,8:0.1'],
      [66.7, 'InProgress', 'Succeeded Succeeded Pending', 1, '8'],
      [66.9, 'InProgress', 'Succeeded Succeeded InProgress', 1, '8'],
      [69.9, 'InProgress', 'Succeeded Succeeded Succeeded', 1, '8'],
      [70.3, 'Succeeded', 'Succeeded Succeeded Succeeded', 1, '8']
    ])
  })

  it('moves all traffic at once and never splits it with AllAtOnce', async () => {
    const on = stage({ latencyMs: 0 })
    expect(await watch(on, appSpec(), 'CodeDeployDefault.LambdaAllAtOnce')).toEqual([
      [0, 'Created', 'DeploymentNotStartedException', '7'],
      [1.5, 'InProgress', 'DeploymentNotStartedException', '7'],
      [2, 'InProgress', 'Pending Pending Pending', 0, '7'],
      [3.5, 'InProgress', 'Succeeded Pending Pending', 0, '7'],
      [3.7, 'InProgress', 'Succeeded Succeeded Pending', 1, '8'],
      [3.9, 'InProgress', 'Succeeded Succeeded Succeeded', 1, '8'],
      [4.3, 'Succeeded', 'Succeeded Succeeded Succeeded', 1, '8']
    ])
  })

  const tenths = ['7:0.9,8:0.1', '7:0.8,8:0.2', '7:0.7,8:0.3', '7:0.6,8:0.4', '7:0.5,8:0.5', '7:0.4,8:0.6']
  const linear = [...tenths, '7:0.3,8:0.7', '7:0.2,8:0.8', '7:0.1,8:0.9', '8']
  test.each([
    { strategy: 'LambdaAllAtOnce', moves: [[0, '8']] },
    ...[5, 10, 15, 30].map(minutes => ({
      strategy: `LambdaCanary10Percent${minutes}Minutes`,
      moves: [
        [0, '7:0.9,8:0.1'],
        [minutes * 60, '8']
      ]
    })),
    ...[1, 2, 3, 10].map(minutes => ({
      strategy: `LambdaLinear10PercentEvery${minutes}Minute${minutes === 1 ? '' : 's'}`,
      moves: linear.map((now, step) => [step * minutes * 60, now])
    }))
  ])('$strategy moves traffic as documented', async ({ strategy, moves }) => {
    expect(await shifts(stage(), release(appSpec(), strategy))).toEqual(moves)
  })

  const custom: { name: string; routing: TrafficRoutingConfig; moves: [number, string][] }[] = [
    {
      name: 'a canary of 25 percent for 45 minutes',
      routing: { type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage: 25, canaryInterval: 45 } },
      moves: [
        [0, '7:0.75,8:0.25'],
        [2700, '8']
      ]
    },
    {
      name: 'a linear strategy whose percentage does not divide 100',
      routing: { type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage: 30, linearInterval: 2 } },
      moves: [
        [0, '7:0.7,8:0.3'],
        [120, '7:0.4,8:0.6'],
        [240, '7:0.1,8:0.9'],
        [360, '8']
      ]
    },
    { name: 'a custom strategy that is all at once', routing: { type: 'AllAtOnce' }, moves: [[0, '8']] }
  ]
  test.each(custom)('$name moves traffic by its own configuration', async ({ routing, moves }) => {
    const on = stage()
    await on.clock.run(() =>
      on.codedeploy.send(
        new CreateDeploymentConfigCommand({
          deploymentConfigName: 'Custom',
          computePlatform: 'Lambda',
          trafficRoutingConfig: routing
        })
      )
    )
    expect(await shifts(on, { ...release(), deploymentConfigName: 'Custom' })).toEqual(moves)
  })

  it('describes itself completely, except for the text of its AppSpec', async () => {
    const on = stage()
    const { deployment } = await releaseAndWait(on, {
      ...release(),
      description: 'acme/payments@1a2b3c run 42.1'
    })
    expect(deployment).toEqual({
      applicationName: 'payments',
      deploymentGroupName: 'payments-live',
      deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      deploymentId: expect.stringMatching(/^d-[A-Z0-9]{9}$/),
      revision: {
        revisionType: 'AppSpecContent',
        appSpecContent: { sha256: '1f569a178f35c88b431b5976e1604054680d7b6a1f3923ac123238d6dadcb94d' }
      },
      status: 'Succeeded',
      createTime: new Date('2026-11-20T14:00:00.075Z'),
      startTime: new Date('2026-11-20T14:00:01.575Z'),
      completeTime: new Date('2026-11-20T14:05:04.375Z'),
      deploymentOverview: { Pending: 0, InProgress: 0, Succeeded: 1, Failed: 0, Skipped: 0, Ready: 0 },
      description: 'acme/payments@1a2b3c run 42.1',
      creator: 'user',
      ignoreApplicationStopFailures: false,
      updateOutdatedInstancesOnly: false,
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']
      },
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      instanceTerminationWaitTimeStarted: false,
      fileExistsBehavior: 'DISALLOW',
      deploymentStatusMessages: [],
      computePlatform: 'Lambda'
    })
  })

  it('returns the text of its AppSpec by the sha256', async () => {
    const on = stage()
    const { deployment } = await releaseAndWait(on)
    const { revision } = await on.clock.run(() =>
      on.codedeploy.send(
        new GetApplicationRevisionCommand({ applicationName: 'payments', revision: deployment.revision })
      )
    )
    expect(revision).toEqual({
      revisionType: 'AppSpecContent',
      appSpecContent: { content: appSpec(), sha256: deployment.revision?.appSpecContent?.sha256 }
    })
  })

  it('has one target, with the versions and three events', async () => {
    const { target, deployment } = await releaseAndWait(stage())
    expect(target).toEqual({
      deploymentId: deployment.deploymentId,
      targetId: 'payments-api:live',
      targetArn: 'arn:aws:lambda:eu-west-1:123456789012:function:payments-api:live',
      status: 'Succeeded',
      lastUpdatedAt: deployment.completeTime,
      lifecycleEvents: ['BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'].map(
        lifecycleEventName => ({
          lifecycleEventName,
          startTime: expect.any(Date),
          endTime: expect.any(Date),
          status: 'Succeeded'
        })
      ),
      lambdaFunctionInfo: {
        functionName: 'payments-api',
        functionAlias: 'live',
        currentVersion: '7',
        targetVersion: '8',
        targetVersionWeight: 1
      }
    })
  })

  it('can go back to an older version', async () => {
    const { deployment, serving } = await releaseAndWait(stage(), release(appSpec({ target: '3' })))
    expect({ status: deployment.status, serving }).toEqual({ status: 'Succeeded', serving: '3' })
  })

  it('waits for a target version that is not yet ready', async () => {
    const on = stage({ setting: { version: 'pending', pendingSeconds: 120 } })
    const { deployment, serving } = await releaseAndWait(on)
    expect({ status: deployment.status, serving }).toEqual({ status: 'Succeeded', serving: '8' })
    expect(on.seconds()).toBeGreaterThan(120 + 300)
  })
})

describe('the same seed', () => {
  it('gives the same requests and answers at the same times', async () => {
    const story = async () => {
      const on = stage({ seed: 7 })
      const { deployment } = await releaseAndWait(on, release(appSpec(bothHooks)))
      return { deployment, requests: on.aws.requests }
    }
    expect(await story()).toEqual(await story())
  })
})
