import type { Aws } from '../../simulator/aws.ts'
import type { CodeDeploy } from '../../simulator/codedeploy/codedeploy.ts'
import { ServiceError } from '../../simulator/error.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { type Names, paymentsNames } from '../../simulator/setting.ts'
import { type AppSpecContent, appSpec } from '../../src/plan/appspec.ts'
import type { Chance } from './chance.ts'
import { type Moment, someMoment } from './moment.ts'

/** Somebody or something other than our runs, and what it does to the account. */
export interface Actor {
  does: string
  at: Moment
  act(aws: Aws): void
}

export const groupOf = ({ group }: Names) => ({ applicationName: 'payments', deploymentGroupName: group })
const aliasOf = ({ functionName }: Names) => ({ FunctionName: functionName, Name: 'live' })

/** Who else is active: each of them interferes with one of the functions. */
export function someActors(chance: Chance, functions: readonly [Names, ...Names[]]): Actor[] {
  const actors: Actor[] = []
  const when = () => someMoment(chance, functions.length)
  const whose = () => (functions.length > 1 ? chance.pick(functions) : functions[0])
  if (chance.is(0.12))
    actors.push(mover(chance.pick(['3', '5', '6', '7', '8']), when(), chance.is(0.2), whose()))
  if (chance.is(0.1)) actors.push(stopper(chance.pick([undefined, true, false]), when(), whose()))
  if (chance.is(0.1)) actors.push(alarm('ALARM', when(), whose()))
  if (chance.is(0.04)) actors.push(alarm('OK', when(), whose()))
  if (chance.is(0.03)) actors.push(updater(when(), whose()))
  if (chance.is(0.01)) actors.push(deleter(when(), whose()))
  if (chance.is(0.12))
    actors.push(
      deployer(
        chance.pick(['6', '5', '8']),
        chance.pick(configurations),
        { after: 'start', ms: 0 },
        whose(),
        somebody(chance)
      )
    )
  if (chance.is(0.05))
    actors.push(
      deployer(chance.pick(['6', '5', '8']), chance.pick(configurations), when(), whose(), somebody(chance))
    )
  return actors
}

/** Some are an earlier attempt of the run, which is no other: what it began is the run's own. */
const somebody = (chance: Chance): string =>
  chance.is(0.3) ? 'acme/payments@1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d run 4711.0' : 'somebody else'

const configurations = [
  'LambdaAllAtOnce',
  'LambdaCanary10Percent5Minutes',
  'LambdaLinear10PercentEvery1Minute'
] as const

export const mover = (version: string, at: Moment, split: boolean, of: Names = paymentsNames): Actor => ({
  does: `somebody moves the alias of ${of.functionName} to ${split ? `7 and ${version}` : version}`,
  at,
  act: aws =>
    void aws.lambda.updateAlias({
      ...aliasOf(of),
      FunctionVersion: split ? '7' : version,
      RoutingConfig: { AdditionalVersionWeights: split && version !== '7' ? { [version]: 0.3 } : {} }
    })
})

export const stopper = (
  autoRollbackEnabled: boolean | undefined,
  at: Moment,
  of: Names = paymentsNames
): Actor => ({
  does: `somebody stops the deployment in ${of.group} (rollback: ${autoRollbackEnabled ?? 'as set'})`,
  at,
  act: aws => {
    for (const deploymentId of running(aws.codedeploy, of))
      aws.codedeploy.stopDeployment({
        deploymentId,
        ...(autoRollbackEnabled !== undefined && { autoRollbackEnabled })
      })
  }
})

export const alarm = (StateValue: 'ALARM' | 'OK', at: Moment, of: Names = paymentsNames): Actor => ({
  does: `alarm ${of.alarm} goes to ${StateValue}`,
  at,
  act: aws =>
    void aws.alarms.setAlarmState({ AlarmName: of.alarm, StateValue, StateReason: 'the simulation' })
})

const updater = (at: Moment, of: Names): Actor => ({
  does: `somebody uploads other code to ${of.functionName}`,
  at,
  act: aws => void aws.lambda.updateFunctionCode({ FunctionName: of.functionName, ZipFile: zip('release 9') })
})

const deleter = (at: Moment, of: Names): Actor => ({
  does: `somebody deletes the alias of ${of.functionName}`,
  at,
  act: aws => void aws.lambda.deleteAlias(aliasOf(of))
})

export interface Written {
  /** How the AppSpec is written. */
  format?: 'JSON' | 'YAML'
  hooks?: Readonly<Record<string, string>>
}

/** Somebody else's release, starting from what the alias serves at that moment. */
export const deployer = (
  targetVersion: string,
  configuration: string,
  at: Moment,
  of: Names,
  description = 'somebody else',
  { format = 'JSON', hooks = {} }: Written = {}
): Actor => ({
  does: `somebody else deploys version ${targetVersion} of ${of.functionName} with ${configuration}`,
  at,
  act: aws => {
    const currentVersion = aws.lambda.getAlias(aliasOf(of)).FunctionVersion ?? ''
    const spec = { functionName: of.functionName, alias: 'live', currentVersion, targetVersion, hooks }
    const content = format === 'JSON' ? appSpec(spec).content : yamlOf(spec)
    aws.codedeploy.createDeployment({
      ...groupOf(of),
      deploymentConfigName: `CodeDeployDefault.${configuration}`,
      description,
      revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }
    })
  }
})

/** As people write an AppSpec by hand. */
const yamlOf = ({ functionName, alias, currentVersion, targetVersion, hooks }: AppSpecContent): string =>
  `version: 0.0
Resources:
  - ${functionName}:
      Type: AWS::Lambda::Function
      Properties:
        Name: "${functionName}"
        Alias: "${alias}"
        CurrentVersion: "${currentVersion}"
        TargetVersion: "${targetVersion}"
Hooks: [${Object.entries(hooks)
    .map(([event, hook]) => `{ ${event}: "${hook}" }`)
    .join(', ')}]
`

/** The ids of the group's running deployments. */
export const running = (codedeploy: CodeDeploy, of: Names): readonly string[] =>
  codedeploy.listDeployments({
    ...groupOf(of),
    includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking']
  }).deployments

/** Lets an actor act, and returns whether it could: AWS may refuse, and that is fine. */
export function actOn(aws: Aws, actor: Actor): boolean {
  try {
    actor.act(aws)
    return true
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return false
  }
}
