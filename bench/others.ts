import {
  CodeDeployClient,
  CreateDeploymentCommand,
  GetDeploymentCommand,
  waitUntilDeploymentSuccessful
} from '@aws-sdk/client-codedeploy'
import { GetAliasCommand, LambdaClient, PublishVersionCommand } from '@aws-sdk/client-lambda'
import type { Aws } from '../simulator/aws.ts'
import { Random } from '../simulator/random.ts'
import { appSpec } from '../src/plan/appspec.ts'
import { clientOptions, endOf, type Run, roundTripsBefore, type Scene, stage } from './scene.ts'

/** How a script waits for the end of a deployment; returns what it saw, or throws. */
type Wait = (
  client: CodeDeployClient,
  deploymentId: string,
  sleep: (ms: number) => Promise<void>
) => Promise<string>

/** The maximum wait for the SDK's waiter, seconds. It has no default. */
const maxWaitTime = 2 * 3_600

export const sdkWaiter: Wait = async (client, deploymentId) => {
  const { state } = await waitUntilDeploymentSuccessful({ client, maxWaitTime }, { deploymentId })
  return state
}

/** A hand-written loop that asks every `seconds`. */
export const loop =
  (everySeconds: number, most = Number.POSITIVE_INFINITY): Wait =>
  async (client, deploymentId, sleep) => {
    for (let attempt = 1; attempt <= most; attempt++) {
      const { deploymentInfo } = await client.send(new GetDeploymentCommand({ deploymentId }))
      const { status = 'Unknown' } = deploymentInfo ?? {}
      if (status === 'Succeeded') return status
      if (status === 'Failed' || status === 'Stopped') throw new Error(status)
      await sleep(everySeconds * 1_000)
    }
    throw new Error('Max attempts exceeded')
  }

/** What the AWS CLI's reference says about `deploy wait deployment-successful`: it asks every 15 seconds, at most 120 times. */
export const cliAsDocumented = loop(15, 120)

/**
 * The least that a script does: it asks what the alias serves, publishes, creates the deployment and waits. It checks nothing, does
 * not guard against doing something twice, and does not ask Lambda in the end.
 */
export async function script(scene: Scene, wait: Wait): Promise<Run> {
  const { clock, aws } = stage(scene)
  const random = new Random(scene.seed)
  const told = await clock.run(async () => {
    // The SDK's waiter takes its jitter from it, different in every scene.
    Math.random = () => random.next()
    const codedeploy = new CodeDeployClient(clientOptions(aws))
    const deploymentId = await createDeployment(aws, codedeploy, scene)
    try {
      return {
        said: await wait(codedeploy, deploymentId, ms => clock.sleep(ms)),
        exitCode: 0,
        at: clock.now()
      }
    } catch (error) {
      return { said: String(error), exitCode: 1, at: clock.now() }
    }
  })
  return {
    toldAfter: (told.at - endOf(aws)) / 1_000,
    requests: aws.requests.length,
    roundTripsBefore: roundTripsBefore(aws),
    said: told.said,
    exitCode: told.exitCode
  }
}

async function createDeployment(aws: Aws, codedeploy: CodeDeployClient, scene: Scene): Promise<string> {
  const lambda = new LambdaClient(clientOptions(aws))
  const functionName = 'payments-api'
  const { FunctionVersion = '' } = await lambda.send(
    new GetAliasCommand({ FunctionName: functionName, Name: 'live' })
  )
  const { Version = '' } = await lambda.send(new PublishVersionCommand({ FunctionName: functionName }))
  const { content } = appSpec({
    functionName,
    alias: 'live',
    currentVersion: FunctionVersion,
    targetVersion: Version,
    hooks: hooksOf(scene)
  })
  const { deploymentId = '' } = await codedeploy.send(
    new CreateDeploymentCommand({
      applicationName: 'payments',
      deploymentGroupName: 'payments-live',
      deploymentConfigName: `CodeDeployDefault.${scene.strategy}`,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
    })
  )
  return deploymentId
}

export const hooksOf = ({ hookSeconds }: Scene): Record<string, string> =>
  hookSeconds
    ? { BeforeAllowTraffic: 'CodeDeployHook_before', AfterAllowTraffic: 'CodeDeployHook_after' }
    : {}
