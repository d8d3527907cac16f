import type { Aws } from '../../simulator/aws.ts'
import { fleet } from '../../simulator/fleet.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { type Inputs, type Play, type Played, play } from './play.ts'

/** One entry of `functions`: a service with its own deployment group. */
export const entry = (name: string, more: Inputs = {}): Inputs => ({
  'function-name': name,
  'codedeploy-deployment-group': `${name}-live`,
  ...more
})

/** The inputs of a step that releases all of these. */
export const together = (entries: readonly Inputs[], step: Inputs = {}): Inputs => ({
  alias: 'live',
  'codedeploy-application': 'payments',
  'codedeploy-deployment-config': 'Canary10Percent5Minutes',
  ...step,
  functions: JSON.stringify(entries)
})

/** orders shifts all at once and succeeds within seconds; ledger is a five-minute canary. */
export const ordersFirst: readonly Inputs[] = [
  entry('orders', { 'codedeploy-deployment-config': 'AllAtOnce' }),
  entry('ledger')
]

/** Releases orders and ledger in one step: two canaries, unless the inputs say otherwise. */
export const releaseBoth = (scene: Play): Promise<Played> =>
  play({
    inputs: together([entry('orders'), entry('ledger')]),
    ...scene,
    before: (aws, clock, cancel) => {
      fleet(aws, ['orders', 'ledger'])
      scene.before?.(aws, clock, cancel)
    }
  })

/** Somebody else's deployment of this service's alias, from version 7 to another. */
export const somebodyDeploys = (aws: Aws, functionName: string, targetVersion: string): string => {
  const { content } = appSpec({ functionName, alias: 'live', currentVersion: '7', targetVersion, hooks: {} })
  const { deploymentId = '' } = aws.codedeploy.createDeployment({
    applicationName: 'payments',
    deploymentGroupName: `${functionName}-live`,
    deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent10Minutes',
    description: 'somebody else',
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
  })
  return deploymentId
}

/** What the alias of a service serves, as the simulated Lambda itself has it. */
export function serves(aws: Aws, FunctionName: string): string {
  const alias = aws.lambda.listAliases({ FunctionName }).Aliases.find(({ Name }) => Name === 'live')
  if (!alias) return 'no alias'
  return alias.RoutingConfig ? 'split' : (alias.FunctionVersion ?? '')
}

/** For each function: outcome, error code, what the step says that it serves, and what it really serves. */
export const ends = ({ aws, outputs }: Pick<Played, 'aws' | 'outputs'>): Record<string, string> =>
  Object.fromEntries(
    JSON.parse(outputs.results ?? '[]').map((each: Inputs) => {
      const name = each['function-name'] ?? ''
      const says = [each.outcome, each['error-code'], each['serving-version']].filter(Boolean).join(' ')
      return [name, `${says} (${serves(aws, name)})`]
    })
  )

/** Requests of one kind that arrived at or after a moment. */
export const asked = (aws: Aws, operation: string, since = 0) =>
  aws.requests.filter(each => each.operation === operation && each.at >= since)
