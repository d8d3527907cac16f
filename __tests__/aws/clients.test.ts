import { Agent } from 'node:https'
import { GetDeploymentCommand, StopDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { GetAliasCommand } from '@aws-sdk/client-lambda'
import { describe, expect, test } from '@jest/globals'
import { createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { clientConfiguration, createClients } from '../../src/aws/clients.ts'
import { Network } from '../../src/aws/network.ts'
import { RateLimit } from '../../src/aws/ratelimit.ts'
import { version } from '../../src/aws/version.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }

describe('every client', () => {
  test('gives up a request that takes too long, and goes through the proxy of the job', () => {
    const { requestHandler: handler, ...rest } = clientConfiguration({ region: 'eu-west-1', run: '4711.1' })
    expect(rest).toEqual({
      region: 'eu-west-1',
      maxAttempts: 1,
      customUserAgent: [
        ['lambda-codedeploy', version],
        ['run', '4711.1']
      ]
    })
    expect(handler).toEqual({
      connectionTimeout: 5_000,
      requestTimeout: 20_000,
      throwOnRequestTimeout: true,
      httpsAgent: expect.any(Agent)
    })
    const { httpsAgent } = handler as { httpsAgent: Agent }
    expect(httpsAgent.options).toMatchObject({ keepAlive: true, proxyEnv: process.env })
  })

  test('uses the credentials that it is given, and otherwise leaves them to the SDK', () => {
    expect(clientConfiguration({ region: 'eu-west-1', credentials }).credentials).toBe(credentials)
    expect(clientConfiguration({ region: 'eu-west-1' })).not.toHaveProperty('credentials')
  })

  test('says in CloudTrail which run asked, and never repeats a request by itself', async () => {
    const clock = new VirtualClock()
    const aws = createAws({ clock })
    payments(aws)
    aws.faults.add({ operation: '*', kind: 'serverErrorBefore', times: Number.POSITIVE_INFINITY })
    const clients = createClients(
      { region: 'eu-west-1', run: '4711.1', credentials, requestHandler: requestHandler(aws) },
      new Network({ clock }),
      new RateLimit(clock)
    )
    await clock.run(async () => {
      const asked = [
        clients.codedeploy.send(new GetDeploymentCommand({ deploymentId: 'd-1' })),
        clients.lambda.send(new GetAliasCommand({ FunctionName: 'payments-api', Name: 'live' }))
      ]
      expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    })
    expect(aws.requests.map(({ operation }) => operation).sort()).toEqual(['GetAlias', 'GetDeployment'])
    for (const { userAgent } of aws.requests)
      expect(userAgent).toMatch(
        new RegExp(`lambda-codedeploy/${version.replaceAll('.', '\\.')} run/4711\\.1`)
      )
  })

  test('waits for the rate limit when a release of many functions asks too much at once, but a stop never waits', async () => {
    const clock = new VirtualClock(0)
    const aws = createAws({ clock })
    payments(aws)
    const clients = createClients(
      { region: 'eu-west-1', credentials, requestHandler: requestHandler(aws) },
      new Network({ clock }),
      new RateLimit(clock)
    )
    await clock.run(async () => {
      const reads = Array.from({ length: 13 }, () =>
        clients.lambda.send(new GetAliasCommand({ FunctionName: 'payments-api', Name: 'live' }))
      )
      const stop = clients.codedeploy.send(new StopDeploymentCommand({ deploymentId: 'd-1' }))
      await Promise.allSettled([...reads, stop])
    })
    const begun = (operation: string) =>
      aws.requests.filter(each => each.operation === operation).map(({ at }) => at < 1_000)
    expect(begun('GetAlias')).toEqual([...Array(12).fill(true), false])
    expect(begun('StopDeployment')).toEqual([true])
  })

  test('takes its turn only when it has credentials, so that waiting for them lets nothing pile up', async () => {
    const clock = new VirtualClock(0)
    const aws = createAws({ clock })
    payments(aws)
    const late = clock.sleep(3_000).then(() => credentials)
    const clients = createClients(
      { region: 'eu-west-1', credentials: () => late, requestHandler: requestHandler(aws) },
      new Network({ clock }),
      new RateLimit(clock)
    )
    await clock.run(() =>
      Promise.allSettled(
        Array.from({ length: 36 }, () =>
          clients.lambda.send(new GetAliasCommand({ FunctionName: 'payments-api', Name: 'live' }))
        )
      )
    )
    const perSecond = [3_000, 4_000, 5_000].map(
      from => aws.requests.filter(({ at }) => at >= from && at < from + 1_000).length
    )
    expect(perSecond).toEqual([12, 12, 12])
  })
})
