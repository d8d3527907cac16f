import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  CreateDeploymentCommand,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand
} from '@aws-sdk/client-codedeploy'
import { PublishVersionCommand } from '@aws-sdk/client-lambda'
import { expect, test } from '@jest/globals'
import { appSpec, release, type Stage, stage } from '../stage.ts'

const always = Number.POSITIVE_INFINITY
const group = { applicationName: 'payments', deploymentGroupName: 'payments-live' }
const nameOf = ({ name }: Error) => name

/** What CodeDeploy answers about a deployment, some seconds after it was created. */
async function told(on: Stage, deploymentId: string) {
  const listed = async (status: 'Created' | 'InProgress' | 'Succeeded') => {
    const only = { ...group, includeOnlyStatuses: [status] }
    const { deployments } = await on.codedeploy.send(new ListDeploymentsCommand(only))
    return deployments?.includes(deploymentId) ? [status] : []
  }
  const lists = await Promise.all([listed('Created'), listed('InProgress'), listed('Succeeded')])
  const info = await on.codedeploy
    .send(new GetDeploymentCommand({ deploymentId }))
    .then(
      ({ deploymentInfo }) => [deploymentInfo?.status, deploymentInfo?.completeTime !== undefined],
      nameOf
    )
  const batch = await on.codedeploy
    .send(new BatchGetDeploymentsCommand({ deploymentIds: [deploymentId] }))
    .then(({ deploymentsInfo = [] }) => deploymentsInfo.map(({ status }) => status), nameOf)
  const target = await on.codedeploy
    .send(new ListDeploymentTargetsCommand({ deploymentId }))
    .then(({ targetIds }) =>
      on.codedeploy.send(new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }))
    )
    .then(({ deploymentTargets: [one] = [] }) => {
      const { status, lifecycleEvents, lambdaFunctionInfo } = one?.lambdaTarget ?? {}
      return [
        status,
        ...(lifecycleEvents ?? []).map(each => each.status),
        lambdaFunctionInfo?.targetVersionWeight
      ]
    }, nameOf)
  return { listed: lists.flat(), info, batch, target }
}

const operations = [
  'ListDeployments',
  'GetDeployment',
  'BatchGetDeployments',
  'ListDeploymentTargets',
  'BatchGetDeploymentTargets'
] as const

test('stale answers about a deployment are what was true a moment ago, and the next ones are true', async () => {
  const on = stage({ latencyMs: 0 })
  const seen = await on.clock.run(async () => {
    await on.lambda.send(new PublishVersionCommand({ FunctionName: 'payments-api' }))
    const { deploymentId = '' } = await on.codedeploy.send(
      new CreateDeploymentCommand(release(appSpec(), 'LambdaAllAtOnce'))
    )
    // It ends after 4.3 seconds.
    await on.clock.sleep(5_000)
    const seen: unknown[] = [['now', await told(on, deploymentId)]]
    for (const ms of [1_000, 2_300, 4_000, 6_000]) {
      for (const operation of operations) on.aws.faults.add({ operation, kind: 'stale', ms, times: always })
      seen.push([`${ms} ms ago`, await told(on, deploymentId)])
      on.aws.faults.clear()
    }
    seen.push(['now', await told(on, deploymentId)])
    return seen
  })
  const succeeded = {
    listed: ['Succeeded'],
    info: ['Succeeded', true],
    batch: ['Succeeded'],
    target: ['Succeeded', 'Succeeded', 'Succeeded', 'Succeeded', 1]
  }
  expect(seen).toEqual([
    ['now', succeeded],
    [
      '1000 ms ago',
      {
        listed: ['InProgress'],
        info: ['InProgress', false],
        batch: ['InProgress'],
        target: ['InProgress', 'Succeeded', 'Succeeded', 'Succeeded', 1]
      }
    ],
    [
      '2300 ms ago',
      {
        listed: ['InProgress'],
        info: ['InProgress', false],
        batch: ['InProgress'],
        target: ['InProgress', 'Pending', 'Pending', 'Pending', 0]
      }
    ],
    [
      '4000 ms ago',
      {
        listed: ['Created'],
        info: ['Created', false],
        batch: ['Created'],
        target: 'DeploymentNotStartedException'
      }
    ],
    [
      '6000 ms ago',
      {
        listed: [],
        info: 'DeploymentDoesNotExistException',
        batch: [],
        target: 'DeploymentDoesNotExistException'
      }
    ],
    ['now', succeeded]
  ])
})
