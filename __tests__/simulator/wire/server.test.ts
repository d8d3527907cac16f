import { CodeDeployClient, CreateDeploymentCommand, GetDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { GetAliasCommand, LambdaClient, PublishVersionCommand } from '@aws-sdk/client-lambda'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Aws, createAws } from '../../../simulator/aws.ts'
import { scaledClock } from '../../../simulator/clock.ts'
import { payments } from '../../../simulator/setting.ts'
import { serve } from '../../../simulator/wire/server.ts'
import { appSpec, bothHooks, release } from '../stage.ts'

const LIVE = { FunctionName: 'payments-api', Name: 'live' }

let aws: Aws
let server: Awaited<ReturnType<typeof serve>>
let lambda: LambdaClient
let codedeploy: CodeDeployClient

beforeEach(async () => {
  aws = createAws({ clock: scaledClock(2000), tellsTime: false })
  payments(aws)
  server = await serve(aws)
  const config = {
    region: 'eu-west-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  }
  lambda = new LambdaClient(config)
  codedeploy = new CodeDeployClient(config)
})

afterEach(async () => {
  lambda.destroy()
  codedeploy.destroy()
  await server.close()
})

describe('the simulator over HTTP', () => {
  it('listens on this machine only', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('carries a release with hooks from beginning to end', async () => {
    await lambda.send(new PublishVersionCommand({ FunctionName: 'payments-api' }))
    const { deploymentId } = await codedeploy.send(new CreateDeploymentCommand(release(appSpec(bothHooks))))
    const seen = new Set<string | undefined>()
    while (!seen.has('Succeeded')) {
      const { deploymentInfo } = await codedeploy.send(new GetDeploymentCommand({ deploymentId }))
      seen.add(deploymentInfo?.status)
    }
    expect((await lambda.send(new GetAliasCommand(LIVE))).FunctionVersion).toBe('8')
    expect(
      [...seen].filter(status => !['Created', 'InProgress', 'Succeeded'].includes(String(status)))
    ).toEqual([])
  })

  it('breaks connections when a fault says so, and the SDK retries', async () => {
    aws.faults.add({ operation: 'GetAlias', kind: 'dropBefore' })
    const { $metadata } = await lambda.send(new GetAliasCommand(LIVE))
    expect([$metadata.attempts, aws.requests.map(({ status }) => status)]).toEqual([2, [0, 200]])
  })

  it('answers errors with their names', async () => {
    await expect(lambda.send(new GetAliasCommand({ ...LIVE, Name: 'beta' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404, requestId: expect.any(String) }
    })
  })

  it('refuses a port that is taken', async () => {
    const port = Number(new URL(server.url).port)
    await expect(serve(aws, port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
