import { Agent } from 'node:https'
import { CodeDeployClient, type CodeDeployClientConfig } from '@aws-sdk/client-codedeploy'
import { LambdaClient } from '@aws-sdk/client-lambda'
import type { Trace } from '../trace.ts'
import { notSent } from './failure.ts'
import type { RateLimit } from './ratelimit.ts'
import { nearNetwork, tracing } from './trace.ts'
import { version } from './version.ts'

export interface AwsOptions {
  region: string
  /** `run id.attempt`, so that CloudTrail shows which run did what. */
  run?: string
  /** Stands in for the network in simulations. */
  requestHandler?: CodeDeployClientConfig['requestHandler']
  /** Is told of every request. Default: nobody is. */
  trace?: Trace
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
      requestTimeout: 20_000,
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
export function createClients(options: AwsOptions, turns: RateLimit): AwsClients {
  const configuration = clientConfiguration(options)
  const clients = { codedeploy: new CodeDeployClient(configuration), lambda: new LambdaClient(configuration) }
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
  if (options.trace) {
    clients.codedeploy.middlewareStack.add(tracing(options.trace), nearNetwork)
    clients.lambda.middlewareStack.add(tracing(options.trace), nearNetwork)
  }
  return clients
}
