import { GetDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { describe, expect, test } from '@jest/globals'
import { type Aws, createAws } from '../../simulator/aws.ts'
import { scaledClock, VirtualClock } from '../../simulator/clock.ts'
import { idToken } from '../../simulator/identity/oidc.ts'
import { payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { serve } from '../../simulator/wire/server.ts'
import { Budgets } from '../../src/aws/budgets.ts'
import { type AwsClients, createClients } from '../../src/aws/clients.ts'
import { assumedRole } from '../../src/aws/credentials.ts'
import { failureOf } from '../../src/aws/failure.ts'
import { Network } from '../../src/aws/network.ts'
import type { Clock } from '../../src/clock.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const alias = new GetAliasCommand({ FunctionName: 'payments-api', Name: 'live' })

/** The usual scene in virtual time, and our clients for it. */
function simulated() {
  const clock = new VirtualClock(0)
  const aws = createAws({ clock })
  payments(aws)
  const options = { region: 'eu-west-1', credentials, requestHandler: requestHandler(aws) }
  const network = new Network({ clock })
  return { clock, aws, options, network, clients: createClients(options, network, new Budgets(clock)) }
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
      idToken: async () => idToken(clock.now(), { audience: 'sts.amazonaws.com' }),
      mask: () => {}
    }
    const identity = await clock.run(() => assumedRole(role, options, network)())
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

test('an answer that stalls is hung up on when the step is over', async () => {
  const over = new AbortController()
  const { clock, aws, options } = simulated()
  const network = new Network({ clock, over: over.signal })
  const { lambda } = createClients(options, network, new Budgets(clock))
  aws.faults.add({ operation: '*', kind: 'stall' })
  clock.at(3_000, () => over.abort())
  const thrown = await clock.run(() => lambda.send(alias).catch(error => error))
  expect([thrown.name, clock.now()]).toEqual(['TimeoutError', 3_000])
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
    await work(new Network({ clock: scaledClock(1), timer }).equip(lambda), aws)
  } finally {
    lambda.destroy()
    await server.close()
  }
}

const minute = 60_000

/** The usual scene, seen from a machine whose clock is so far ahead of AWS's; and what each request was answered with. */
function skewed(skewMs: number) {
  const clock = new VirtualClock()
  const aws = createAws({ clock })
  payments(aws)
  const ours: Clock = { now: () => clock.now() + skewMs, sleep: (ms, signal) => clock.sleep(ms, signal) }
  const options = { region: 'eu-west-1', credentials, requestHandler: requestHandler(aws) }
  const network = new Network({ clock: ours })
  const clients = createClients(options, network, new Budgets(ours))
  const answers = () =>
    aws.requests.map(({ operation, errorName = 'answered' }) => `${operation} ${errorName}`)
  return { clock, aws, network, clients, answers }
}

describe("a machine's clock that is off", () => {
  test.each<{ name: string; skewMs: number; answers: string[] }>([
    { name: 'by nothing', skewMs: 0, answers: ['GetAlias answered', 'GetAlias answered'] },
    { name: 'by four minutes', skewMs: 4 * minute, answers: ['GetAlias answered', 'GetAlias answered'] },
    {
      name: 'by six minutes, ahead',
      skewMs: 6 * minute,
      answers: ['GetAlias InvalidSignatureException', 'GetAlias answered', 'GetAlias answered']
    },
    {
      name: 'by two hours, behind',
      skewMs: -120 * minute,
      answers: ['GetAlias InvalidSignatureException', 'GetAlias answered', 'GetAlias answered']
    }
  ])('$name: the first request is signed again by the time that AWS told', async ({ skewMs, answers }) => {
    const { clock, clients, network, answers: given } = skewed(skewMs)
    await clock.run(async () => {
      await clients.lambda.send(alias)
      await clients.lambda.send(alias)
    })
    expect(given()).toEqual(answers)
    expect(Math.abs(network.time.now() - clock.now())).toBeLessThan(1_050)
  })

  test('is no reason to ask twice for what AWS refuses otherwise', async () => {
    const { clock, aws, clients, answers } = skewed(0)
    aws.faults.add({
      operation: 'GetAlias',
      kind: 'custom',
      error: { name: 'InvalidSignatureException', message: 'The secret key is wrong.', status: 403 }
    })
    await clock.run(() => clients.lambda.send(alias).catch(() => undefined))
    expect(answers()).toEqual(['GetAlias InvalidSignatureException'])
  })

  test("is not corrected by a proxy's clock", async () => {
    const { clock, aws, clients, network } = skewed(0)
    aws.faults.add({ operation: 'GetAlias', kind: 'html', status: 502 })
    await clock.run(() => clients.lambda.send(alias).catch(() => undefined))
    expect(network.time.offsetMs).toBe(0)
  })
})
