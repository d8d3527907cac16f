import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Aws, createAws } from '../simulator/aws.ts'
import { scaledClock } from '../simulator/clock.ts'
import { serve } from '../simulator/wire/server.ts'
import { appSpec } from '../src/plan/appspec.ts'
import { hooksOf } from './others.ts'
import { armAlarm, endOf, type Run, type Scene, setUp } from './scene.ts'

const run = promisify(execFile)

/** What the AWS CLI's reference says of `deploy wait deployment-successful`: every 15 s, at most 120 times. */
const delaySeconds = 15
const maxAttempts = 120

/** `aws-cli/2.31.0`; undefined where there is none. */
export async function cliVersion(): Promise<string | undefined> {
  try {
    return (await run('aws', ['--version'])).stdout.split(' ')[0]
  } catch {
    return undefined
  }
}

/**
 * The real AWS CLI against the simulator over HTTP, `speed` times as fast: its waiter uses its own description with the pause
 * divided by `speed`, and nothing else is changed. It counts as knowing the end when the request that saw it is answered, so that
 * the time in which Python starts and exits does not count.
 */
export async function cli(scene: Scene, speed: number): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-cli-'))
  const aws = createAws({ clock: scaledClock(speed), seed: scene.seed, tellsTime: false })
  const server = await serve(aws)
  const env = {
    PATH: process.env.PATH ?? '',
    AWS_ENDPOINT_URL: server.url,
    AWS_DEFAULT_REGION: aws.region,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_DATA_PATH: folder,
    HOME: folder
  }
  const asked = async (...args: string[]) =>
    (await run('aws', [...args, '--output', 'text'], { env })).stdout.trim()
  try {
    await writeWaiter(folder, delaySeconds / speed)
    setUp(aws, scene)
    whenWaiting(aws, () => armAlarm(aws, scene))
    const name = ['--function-name', 'payments-api']
    const serving = await asked(
      'lambda',
      'get-alias',
      ...name,
      '--name',
      'live',
      '--query',
      'FunctionVersion'
    )
    const published = await asked('lambda', 'publish-version', ...name, '--query', 'Version')
    const { content } = appSpec({
      functionName: 'payments-api',
      alias: 'live',
      currentVersion: serving,
      targetVersion: published,
      hooks: hooksOf(scene)
    })
    const deploymentId = await asked(
      ...['deploy', 'create-deployment', '--application-name', 'payments'],
      ...['--deployment-group-name', 'payments-live', '--query', 'deploymentId'],
      ...['--deployment-config-name', `CodeDeployDefault.${scene.strategy}`],
      '--revision',
      JSON.stringify({ revisionType: 'AppSpecContent', appSpecContent: { content } })
    )
    const waited = await run(
      'aws',
      ['deploy', 'wait', 'deployment-successful', '--deployment-id', deploymentId],
      { env }
    ).then(
      () => ({ said: '', exitCode: 0 }),
      (error: { stderr: string; code: number }) => ({ said: error.stderr.trim(), exitCode: error.code })
    )
    const end = endOf(aws)
    const seen = aws.requests.find(({ operation, at }) => operation === 'GetDeployment' && at >= end)
    return {
      toldAfter: ((seen?.at ?? Number.NaN) + aws.latencyMs - end) / 1_000,
      requests: aws.requests.length,
      roundTripsBefore: aws.requests.findIndex(({ operation }) => operation === 'CreateDeployment'),
      ...waited
    }
  } finally {
    await server.close()
    await rm(folder, { recursive: true })
  }
}

/** Python takes a second to start, which is long by a fast clock, so nothing happens before the waiter's first request. */
function whenWaiting(aws: Aws, run: () => void): void {
  if (aws.requests.some(({ operation }) => operation === 'GetDeployment')) run()
  else aws.clock.at(aws.clock.now() + 1_000, () => whenWaiting(aws, run))
}

/** The description of the waiter in botocore (codedeploy/2014-10-06/waiters-2.json). */
async function writeWaiter(folder: string, delay: number): Promise<void> {
  const ends = { Succeeded: 'success', Failed: 'failure', Stopped: 'failure' }
  const DeploymentSuccessful = {
    operation: 'GetDeployment',
    delay,
    maxAttempts,
    acceptors: Object.entries(ends).map(([expected, state]) => ({
      expected,
      matcher: 'path',
      state,
      argument: 'deploymentInfo.status'
    }))
  }
  const place = join(folder, 'codedeploy', '2014-10-06')
  await mkdir(place, { recursive: true })
  await writeFile(
    join(place, 'waiters-2.json'),
    JSON.stringify({ version: 2, waiters: { DeploymentSuccessful } })
  )
}
