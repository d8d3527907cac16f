import type { Aws } from './aws.ts'
import { type Names, paymentsNames } from './setting.ts'

/** A deployment that somebody ran before anything else happens. */
export interface EarlierDeployment {
  to: string
  /** What the AppSpec says; default: what the alias serves. */
  from?: string
  /** Default: those of payments-api. */
  names?: Names
  /** Default `live`. */
  alias?: string
  /** The group that it runs in; default: the function's own. */
  group?: string
  description?: string
  /** How it ends. A canary is stopped during its shift, with or without a rollback. */
  ends?: 'succeeded' | 'rolledBack' | 'stopped'
}

const CANARY_STOPPED_MS = 10_000
const LOOK_EVERY_MS = 100
const ROLLED_BACK_WITHIN_MS = 15_000

/** Runs a deployment to its end, and its rollback if there is one, in the time of the simulation. Returns its id. */
export async function deployEarlier(aws: Aws, deployment: EarlierDeployment): Promise<string> {
  const { to, names = paymentsNames, alias: Name = 'live', ends = 'succeeded' } = deployment
  const { lambda, codedeploy, clock } = aws
  const { functionName: FunctionName } = names
  const from = deployment.from ?? lambda.getAlias({ FunctionName, Name }).FunctionVersion
  const Properties = { Name: FunctionName, Alias: Name, CurrentVersion: from, TargetVersion: to }
  const content = JSON.stringify({
    version: '0.0',
    Resources: [{ [FunctionName]: { Type: 'AWS::Lambda::Function', Properties } }]
  })
  const { deploymentId } = codedeploy.createDeployment({
    applicationName: 'payments',
    deploymentGroupName: deployment.group ?? names.group,
    deploymentConfigName: `CodeDeployDefault.Lambda${ends === 'succeeded' ? 'AllAtOnce' : 'Canary10Percent5Minutes'}`,
    ...(deployment.description !== undefined && { description: deployment.description }),
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
  })
  const running = codedeploy.deployments.find(deploymentId)
  if (ends !== 'succeeded') {
    await clock.sleep(CANARY_STOPPED_MS)
    if (!running.ended)
      codedeploy.stopDeployment({ deploymentId, autoRollbackEnabled: ends === 'rolledBack' })
  }
  while (!running.ended) await clock.sleep(LOOK_EVERY_MS)
  const until = clock.now() + (ends === 'rolledBack' ? ROLLED_BACK_WITHIN_MS : 0)
  while (!running.rolledBackBy?.ended && clock.now() < until) await clock.sleep(LOOK_EVERY_MS)
  return deploymentId
}
