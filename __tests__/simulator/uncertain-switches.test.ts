import { GetDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { describe, expect, it } from '@jest/globals'
import { zip } from '../../simulator/lambda/zip.ts'
import type { Uncertain } from '../../simulator/uncertain.ts'
import { appSpec, bothHooks, release, stage } from './stage.ts'

const MINUTE = 60_000

describe('an open question has its own switch', () => {
  it.each([
    { outdatedInstances: 'kept' as const, given: 'IGNORE', shows: 'IGNORE' },
    { outdatedInstances: 'kept' as const, given: undefined, shows: undefined },
    { outdatedInstances: 'always' as const, given: undefined, shows: 'UPDATE' },
    { outdatedInstances: 'refused' as const, given: 'UPDATE', shows: 'InvalidInputException' }
  ])(
    'outdatedInstances: $outdatedInstances, a group that is given $given shows $shows',
    ({ outdatedInstances, given, shows }) => {
      const { aws } = stage({ uncertain: { outdatedInstances } })
      const name = { applicationName: 'payments', deploymentGroupName: 'another' }
      const shown = () => {
        try {
          aws.codedeploy.createDeploymentGroup({
            ...name,
            serviceRoleArn: 'arn:aws:iam::123456789012:role/CodeDeployLambda',
            deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
            ...(given && { outdatedInstancesStrategy: given as 'UPDATE' })
          })
          return aws.codedeploy.getDeploymentGroup(name).deploymentGroupInfo.outdatedInstancesStrategy
        } catch (error) {
          return (error as Error).name
        }
      }
      expect(shown()).toBe(shows)
    }
  )

  const statusesWith = async (uncertain: Partial<Uncertain>, lookEveryMs: number) => {
    const { aws, clock } = stage({ uncertain })
    aws.lambda.publishVersion({ FunctionName: 'payments-api' })
    const { deploymentId } = aws.codedeploy.createDeployment(release(appSpec(), 'LambdaAllAtOnce'))
    const seen: string[] = []
    for (let look = 0; look < 100; look++) {
      const { status } = aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo
      if (status !== seen.at(-1)) seen.push(String(status))
      await clock.advance(lookEveryMs)
    }
    return seen
  }

  it.each([
    { question: {}, lookEveryMs: 300, sees: ['Created', 'InProgress', 'Succeeded'] },
    { question: { queued: true }, lookEveryMs: 300, sees: ['Created', 'Queued', 'InProgress', 'Succeeded'] },
    { question: { baking: true }, lookEveryMs: 300, sees: ['Created', 'InProgress', 'Baking', 'Succeeded'] },
    { question: { createdMs: 0 }, lookEveryMs: 300, sees: ['Created', 'InProgress', 'Succeeded'] },
    { question: { createdLooks: 3 }, lookEveryMs: 60_000, sees: ['Created', 'Succeeded'] }
  ])('$question shows the statuses $sees', async ({ question, lookEveryMs, sees }) => {
    expect(await statusesWith(question, lookEveryMs)).toEqual(sees)
  })

  it.each([0, 1, 3])(
    'rollbackInfoLooks: %i looks at the terminal status come before rollbackInfo',
    async looks => {
      const { aws, clock } = stage({ uncertain: { rollbackInfoLooks: looks }, setting: { alarm: 'ALARM' } })
      aws.lambda.publishVersion({ FunctionName: 'payments-api' })
      const { deploymentId } = aws.codedeploy.createDeployment(release())
      await clock.advance(MINUTE)
      const told = Array.from({ length: 5 }, () =>
        Boolean(aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo.rollbackInfo)
      )
      expect(told).toEqual([0, 1, 2, 3, 4].map(look => look >= looks))
    }
  )

  it.each([
    { rollbackTarget: 'swapped' as const, sees: ['8', '7', 1] },
    { rollbackTarget: 'same' as const, sees: ['7', '8', 0] },
    { rollbackTarget: 'absent' as const, sees: [undefined, undefined, undefined] }
  ])(
    'rollbackTarget: $rollbackTarget shows versions and weight as $sees',
    async ({ rollbackTarget, sees }) => {
      const { aws, clock } = stage({ uncertain: { rollbackTarget }, setting: { alarm: 'ALARM' } })
      aws.lambda.publishVersion({ FunctionName: 'payments-api' })
      const first = aws.codedeploy.createDeployment(release())
      await clock.advance(MINUTE)
      const deploymentId =
        aws.codedeploy.getDeployment(first).deploymentInfo.rollbackInfo?.rollbackDeploymentId
      const { targetIds } = aws.codedeploy.listDeploymentTargets({ deploymentId })
      const { deploymentTargets } = aws.codedeploy.batchGetDeploymentTargets({ deploymentId, targetIds })
      const info = deploymentTargets[0]?.lambdaTarget?.lambdaFunctionInfo
      expect([info?.currentVersion, info?.targetVersion, info?.targetVersionWeight]).toEqual(sees)
    }
  )

  it.each([
    { answer: 'none' as const, runs: 1 },
    { answer: 'invoked' as const, runs: 2 }
  ])('rollbackHooks: $answer runs the hook before traffic $runs times', async ({ answer, runs }) => {
    const { aws, clock } = stage({
      uncertain: { rollbackHooks: answer },
      setting: { after: { behaviour: 'fail' } }
    })
    aws.lambda.publishVersion({ FunctionName: 'payments-api' })
    aws.codedeploy.createDeployment(release(appSpec(bothHooks)))
    await clock.advance(10 * MINUTE)
    const { events } = aws.logs.filterLogEvents({
      logGroupName: '/aws/lambda/CodeDeployHook_before',
      filterPattern: 'START'
    })
    expect(events).toHaveLength(runs)
  })

  it.each([
    { answer: true, weights: ['7', '7:1'] },
    { answer: false, weights: ['7'] }
  ])('fullWeightBeforeFlip: $answer', async ({ answer, weights }) => {
    const { aws, clock } = stage({ uncertain: { fullWeightBeforeFlip: answer } })
    aws.lambda.publishVersion({ FunctionName: 'payments-api' })
    aws.codedeploy.createDeployment(release(appSpec(), 'LambdaAllAtOnce'))
    const seen = new Set<string>()
    for (let look = 0; look < 100; look++) {
      const { FunctionVersion, RoutingConfig } = aws.lambda.getAlias({
        FunctionName: 'payments-api',
        Name: 'live'
      })
      const weight = RoutingConfig?.AdditionalVersionWeights?.['8']
      if (FunctionVersion === '7') seen.add(weight === undefined ? '7' : `7:${weight}`)
      await clock.advance(100)
    }
    expect([...seen]).toEqual(weights)
  })

  it('stopResponse: Succeeded and Forced stop at once', () => {
    for (const stopResponse of ['Succeeded', 'Forced'] as const) {
      const { aws } = stage({ uncertain: { stopResponse } })
      aws.lambda.publishVersion({ FunctionName: 'payments-api' })
      const { deploymentId } = aws.codedeploy.createDeployment(release())
      expect(aws.codedeploy.stopDeployment({ deploymentId }).status).toBe(stopResponse)
    }
  })

  it('rollbackBusy: false allows a new deployment while a rollback is running', async () => {
    const { aws, clock } = stage({ uncertain: { rollbackBusy: false }, setting: { alarm: 'ALARM' } })
    aws.lambda.publishVersion({ FunctionName: 'payments-api' })
    aws.codedeploy.createDeployment(release())
    await clock.advance(3000)
    expect(aws.codedeploy.createDeployment(release()).deploymentId).toMatch(/^d-/)
  })

  it('limitText: the older wording is available', () => {
    const { aws } = stage({ uncertain: { limitText: 'is already deploying' } })
    const { deploymentId } = aws.codedeploy.createDeployment(release())
    expect(() => aws.codedeploy.createDeployment(release())).toThrow(
      `The Deployment Group 'payments-live' is already deploying '${deploymentId}'`
    )
  })

  it('overview: absentWhileCreated', () => {
    const { aws } = stage({ uncertain: { overview: 'absentWhileCreated' } })
    const deployment = aws.codedeploy.createDeployment(release())
    expect(aws.codedeploy.getDeployment(deployment).deploymentInfo.deploymentOverview).toBeUndefined()
  })

  it('batchUnknownIds and batchLimit', () => {
    const unknown = ['d-AAAAAAAAA']
    const many = Array.from({ length: 26 }, () => 'd-AAAAAAAAA')
    const batch = (uncertain: Partial<Uncertain>, deploymentIds: string[]) =>
      stage({ uncertain }).aws.codedeploy.batchGetDeployments({ deploymentIds })
    expect(batch({}, unknown)).toEqual({ deploymentsInfo: [] })
    expect(() => batch({ batchUnknownIds: 'throws' }, unknown)).toThrow('could not be found')
    expect(() => batch({}, many)).toThrow('At most 25 deployments')
    expect(batch({ batchLimit: 100 }, many)).toEqual({ deploymentsInfo: [] })
  })

  it('listOrder: oldestFirst', async () => {
    const { aws, clock } = stage({ uncertain: { listOrder: 'oldestFirst' } })
    const first = aws.codedeploy.createDeployment(release(appSpec({ target: '6' }), 'LambdaAllAtOnce'))
    await clock.advance(MINUTE)
    const second = aws.codedeploy.createDeployment(
      release(appSpec({ current: '6', target: '7' }), 'LambdaAllAtOnce')
    )
    expect(aws.codedeploy.listDeployments({}).deployments).toEqual([first.deploymentId, second.deploymentId])
  })

  it('groupWithoutConfig', () => {
    const { deploymentConfigName: _own, ...input } = release()
    const group = { deploymentConfigName: undefined }
    const create = (uncertain: Partial<Uncertain>) =>
      stage({ uncertain, setting: { group } }).aws.codedeploy.createDeployment(input)
    expect(create({}).deploymentId).toMatch(/^d-/)
    expect(() => create({ groupWithoutConfig: 'refused' })).toThrow(
      'CodeDeployDefault.OneAtATime cannot be used'
    )
  })

  it('identicalUpdate: existing publishes no new version after an update that changed nothing', () => {
    const publish = (uncertain: Partial<Uncertain>) => {
      const { aws } = stage({ uncertain, setting: { unchanged: true } })
      aws.lambda.updateFunctionCode({ FunctionName: 'payments-api', ZipFile: zip('release 7') })
      return aws.lambda.publishVersion({ FunctionName: 'payments-api' }).Version
    }
    expect([publish({}), publish({ identicalUpdate: 'existing' })]).toEqual(['8', '7'])
  })

  it.each([400, 403] as const)('expiredStatus: %i', async expiredStatus => {
    const on = stage({ uncertain: { expiredStatus } })
    on.aws.faults.add({ operation: 'GetDeployment', kind: 'expiredToken' })
    const look = new GetDeploymentCommand({ deploymentId: 'd-AAAAAAAAA' })
    await expect(on.clock.run(() => on.codedeploy.send(look))).rejects.toMatchObject({
      name: 'ExpiredTokenException',
      $metadata: { httpStatusCode: expiredStatus }
    })
  })
})
