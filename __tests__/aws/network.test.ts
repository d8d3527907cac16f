import { GetDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { describe, expect, test } from '@jest/globals'
import { type Aws, createAws } from '../../simulator/aws.ts'
import { scaledClock, VirtualClock } from '../../simulator/clock.ts'
import { idToken } from '../../simulator/identity/oidc.ts'
import { payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { serve } from '../../simulator/wire/server.ts'
import { type AwsClients, createClients } from '../../src/aws/clients.ts'
import { assumedRole } from '../../src/aws/credentials.ts'
import { failureOf } from '../../src/aws/failure.ts'
import { Network } from '../../src/aws/network.ts'
import { RateLimit } from '../../src/aws/ratelimit.ts'
import type { Clock } from '../../src/clock.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const alias = new GetAliasCommand({ FunctionName: 'payments-api', Name: 'live' })

/** The usual scene in virtual time, and our clients for it. */
function simulated() {
  const clock = new VirtualClock(0)
  const aws = createAws({ clock })
  payments(aws)
  const options = { region: 'eu-west-1', credentials, requestHandler: requestHandler(aws) }
  const network = new Network({ timer: clock })
  return { clock, aws, options, network, clients: createClients(options, network, new RateLimit(clock)) }
}

describe('an answer that stalls after its headers is given up twenty seconds after the request, and is a fault that passes', () => {
  test.each<{ name: string; ask(clients: AwsClients): Promise<unknown> }>([
    { name: 'of Lambda', ask: ({ lambda }) => lambda.send(alias) },
    {
      name: 'of CodeDeploy',
      ask: ({ codedeploy }) => codedeploy.send(new GetDeploymentCommand({ deploymentId: 'd-1A2B3C4D5' }))
    }
  ])('$name', async ({ ask }) => {
    const { clock, aws, clients } = simulated()
    aws.codedeploy.getDeployment = () => ({ deploymentInfo: {} }) as never
    aws.faults.add({ operation: '*', kind: 'stall' })
    const thrown = await clock.run(() => ask(clients).catch(error => error))
    expect({ at: clock.now(), ...failureOf(thrown, 'action', 'resource') }).toMatchObject({
      at: 20_000,
      kind: 'transient',
      code: 'TimeoutError',
      timedOut: true,
      mayHaveActed: true
    })
  })

  test('of STS, which is then asked again by the SDK', async () => {
    const { clock, aws, options, network } = simulated()
    aws.faults.add({ operation: 'AssumeRoleWithWebIdentity', kind: 'stall' })
    const role = {
      arn: 'arn:aws:iam::123456789012:role/release',
      sessionName: 'run-4711',
      idToken: async () => idToken(clock.now(), { audience: 'sts.amazonaws.com' })
    }
    const identity = await clock.run(() => assumedRole(role, options, network, clock)())
    expect(identity.sessionToken).toEqual(expect.any(String))
    expect(clock.now()).toBeGreaterThanOrEqual(20_000)
  })

  test('over a real network', async () => {
    // Twenty seconds are over as soon as somebody waits for them.
    await overHttp({ now: () => 0, sleep: async () => {} }, async (lambda, aws) => {
      aws.faults.add({ operation: 'GetAlias', kind: 'stall' })
      await expect(lambda.send(alias)).rejects.toMatchObject({ name: 'TimeoutError' })
    })
  })
})

test('an answer that is only slow to come is read whole', async () => {
  await overHttp({ now: () => 0, sleep: () => new Promise(() => {}) }, async lambda => {
    expect(await lambda.send(alias)).toMatchObject({ FunctionVersion: '7' })
  })
})

async function overHttp(timer: Clock, work: (lambda: LambdaClient, aws: Aws) => Promise<void>) {
  const aws = createAws({ clock: scaledClock(1) })
  payments(aws)
  const server = await serve(aws)
  const lambda = new LambdaClient({ region: 'eu-west-1', credentials, endpoint: server.url, maxAttempts: 1 })
  try {
    await work(new Network({ timer }).equip(lambda), aws)
  } finally {
    lambda.destroy()
    await server.close()
  }
}
