import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { type Aws, createAws } from '../../simulator/aws.ts'
import { scaledClock } from '../../simulator/clock.ts'
import { payments } from '../../simulator/setting.ts'
import { type Listening, listen } from '../../simulator/wire/listen.ts'
import { serve } from '../../simulator/wire/server.ts'

type Handler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<void>

/** What the hook's check asks: it answers with its status, or not at all. */
const health: { status?: number } = {}
const { setTimeout: realSetTimeout, fetch: realFetch } = globalThis
const logError = console.error
let healthServer: Listening
let aws: Aws
let awsServer: Listening
let handler: Handler
/** How long each check was given, ms. */
let given: number[] = []
/** What the hook wrote into its log. */
let log: string[] = []

beforeAll(async () => {
  const server: Server = createServer((_request, response) => {
    if (health.status !== undefined) response.writeHead(health.status).end()
  })
  healthServer = await listen(server)
  // A deployment takes some seconds until it invokes its hook.
  aws = createAws({ clock: scaledClock(100) })
  payments(aws)
  awsServer = await serve(aws)
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: awsServer.url,
    AWS_REGION: aws.region,
    AWS_ACCESS_KEY_ID: 'simulated',
    AWS_SECRET_ACCESS_KEY: 'simulated',
    HEALTH_URL: healthServer.url
  })
  const example: string = new URL('../../examples/hook.mjs', import.meta.url).href
  handler = ((await import(example)) as { handler: Handler }).handler
})

afterEach(() => {
  globalThis.fetch = realFetch
  console.error = logError
})

afterAll(async () => {
  await Promise.all([healthServer.close(), awsServer.close()])
})

/** Notes which time limit `run` sets at its start. What never answers need not be waited for in real time. */
function timed<T>(run: () => T): T {
  const quick = (then: () => void, ms: number) => {
    given.push(ms)
    return realSetTimeout(then, health.status === undefined ? 1 : ms)
  }
  globalThis.setTimeout = quick as typeof setTimeout
  try {
    return run()
  } finally {
    globalThis.setTimeout = realSetTimeout
  }
}

/** A deployment whose hook is the example, run as Lambda runs a function that has so much time left, ms. */
async function deploy(remainingMs: number): Promise<{ reported: unknown; ended: string | undefined }> {
  given = []
  log = []
  console.error = (error: unknown) => log.push(String(error))
  aws.lambda.invoke = async ({ Payload }) => {
    const event: unknown = JSON.parse(new TextDecoder().decode(Payload as Uint8Array))
    await timed(() => handler(event, { getRemainingTimeInMillis: () => remainingMs }))
    return { StatusCode: 202, ExecutedVersion: '$LATEST', Payload: new Uint8Array() }
  }
  const since = aws.requests.length
  const spec = {
    version: '0.0',
    Resources: [
      {
        payments: {
          Type: 'AWS::Lambda::Function',
          Properties: { Name: 'payments-api', Alias: 'live', CurrentVersion: '7', TargetVersion: '6' }
        }
      }
    ],
    Hooks: [{ BeforeAllowTraffic: 'CodeDeployHook_before' }]
  }
  const { deploymentId = '' } = aws.codedeploy.createDeployment({
    applicationName: 'payments',
    deploymentGroupName: 'payments-live',
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content: JSON.stringify(spec) } },
    autoRollbackConfiguration: { enabled: false }
  })
  const status = () => aws.codedeploy.getDeployment({ deploymentId }).deploymentInfo?.status
  while (!['Succeeded', 'Failed'].includes(status() ?? '')) await aws.clock.sleep(500)
  const reports = aws.requests
    .slice(since)
    .filter(({ operation }) => operation === 'PutLifecycleEventHookExecutionStatus')
  return { reported: reports.map(({ input }) => (input as { status: string }).status), ended: status() }
}

describe('the example hook, with the time-out that a function has by default (3 s)', () => {
  test('reports Failed when the check is refused', async () => {
    health.status = 503
    expect(await deploy(3_000)).toEqual({ reported: ['Failed'], ended: 'Failed' })
    expect(log).toEqual([`Error: ${healthServer.url} answered 503`])
  })

  test('reports Failed when the check does not answer, with half of the time left for that', async () => {
    delete health.status
    expect(await deploy(3_000)).toEqual({ reported: ['Failed'], ended: 'Failed' })
    expect(given).toEqual([1_500])
    expect(log).toEqual(['Error: The check took too long'])
  })

  test('reports Failed when the check hangs and does not listen to its signal', async () => {
    delete health.status
    globalThis.fetch = () => new Promise(() => {})
    expect(await deploy(3_000)).toEqual({ reported: ['Failed'], ended: 'Failed' })
    expect(given).toEqual([1_500])
    expect(log).toEqual(['Error: The check took too long'])
  })

  test('reports Succeeded when the check passes', async () => {
    health.status = 200
    expect(await deploy(2_999)).toEqual({ reported: ['Succeeded'], ended: 'Succeeded' })
    expect(log).toEqual([])
  })
})

test('the CDK app has the same hook', () => {
  const at = (path: string) => readFileSync(new URL(`../../examples/${path}`, import.meta.url), 'utf8')
  expect(at('cdk/hooks/hook.mjs')).toBe(at('hook.mjs'))
})
