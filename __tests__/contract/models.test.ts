import { describe, expect, test } from '@jest/globals'
import { createAws, type RecordedRequest } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { diskOf } from '../../simulator/disk.ts'
import { fleet } from '../../simulator/fleet.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { createAws as createClients } from '../../src/aws/aws.ts'
import { largeArchive } from '../packaging/noise.ts'
import { backInputs, past } from '../scenarios/past.ts'
import { type Play, play, release } from '../scenarios/play.ts'
import { entry, together } from '../scenarios/services.ts'
import { calledActions } from './actions.ts'
import { problemsOf } from './models.ts'

const hooks = {
  'before-allow-traffic-hook': 'CodeDeployHook_before',
  'after-allow-traffic-hook': 'CodeDeployHook_after'
}

/** A deployment that somebody started before the step, and its id as the step's input. */
function watched(): Play {
  const inputs: Record<string, string> = {}
  return {
    inputs,
    before: aws => {
      const content = JSON.stringify({
        version: '0.0',
        Resources: [
          {
            'payments-api': {
              Type: 'AWS::Lambda::Function',
              Properties: { Name: 'payments-api', Alias: 'live', CurrentVersion: '7', TargetVersion: '6' }
            }
          }
        ]
      })
      const started = aws.codedeploy.createDeployment({
        applicationName: 'payments',
        deploymentGroupName: 'payments-live',
        revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
      })
      inputs['deployment-id'] = started.deploymentId ?? ''
    }
  }
}

const scenes: { name: string; scene: Play; outcome: string }[] = [
  {
    name: 'three functions together',
    scene: {
      inputs: together(['orders', 'ledger', 'mails'].map(name => entry(name))),
      before: aws => fleet(aws, ['orders', 'ledger', 'mails'])
    },
    outcome: 'succeeded'
  },
  { name: 'a canary', scene: {}, outcome: 'succeeded' },
  {
    name: 'a new strategy with hooks and alarms, whose first hook fails',
    scene: {
      inputs: {
        ...release,
        ...hooks,
        'codedeploy-deployment-config': 'Linear20PercentEvery2Minutes',
        alarms: 'payments-errors\npayments-latency',
        'ignore-poll-alarm-failure': 'true'
      },
      setting: { before: { behaviour: 'fail', log: 'expected 201, got 500' } }
    },
    outcome: 'rolled-back'
  },
  {
    name: 'a release without alarms and rollback',
    scene: { inputs: { ...release, alarms: 'none', 'auto-rollback-events': 'none' } },
    outcome: 'succeeded'
  },
  {
    name: 'a guarded publication of another revision',
    scene: { inputs: { ...release, 'revision-id': 'a0e4b6f2-0000-4000-8000-000000000000' } },
    outcome: 'refused'
  },
  {
    name: 'a release with a test',
    scene: { inputs: { ...release, 'test-event': '{}' } },
    outcome: 'succeeded'
  },
  {
    name: 'a release that deletes old versions',
    scene: {
      inputs: { ...release, 'keep-versions': '3' },
      setting: { unreleased: 50, published: { daysAgo: 2 } }
    },
    outcome: 'succeeded'
  },
  { name: 'a first release', scene: { setting: { alias: 'missing' } }, outcome: 'created' },
  {
    name: 'a promotion whose answer is lost',
    scene: {
      inputs: { ...release, 'target-version': '6' },
      before: aws => aws.faults.add({ operation: 'CreateDeployment', kind: 'dropAfter' })
    },
    outcome: 'succeeded'
  },
  {
    name: 'a wait that runs out',
    scene: { inputs: { ...release, 'wait-for-minutes': '2' } },
    outcome: 'timed-out'
  },
  {
    name: 'an upload of a large package',
    scene: {
      inputs: { ...release, code: 'large.zip', 'code-bucket': 'acme-packages' },
      disk: diskOf({ 'large.zip': largeArchive() }),
      before: aws => void aws.s3.createBucket('acme-packages')
    },
    outcome: 'succeeded'
  },
  { name: 'watching again', scene: watched(), outcome: 'succeeded' },
  {
    name: 'weights by hand',
    scene: {
      inputs: { 'function-name': 'payments-api', alias: 'live', weight: '10', 'target-version': '6' }
    },
    outcome: 'weighted'
  },
  {
    name: 'going back',
    scene: { inputs: backInputs, earlier: past({ to: '6' }) },
    outcome: 'succeeded'
  },
  {
    name: 'a first release in an empty account',
    scene: {
      inputs: {
        ...release,
        alarms: 'payments-errors',
        'codedeploy-service-role': 'arn:aws:iam::123456789012:role/CodeDeployLambda'
      },
      setting: { codedeploy: 'nothing' }
    },
    outcome: 'succeeded'
  },
  {
    name: 'a release with a group that does not exist',
    scene: { inputs: { ...release, 'codedeploy-deployment-group': 'payments-beta' } },
    outcome: 'refused'
  },
  { name: 'going back when nothing was ever deployed', scene: { inputs: backInputs }, outcome: 'refused' }
]

