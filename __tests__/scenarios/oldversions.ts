import type { Aws } from '../../simulator/aws.ts'
import { Policy } from '../../simulator/identity/policy.ts'
import type { PaymentsOptions } from '../../simulator/setting.ts'
import { type Inputs, release } from './play.ts'

/** All at once, so that little else happens. */
export const keep = (versions: number, more: Inputs = {}): Inputs => ({
  ...release,
  'codedeploy-deployment-config': 'AllAtOnce',
  'keep-versions': String(versions),
  ...more
})

/** Versions 1 to 7 were published two days ago. */
export const old: PaymentsOptions = { published: { daysAgo: 2 } }

/** The numbers of the versions that the simulated Lambda still has. */
export const versionsOf = (aws: Aws, FunctionName = 'payments-api'): string => {
  const found: string[] = []
  let marker: string | undefined
  do {
    const { Versions, NextMarker } = aws.lambda.listVersionsByFunction({ FunctionName, Marker: marker })
    found.push(...Versions.flatMap(({ Version }) => (Version && Version !== '$LATEST' ? [Version] : [])))
    marker = NextMarker
  } while (marker !== undefined)
  return found.join(' ')
}

/** The lines of a log about old versions. */
export const toldOf = (log: readonly string[]): string[] =>
  log.filter(line => /old versions? of|^Version .* was deleted/i.test(line))

/** What the log says of other aliases that no deployment is about. */
export const unseen = (aliases: string, keep: number, upTo = 'the one that it serves'): string =>
  `Old versions of payments-api: no deployment tells what ${aliases} served before, so the newest ${keep} up to ${upTo} stay, too`

type Called =
  | 'listAliases'
  | 'deleteFunction'
  | 'listProvisionedConcurrencyConfigs'
  | 'listVersionsByFunction'

/** Lets something happen right before Lambda acts on the nth request of a kind. */
export function beforeRequest(aws: Aws, method: Called, nth: number, happen: () => void): void {
  const lambda = aws.lambda as unknown as Record<Called, (input: unknown) => unknown>
  const act = lambda[method].bind(aws.lambda)
  let count = 0
  lambda[method] = input => {
    if (++count === nth) happen()
    return act(input)
  }
}

/** Another alias of payments-api, on a version, with a share on another. */
export const otherAlias =
  (version: string, weights: Record<string, number> = {}, Name = 'beta') =>
  (aws: Aws): void => {
    const RoutingConfig = { AdditionalVersionWeights: weights }
    const FunctionName = 'payments-api'
    const { Aliases } = aws.lambda.listAliases({ FunctionName })
    const input = { FunctionName, Name, FunctionVersion: version, RoutingConfig }
    if (Aliases.some(each => each.Name === Name)) aws.lambda.updateAlias(input)
    else aws.lambda.createAlias(input)
  }

/** Alias beta of payments-api on a version, with a deployment group of its own. */
export const betaWithGroup =
  (version: string, group = 'payments-beta', applicationName = 'payments') =>
  (aws: Aws): void => {
    otherAlias(version)(aws)
    if (applicationName !== 'payments')
      aws.codedeploy.createApplication({ applicationName, computePlatform: 'Lambda' })
    aws.codedeploy.createDeploymentGroup({
      applicationName,
      deploymentGroupName: group,
      serviceRoleArn: 'arn:aws:iam::123456789012:role/CodeDeployLambda',
      deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      autoRollbackConfiguration: {
        enabled: true,
        events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST']
      }
    })
    aws.codedeploy.applications.settle()
  }

/** Provisioned concurrency of a version of payments-api. */
export const provision = (Qualifier: string) => (aws: Aws) =>
  void aws.lambda.putProvisionedConcurrencyConfig({
    FunctionName: 'payments-api',
    Qualifier,
    ProvisionedConcurrentExecutions: 1
  })

/** From then on, the credentials do not allow this. */
export const deny =
  (Action: string, Resource = '*') =>
  (aws: Aws) => {
    const allowed = { Effect: 'Allow' as const, Action: '*', Resource: '*' }
    const denied = { Effect: 'Deny' as const, Action, Resource }
    aws.permissions.policy = new Policy({ Version: '2012-10-17', Statement: [allowed, denied] })
  }
