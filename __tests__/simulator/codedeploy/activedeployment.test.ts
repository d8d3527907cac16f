import {
  BatchGetDeploymentsCommand,
  CreateDeploymentCommand,
  GetDeploymentGroupCommand,
  ListDeploymentsCommand
} from '@aws-sdk/client-codedeploy'
import { PublishVersionCommand } from '@aws-sdk/client-lambda'
import { describe, expect, it } from '@jest/globals'
import { appSpec, release, releaseAndWait, stage } from '../stage.ts'

const MINUTE = 60_000

describe('a group', () => {
  it('takes one deployment at a time, and names the active one in the refusal', async () => {
    const on = stage()
    await on.clock.run(async () => {
      await on.lambda.send(new PublishVersionCommand({ FunctionName: 'payments-api' }))
      const { deploymentId } = await on.codedeploy.send(new CreateDeploymentCommand(release()))
      await on.clock.sleep(MINUTE)
      const second = on.codedeploy.send(new CreateDeploymentCommand(release()))
      await expect(second).rejects.toMatchObject({
        name: 'DeploymentLimitExceededException',
        message: `The Deployment Group 'payments-live' already has an active Deployment '${deploymentId}'`,
        $metadata: { httpStatusCode: 400, attempts: 1 }
      })
    })
  })

  it('is free again when a deployment has ended, and shows the last ones', async () => {
    const on = stage()
    const first = await releaseAndWait(on)
    const second = await releaseAndWait(on, release(appSpec({ current: '7', target: '8' })))
    const { deploymentGroupInfo } = await on.clock.run(() =>
      on.codedeploy.send(
        new GetDeploymentGroupCommand({ applicationName: 'payments', deploymentGroupName: 'payments-live' })
      )
    )
    expect(second.deployment.status).toBe('Failed')
    expect(deploymentGroupInfo).toMatchObject({
      lastSuccessfulDeployment: { deploymentId: first.deployment.deploymentId, status: 'Succeeded' },
      lastAttemptedDeployment: { deploymentId: second.deployment.deploymentId, status: 'Failed' }
    })
  })

  it('lists its deployments, newest first, by status and by time', async () => {
    const on = stage()
    const first = await releaseAndWait(on)
    const between = new Date(on.clock.now())
    await on.clock.advance(1000)
    const second = await releaseAndWait(on, release(appSpec({ current: '8', target: '7' })))
    const ids = [second, first].map(({ deployment }) => deployment.deploymentId)
    const group = { applicationName: 'payments', deploymentGroupName: 'payments-live' }
    const list = (more: object) =>
      on.clock.run(
        async () => (await on.codedeploy.send(new ListDeploymentsCommand({ ...group, ...more }))).deployments
      )
    expect(await list({})).toEqual(ids)
    expect(await list({ includeOnlyStatuses: ['Succeeded'] })).toEqual(ids)
    expect(
      await list({ includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'] })
    ).toEqual([])
    expect(await list({ createTimeRange: { start: between } })).toEqual([ids[0]])
    const batch = await on.clock.run(() =>
      on.codedeploy.send(new BatchGetDeploymentsCommand({ deploymentIds: ids as string[] }))
    )
    expect(batch.deploymentsInfo?.map(({ deploymentId }) => deploymentId)).toEqual(ids)
  })
})
