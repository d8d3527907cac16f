import type { Aws } from '../../simulator/aws.ts'
import { deployEarlier } from '../../simulator/earlier.ts'
import { ServiceError } from '../../simulator/error.ts'
import { addHook, roleArn } from '../../simulator/setting.ts'
import { appSpec } from '../../src/plan/appspec.ts'
import { type Beside, besideGroup, besideHook } from '../draw/beside.ts'

/** By then, whatever was begun has moved all traffic, and is in every list, ms. */
const settledMs = 20_000

/** Lets all of this happen. AWS may refuse some of it, and that is fine. */
export async function playBeside(besides: readonly Beside[], aws: Aws): Promise<void> {
  for (const beside of besides) {
    try {
      await happen(beside, aws)
    } catch (refusal) {
      if (!(refusal instanceof ServiceError)) throw refusal
    }
  }
  await aws.clock.sleep(settledMs)
}

async function happen({ of, from, deployed, running }: Beside, aws: Aws): Promise<void> {
  const { lambda, codedeploy } = aws
  const beta = { FunctionName: of.functionName, Name: 'beta' }
  const { Aliases } = lambda.listAliases(beta)
  if (Aliases.some(({ Name }) => Name === 'beta')) lambda.updateAlias({ ...beta, FunctionVersion: from })
  else lambda.createAlias({ ...beta, FunctionVersion: from })
  const ofGroup = { applicationName: 'payments', deploymentGroupName: besideGroup(of) }
  codedeploy.createDeploymentGroup({
    ...ofGroup,
    serviceRoleArn: roleArn(aws, 'CodeDeployLambda'),
    deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST'] }
  })
  codedeploy.applications.settle()
  for (const { to, ends } of deployed)
    await deployEarlier(aws, { names: of, alias: 'beta', group: besideGroup(of), to, ...(ends && { ends }) })
  if (!running) return
  addHook(aws, besideHook(of), running)
  const { FunctionVersion: currentVersion = '' } = lambda.getAlias(beta)
  const { content } = appSpec({
    functionName: of.functionName,
    alias: 'beta',
    currentVersion,
    targetVersion: running.to,
    hooks: { AfterAllowTraffic: besideHook(of) }
  })
  codedeploy.createDeployment({
    ...ofGroup,
    revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
  })
}