/** The requests when two deployments are looked at in the same moment. */
async function lookAtTwo(): Promise<RecordedRequest[]> {
  const clock = new VirtualClock()
  const aws = createAws({ clock })
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  const { codedeploy } = createClients(
    { region: aws.region, requestHandler: requestHandler(aws), credentials },
    clock
  )
  await clock.run(() => Promise.all(['d-1A2B3C4D5', 'd-5D4C3B2A1'].map(id => codedeploy.deployment(id))))
  return aws.requests
}

/** The simulated S3 collects the headers with checksums in one member. */
function sentOf({ service, input }: RecordedRequest): unknown {
  const { Checksums: _, ...members } = input as Record<string, unknown>
  return service === 's3' ? members : input
}

describe('every request is what the service model of AWS allows', () => {
  test.each(scenes)('in $name', async ({ scene, outcome }) => {
    const { outputs, aws } = await play(scene)
    expect(outputs.outcome).toBe(outcome)
    expect(aws.requests.flatMap(each => problemsOf(each.service, each.operation, sentOf(each)))).toEqual([])
  })

  test('when two deployments are looked at in the same moment', async () => {
    const requests = await lookAtTwo()
    expect(requests.map(({ operation }) => operation)).toEqual(['BatchGetDeployments'])
    expect(requests.flatMap(each => problemsOf(each.service, each.operation, each.input))).toEqual([])
  })

  test('and these runs together use every operation that the program can use', async () => {
    const sent = await lookAtTwo()
    for (const { scene } of scenes) sent.push(...(await play(scene)).aws.requests)
    // Two actions are not named like their operation.
    const actionOf = (operation: string) =>
      operation.replace('HeadObject', 'GetObject').replace(/^Invoke$/, 'InvokeFunction')
    const asked = new Set(sent.map(({ service, operation }) => `${service}:${actionOf(operation)}`))
    expect([...asked].sort()).toEqual(calledActions())
  })
})

describe('a request that the service model does not allow is noticed', () => {
  const create = { applicationName: 'payments', deploymentGroupName: 'payments-live' }
  test.each([
    {
      name: 'an unknown member',
      input: { ...create, deploymentMethod: 'fast' },
      problem: 'CreateDeployment.deploymentMethod: is no member of CreateDeploymentInput'
    },
    {
      name: 'a missing member',
      input: { deploymentGroupName: 'payments-live' },
      problem: 'CreateDeployment.applicationName: is required'
    },
    {
      name: 'a wrong type',
      input: { ...create, description: 8 },
      problem: 'CreateDeployment.description: 8 has the wrong type'
    },
    {
      name: 'a value outside its enumeration',
      input: { ...create, fileExistsBehavior: 'REPLACE' },
      problem: 'CreateDeployment.fileExistsBehavior: "REPLACE" is no FileExistsBehavior'
    },
    {
      name: 'a value outside its enumeration, deep inside a list',
      input: {
        ...create,
        autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'ALARM'] }
      },
      problem: 'CreateDeployment.autoRollbackConfiguration.events: "ALARM" is no AutoRollbackEvent'
    }
  ])('$name', ({ input, problem }) => {
    expect(problemsOf('codedeploy', 'CreateDeployment', input)).toEqual([problem])
  })
})
