import type { Aws } from '../simulator/aws.ts'
import type { CodeDeploy } from '../simulator/codedeploy/codedeploy.ts'
import { ServiceError } from '../simulator/error.ts'
import { zip } from '../simulator/lambda/zip.ts'
import { appSpec } from '../src/appspec.ts'
import type { Chance } from './chance.ts'
import { type Moment, someMoment } from './moment.ts'

/** Somebody or something besides the runs of ours, and what it does to the account. */
export interface Actor {
  does: string
  at: Moment
  act(aws: Aws): void
}

export const group = { applicationName: 'payments', deploymentGroupName: 'payments-live' }
export const live = { FunctionName: 'payments-api', Name: 'live' }

/** Who else is about. */
export function someActors(chance: Chance): Actor[] {
  const actors: Actor[] = []
  const when = () => someMoment(chance)
  if (chance.is(0.12)) actors.push(mover(chance.pick(['3', '5', '6', '7', '8']), when(), chance.is(0.2)))
  if (chance.is(0.1)) actors.push(stopper(chance.pick([undefined, true, false]), when()))
  if (chance.is(0.1)) actors.push(alarm('ALARM', when()))
  if (chance.is(0.04)) actors.push(alarm('OK', when()))
  if (chance.is(0.03)) actors.push(updater(when()))
  if (chance.is(0.01)) actors.push(deleter(when()))
  if (chance.is(0.12))
    actors.push(
      deployer(chance.pick(['6', '5', '8']), chance.pick(configurations), { after: 'start', ms: 0 })
    )
  if (chance.is(0.05))
    actors.push(deployer(chance.pick(['6', '5', '8']), chance.pick(configurations), when()))
  return actors
}

const configurations = [
  'LambdaAllAtOnce',
  'LambdaCanary10Percent5Minutes',
  'LambdaLinear10PercentEvery1Minute'
] as const

export const mover = (version: string, at: Moment, split: boolean): Actor => ({
  does: `somebody moves the alias to ${split ? `7 and ${version}` : version}`,
  at,
  act: aws =>
    void aws.lambda.updateAlias({
      ...live,
      FunctionVersion: split ? '7' : version,
      RoutingConfig: { AdditionalVersionWeights: split && version !== '7' ? { [version]: 0.3 } : {} }
    })
})

export const stopper = (autoRollbackEnabled: boolean | undefined, at: Moment): Actor => ({
  does: `somebody stops the deployment (rollback: ${autoRollbackEnabled ?? 'as set'})`,
  at,
  act: aws => {
    for (const deploymentId of running(aws.codedeploy))
      aws.codedeploy.stopDeployment({
        deploymentId,
        ...(autoRollbackEnabled !== undefined && { autoRollbackEnabled })
      })
  }
})

export const alarm = (StateValue: 'ALARM' | 'OK', at: Moment): Actor => ({
  does: `the alarm goes to ${StateValue}`,
  at,
  act: aws =>
    void aws.alarms.setAlarmState({ AlarmName: 'payments-errors', StateValue, StateReason: 'the simulation' })
})

const updater = (at: Moment): Actor => ({
  does: 'somebody uploads other code',
  at,
  act: aws => void aws.lambda.updateFunctionCode({ FunctionName: 'payments-api', ZipFile: zip('release 9') })
})

const deleter = (at: Moment): Actor => ({
  does: 'somebody deletes the alias',
  at,
  act: aws => void aws.lambda.deleteAlias(live)
})

/** Somebody else's release, from what the alias serves at that moment. */
export const deployer = (targetVersion: string, configuration: string, at: Moment): Actor => ({
  does: `somebody else deploys version ${targetVersion} with ${configuration}`,
  at,
  act: aws => {
    const currentVersion = aws.lambda.getAlias(live).FunctionVersion ?? ''
    const { content } = appSpec({
      functionName: live.FunctionName,
      alias: live.Name,
      currentVersion,
      targetVersion,
      hooks: {}
    })
    aws.codedeploy.createDeployment({
      ...group,
      deploymentConfigName: `CodeDeployDefault.${configuration}`,
      description: 'somebody else',
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
    })
  }
})

/** Ids of the deployments of the group that are running. */
export const running = (codedeploy: CodeDeploy): readonly string[] =>
  codedeploy.listDeployments({ ...group, includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking'] })
    .deployments

/** What AWS refuses an actor is not done; nobody minds. Says whether it was done. */
export function actOn(aws: Aws, actor: Actor): boolean {
  try {
    actor.act(aws)
    return true
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return false
  }
}
