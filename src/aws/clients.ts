import { Agent } from 'node:https'
import { CodeDeployClient, type CodeDeployClientConfig } from '@aws-sdk/client-codedeploy'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { notSent } from './failure.ts'
import { exchangeMs, type Network } from './network.ts'
import type { RateLimit } from './ratelimit.ts'
import { version } from './version.ts'

export interface AwsOptions {
  region: string
  /** `run id.attempt`, so that CloudTrail shows which run did what. */
  run?: string
  /** Stands in for the network in simulations. */
  requestHandler?: CodeDeployClientConfig['requestHandler']
  /** Default: the SDK's chain of providers, which begins with the environment. */
  credentials?: NonNullable<CodeDeployClientConfig['credentials']>
}

/** What every client is built with. */
export function clientConfiguration({
  region,
  run,
  requestHandler,
  credentials
}: AwsOptions): CodeDeployClientConfig {
  return {
    region,
    ...(credentials && { credentials }),
    // Retrying is ours: see aws/ask.ts.
    maxAttempts: 1,
    customUserAgent: [['lambda-codedeploy', version], ...(run ? [['run', run] as [string, string]] : [])],
    requestHandler: requestHandler ?? {
      connectionTimeout: 5_000,
      requestTimeout: exchangeMs,
      throwOnRequestTimeout: true,
      // The SDK does not read HTTPS_PROXY and NO_PROXY; Node's own agent does when it is told to.
      httpsAgent: new Agent({ keepAlive: true, maxSockets: 50, proxyEnv: process.env })
    }
  }
}

export interface AwsClients {
  codedeploy: CodeDeployClient
  lambda: LambdaClient
}

/** All requests take their turn, but a stop, which must not wait. */
export function createClients(options: AwsOptions, network: Network, turns: RateLimit): AwsClients {
  const configuration = clientConfiguration(options)
  const clients = {
    codedeploy: network.equip(new CodeDeployClient(configuration)),
    lambda: network.equip(new LambdaClient(configuration))
  }
  const position = { step: 'initialize', name: 'turns' } as const
  const take = async (): Promise<boolean> => {
    // Who has a turn must not have to wait for credentials: all that waited would go out at once.
    if (typeof configuration.credentials === 'function') await configuration.credentials()
    return await turns.take()
  }
  clients.codedeploy.middlewareStack.add(
    (next, { commandName }) =>
      async command => {
        if (commandName !== 'StopDeploymentCommand' && !(await take()))
          throw notSent('codedeploy', commandName)
        return await next(command)
      },
    position
  )
  clients.lambda.middlewareStack.add(
    (next, { commandName }) =>
      async command => {
        if (!(await take())) throw notSent('lambda', commandName)
        return await next(command)
      },
    position
  )
  return clients
}
