import { GetDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { GetAliasCommand } from '@aws-sdk/client-lambda'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import type { Fault } from '../../simulator/faults.ts'
import { idToken } from '../../simulator/identity/oidc.ts'
import { payments } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { Arns } from '../../src/aws/arns.ts'
import { type AwsOptions, createClients } from '../../src/aws/clients.ts'
import { assumedRole } from '../../src/aws/credentials.ts'
import { Logs } from '../../src/aws/logs.ts'
import { Network } from '../../src/aws/network.ts'
import { RateLimit } from '../../src/aws/ratelimit.ts'

// Loading takes real time, and virtual time would run ahead meanwhile.
beforeAll(async () => void (await import('@aws-sdk/client-cloudwatch-logs')))

const region = 'eu-west-1'
const hookLog = '/aws/lambda/CodeDeployHook_before'
const secrets = ['a-secret-key', 'ghs_', 'eyJ']

type Ask = (options: AwsOptions, network: Network, clock: VirtualClock) => Promise<unknown>

const role =
  (sub?: string): Ask =>
  (options, network, clock) =>
    assumedRole(
      {
        arn: 'arn:aws:iam::123456789012:role/release',
        sessionName: 'run-4711',
        idToken: async () => idToken(clock.now(), { audience: sub ?? 'sts.amazonaws.com' })
      },
      options,
      network
    )()
const hook: Ask = (options, network, clock) =>
  new Logs(options, network, clock, new Arns(region)).tail(hookLog, 0, 1_000)
const alias: Ask = (options, network, clock) =>
  createClients(options, network, new RateLimit(clock)).lambda.send(
    new GetAliasCommand({ FunctionName: 'payments-api', Name: 'live' })
  )
const nobodys: Ask = (options, network, clock) =>
  createClients(options, network, new RateLimit(clock)).codedeploy.send(
    new GetDeploymentCommand({ deploymentId: 'd-1' })
  )

/** The lines about requests, and the request ids of AWS's answers, in the same order. */
async function trace(ask: Ask, faults: readonly Fault[] = []) {
  const clock = new VirtualClock()
  const aws = createAws({ clock })
  payments(aws)
  aws.logs.write(hookLog, 'stream', 'line\n')
  for (const fault of faults) aws.faults.add(fault)
  const lines: string[] = []
  const ids: string[] = []
  const simulated = requestHandler(aws)
  const options: AwsOptions = {
    region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a-secret-key' },
    requestHandler: {
      ...simulated,
      handle: async (...asked: Parameters<typeof simulated.handle>) => {
        const answer = await simulated.handle(...asked)
        ids.push(answer.response.headers['x-amzn-requestid'] ?? '')
        return answer
      }
    }
  }
  const network = new Network({ clock, trace: { clock, tell: line => lines.push(line) } })
  await clock.run(() => ask(options, network, clock).catch(() => undefined))
  return { lines, ids }
}

const slow = (operation: string): Fault => ({ operation, kind: 'slow', ms: 1_234 })
const denied = (operation: string): Fault => ({ operation, kind: 'accessDenied' })
const dropped = (operation: string): Fault => ({ operation, kind: 'dropBefore' })

describe('each request to AWS has a line with its operation, its result, its duration and its id', () => {
  test.each<{ name: string; ask: Ask; faults?: Fault[]; told: (ids: readonly string[]) => string[] }>([
    {
      name: 'Lambda answers, after a while',
      ask: alias,
      faults: [slow('GetAlias')],
      told: ([id]) => [`GetAlias: answered in 1284 ms, request ${id}`]
    },
    {
      name: 'CodeDeploy refuses',
      ask: nobodys,
      told: ([id]) => [`GetDeployment: InvalidDeploymentIdException in 50 ms, request ${id}`]
    },
    {
      name: 'the connection to CodeDeploy breaks',
      ask: nobodys,
      faults: [dropped('GetDeployment')],
      told: () => ['GetDeployment: ECONNRESET in 25 ms, no request id']
    },
    {
      name: 'CloudWatch Logs answers, three times without a line from that time',
      ask: hook,
      told: ids => ids.map(id => `FilterLogEvents: answered in 50 ms, request ${id}`)
    },
    {
      name: 'CloudWatch Logs refuses',
      ask: hook,
      faults: [denied('FilterLogEvents')],
      told: ([id]) => [`FilterLogEvents: AccessDeniedException in 50 ms, request ${id}`]
    },
    {
      name: 'the connection to CloudWatch Logs breaks',
      ask: hook,
      faults: [dropped('FilterLogEvents')],
      told: () => ['FilterLogEvents: ECONNRESET in 25 ms, no request id']
    },
    {
      name: 'STS gives credentials',
      ask: role(),
      told: ([id]) => [`AssumeRoleWithWebIdentity: answered in 50 ms, request ${id}`]
    },
    {
      name: 'STS refuses a token',
      ask: role('somebody else'),
      told: ([id]) => [`AssumeRoleWithWebIdentity: InvalidIdentityTokenException in 50 ms, request ${id}`]
    }
  ])('$name', async ({ ask, faults, told }) => {
    const { lines, ids } = await trace(ask, faults)
    expect(lines).toEqual(told(ids))
    expect(secrets.filter(secret => lines.join().includes(secret))).toEqual([])
  })
})
