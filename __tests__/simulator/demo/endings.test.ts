import { describe, expect, it, test } from '@jest/globals'
import { type Aws, createAws } from '../../../simulator/aws.ts'
import { VirtualClock } from '../../../simulator/clock.ts'
import type { Ending } from '../../../simulator/demo/ending.ts'
import { endings } from '../../../simulator/demo/endings.ts'
import { serving } from '../../../simulator/demo/rehearsal.ts'
import { payments } from '../../../simulator/setting.ts'

const worldOf = (ending: Ending) => {
  const clock = new VirtualClock()
  const aws = createAws({ clock })
  payments(aws, ending.setting)
  return { clock, aws }
}

const named = (name: string) => endings.find(ending => ending.name === name) as Ending

/** Deploys version 8 with the usual canary and both hooks, as the action would. */
function deploy(aws: Aws, events: string[]): string {
  aws.lambda.publishVersion({ FunctionName: 'payments-api' })
  const Properties = { Name: 'payments-api', Alias: 'live', CurrentVersion: '7', TargetVersion: '8' }
  const content = JSON.stringify({
    version: '0.0',
    Resources: [{ fn: { Type: 'AWS::Lambda::Function', Properties } }],
    Hooks: [{ BeforeAllowTraffic: 'CodeDeployHook_before' }, { AfterAllowTraffic: 'CodeDeployHook_after' }]
  })
  const { deploymentId } = aws.codedeploy.createDeployment({
    applicationName: 'payments',
    deploymentGroupName: 'payments-live',
    deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content } },
    autoRollbackConfiguration: { enabled: events.length > 0, events: events as 'DEPLOYMENT_FAILURE'[] }
  })
  return deploymentId ?? ''
}

describe('an ending', () => {
  const ALL = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']

  test.each<[name: string, status: string, events: string[]]>([
    ['succeeded', 'Succeeded', ALL],
    ['alarm', 'Stopped', ALL],
    ['before-hook', 'Failed', ALL],
    ['after-hook', 'Failed', ALL],
    ['hook-timeout', 'Failed', ALL],
    ['stop', 'Stopped', ALL],
    ['stopped', 'Stopped', ALL],
    ['failed', 'Stopped', []]
  ])('is caused by the simulated AWS alone: %s', async (name, status, events) => {
    const ending = named(name)
    const { clock, aws } = worldOf(ending)
    const deploymentId = deploy(aws, events)
    ending.meanwhile?.({
      aws,
      after: (ms, run) => void clock.at(clock.now() + ms, run),
      cancel: () => {},
      kill: () => {}
    })
    await clock.advance(2 * 60 * 60_000)
    expect(aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo?.status).toBe(status)
    expect(serving(aws)).toBe(ending.expect.serves)
  })

  test.each<[name: string, serves: string]>([
    ['weights', '6:0.8,7:0.2'],
    ['created', ''],
    ['unchanged', '7'],
    ['refused', '7']
  ])('starts from the state that it needs: %s', (name, serves) => {
    expect(serving(worldOf(named(name)).aws)).toBe(serves)
  })

  it('with a past has had it before the step begins: previous', async () => {
    const { prepare, setting } = named('previous')
    const clock = new VirtualClock()
    const aws = createAws({ clock })
    payments(aws, setting)
    await clock.run(async () => await prepare?.(aws))
    const { deployments } = aws.codedeploy.listDeployments({
      applicationName: 'payments',
      deploymentGroupName: 'payments-live'
    })
    const ended = deployments.map(deploymentId => {
      const { status, rollbackInfo } = aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo
      return `${status}${rollbackInfo?.rollbackTriggeringDeploymentId ? ', a rollback' : ''}`
    })
    expect(serving(aws)).toBe('7')
    expect(ended).toEqual(['Succeeded, a rollback', 'Stopped', 'Succeeded'])
  })

  it('with a version that fails is caused by Lambda', async () => {
    const { clock, aws } = worldOf(named('version-failed'))
    aws.lambda.publishVersion({ FunctionName: 'payments-api' })
    await clock.advance(60_000)
    expect(aws.lambda.getFunctionConfiguration({ FunctionName: 'payments-api', Qualifier: '8' }).State).toBe(
      'Failed'
    )
  })

  it('with a test that fails is caused by what the new version answers', async () => {
    const { clock, aws } = worldOf(named('test-failed'))
    aws.lambda.publishVersion({ FunctionName: 'payments-api' })
    const { Payload } = await clock.run(() =>
      aws.lambda.invoke({ FunctionName: 'payments-api', Qualifier: '8' })
    )
    expect(JSON.parse(new TextDecoder().decode(Payload)).statusCode).toBe(500)
  })

  test.each(['interrupted', 'killed'])('acts on the job when the ending says so: %s', async name => {
    const { clock, aws } = worldOf(named(name))
    const acts: string[] = []
    named(name).meanwhile?.({
      aws,
      after: (ms, run) => void clock.at(clock.now() + ms, run),
      cancel: () => acts.push('interrupted'),
      kill: () => acts.push('killed')
    })
    await clock.advance(119_000)
    expect(acts).toEqual([])
    await clock.advance(2_000)
    expect(acts).toEqual([name])
  })

  it('has a unique name', () => {
    expect(new Set(endings.map(({ name }) => name)).size).toBe(endings.length)
  })
})
