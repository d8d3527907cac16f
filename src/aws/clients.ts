import { Agent } from 'node:https'
import { CodeDeployClient, type CodeDeployClientConfig } from '@aws-sdk/client-codedeploy'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { Failure } from '../failure.ts'
import type { Budgets } from './budgets.ts'
import { isThrottling, notSent } from './failure.ts'
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

type ClientConfiguration = Pick<
  CodeDeployClientConfig,
  'region' | 'credentials' | 'maxAttempts' | 'customUserAgent' | 'requestHandler'
>

/** The configuration of every client. */
export function clientConfiguration({
  region,
  run,
  requestHandler,
  credentials
}: AwsOptions): ClientConfiguration {
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
      // The SDK does not read HTTPS_PROXY and NO_PROXY. Node's own agent does, given the environment. It may open many connections: stops
      // of a hundred functions that all hang must leave some for the looks.
      httpsAgent: new Agent({ keepAlive: true, maxSockets: 256, proxyEnv: process.env })
    }
  }
}

/** Closes what a client keeps open, unless it shares that with the others. */
export function letGo(client: { destroy(): void }, { requestHandler }: AwsOptions): void {
  if (!requestHandler) client.destroy()
}

export interface AwsClients {
  codedeploy: CodeDeployClient
  lambda: LambdaClient
}

/** All requests wait their turn, except a stop, which must not wait. */
export function createClients(options: AwsOptions, network: Network, budgets: Budgets): AwsClients {
  const configuration = clientConfiguration(options)
  const codedeploy = network.equip(new CodeDeployClient(configuration))
  const lambda = network.equip(new LambdaClient(configuration))
  const credentials = typeof configuration.credentials === 'function' ? configuration.credentials : undefined
  const position = { step: 'initialize', name: 'turns' } as const
  codedeploy.middlewareStack.add(
    (next, { commandName }) =>
      inTurn(next, credentials, budgets.of('codedeploy', commandName), () =>
        notSent('codedeploy', commandName)
      ),
    position
  )
  lambda.middlewareStack.add(
    (next, { commandName }) =>
      inTurn(next, credentials, budgets.of('lambda', commandName), () => notSent('lambda', commandName)),
    position
  )
  lambda.middlewareStack.add(
    (next, { commandName }) =>
      async command => {
        if (commandName === 'DeleteFunctionCommand') mustNameVersion(command.input)
        return await next(command)
      },
    { step: 'initialize', name: 'onlyVersions', priority: 'high' }
  )
  return { codedeploy, lambda }
}

/** Without a qualifier, DeleteFunction deletes the whole function. Such a request is never sent. */
function mustNameVersion(input: object): void {
  const { FunctionName = '', Qualifier = '' } = input as { FunctionName?: string; Qualifier?: string }
  if (/^[1-9]\d*$/.test(Qualifier)) return
  throw new Failure(`'${Qualifier}' is not the number of a version`, {
    kind: 'rejected',
    code: 'NotAVersion',
    action: 'lambda:DeleteFunction',
    resource: FunctionName,
    mayHaveActed: false
  })
}

/** `unsent` creates what is thrown when the job was cancelled before the request's turn came. */
function inTurn<Command, Result>(
  next: (command: Command) => Promise<Result>,
  credentials: (() => Promise<unknown>) | undefined,
  budget: RateLimit | undefined,
  unsent: () => Failure
) {
  return async (command: Command): Promise<Result> => {
    // Credentials come first: if requests waited for them after their turn, all of them would be sent at once.
    if (budget) await credentials?.()
    if (budget && !(await budget.take())) throw unsent()
    try {
      return await next(command)
    } catch (error) {
      if (isThrottling(error)) budget?.throttled()
      throw error
    }
  }
}
