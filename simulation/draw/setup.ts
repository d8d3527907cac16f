import type { CreateDeploymentGroupCommandInput } from '@aws-sdk/client-codedeploy'
import type { Aws } from '../../simulator/aws.ts'
import { ServiceError } from '../../simulator/error.ts'
import type { Fault, FaultKind } from '../../simulator/faults.ts'
import { paymentsNames } from '../../simulator/setting.ts'
import { answers } from '../../simulator/uncertain.ts'
import type { Actor } from './actors.ts'
import type { Chance } from './chance.ts'
import { requestTimeoutMs } from './faultschedule.ts'
import { ofRun, type StepInputs } from './inputs.ts'
import type { Scene, Signal, Step } from './scene.ts'

/** That of the groups that exist. */
const usual = 'arn:aws:iam::123456789012:role/CodeDeployLambda'

const roles: [string, number][] = [
  [usual, 16],
  ['arn:aws:iam::123456789012:role/another', 2],
  ['arn:aws:iam::123456789012:role/NoTrust', 1],
  ['arn:aws:iam::999999999999:role/elsewhere', 1]
]

/** Whether CodeDeploy lacked something when the world began. */
export const isIncomplete = ({ functions }: Scene): boolean =>
  functions.some(({ options }) => options.codedeploy !== undefined)

/**
 * Now and then, CodeDeploy has no group for the functions, perhaps not even the application, and the step is to create it. Drawn apart, so
 * that the other worlds stay as they are.
 */
export function withSetUp(scene: Scene, chance: Chance): Scene {
  const isWatch = scene.steps.some(({ inputs }) => inputs['deployment-id'])
  if (!chance.is(0.1) || isWatch || scene.history) return scene
  const codedeploy = chance.weighted<'nothing' | 'application' | undefined>([
    ['nothing', 6],
    ['application', 3],
    [undefined, 1]
  ])
  const isShort = codedeploy !== undefined && scene.functions.length === 1 && chance.is(0.5)
  const role = chance.weighted(roles)
  const [first, ...others] = scene.functions.map(({ names, options }) => ({
    names: isShort ? { ...names, group: 'live' } : names,
    options: { ...options, ...(codedeploy && { codedeploy }) }
  }))
  if (!first) return scene
  const steps = someSteps(chance, scene.steps).map(step => ({
    ...step,
    inputs: isShort ? short(step.inputs, role) : withRole(step.inputs, chance.is(0.9) ? role : undefined),
    signals: [...step.signals, ...someSignals(chance)]
  }))
  return {
    ...scene,
    functions: [first, ...others],
    steps,
    uncertain: { ...scene.uncertain, ...(chance.is(0.5) && { newGroupMs: chance.pick(lateness) }) },
    faults: [...someFaults(chance), ...scene.faults],
    actors: [
      ...scene.actors,
      ...(codedeploy && chance.is(0.2) ? [creator(chance, isShort, first.names.group)] : [])
    ]
  }
}

const lateness = answers.newGroupMs as [number, ...number[]]

const withRole = (inputs: StepInputs, role: string | undefined): StepInputs =>
  role === undefined ? inputs : { ...inputs, 'codedeploy-service-role': role }

/** The names are left out: the step knows what to call them. */
function short(inputs: StepInputs, role: string): StepInputs {
  const { 'codedeploy-application': _, 'codedeploy-deployment-group': __, ...rest } = inputs
  return withRole(rest, role)
}

/** The same again at about the same time, more often than elsewhere. */
function someSteps(chance: Chance, steps: readonly Step[]): readonly Step[] {
  const [first] = steps
  if (!first || steps.length > 1 || !chance.is(0.3)) return steps
  const afterMs = chance.is(0.5) ? 0 : chance.spread(1, 5_000)
  return [first, { ...first, run: '4712', afterMs, inputs: ofRun(first.inputs, '4712'), signals: [] }]
}

function someSignals(chance: Chance): Signal[] {
  if (!chance.is(0.12)) return []
  const ms = chance.spread(1, 20_000)
  return [{ kind: chance.is(0.7) ? 'SIGINT' : 'SIGKILL', at: { after: 'setup', ms } }]
}

const kinds: [FaultKind, number][] = [
  ['throttle', 3],
  ['serverErrorBefore', 2],
  ['serverErrorAfter', 4],
  ['dropBefore', 2],
  ['dropAfter', 5],
  ['timeout', 2],
  ['slow', 4],
  ['stall', 2],
  ['html', 2],
  ['emptyJson', 2],
  ['accessDenied', 1]
]

function someFaults(chance: Chance): Fault[] {
  if (chance.is(0.5)) return []
  const kind = chance.weighted(kinds)
  return [
    {
      operation: chance.weighted([
        ['CreateApplication', 3],
        ['CreateDeploymentGroup', 4],
        ['GetDeploymentGroup', 1],
        ['ListDeploymentGroups', 1]
      ]),
      kind,
      skip: chance.is(0.7) ? 0 : chance.between(1, 3),
      times: kind === 'accessDenied' ? Number.POSITIVE_INFINITY : chance.between(1, 5),
      ...(kind === 'timeout' && { ms: requestTimeoutMs }),
      ...(kind === 'slow' && { ms: chance.spread(100, 15_000) })
    }
  ]
}

/** Somebody else creates it in the same seconds, in their own way. */
function creator(chance: Chance, isShort: boolean, deploymentGroupName: string): Actor {
  const applicationName = isShort ? paymentsNames.functionName : 'payments'
  const serviceRoleArn = chance.weighted([
    [usual, 1],
    ['arn:aws:iam::123456789012:role/theirs', 2]
  ])
  const deploymentConfigName = chance.pick([
    'CodeDeployDefault.LambdaAllAtOnce',
    'CodeDeployDefault.LambdaLinear10PercentEvery1Minute'
  ])
  return {
    does: `somebody creates group ${applicationName}/${deploymentGroupName} with ${serviceRoleArn}`,
    at: { after: 'start', ms: chance.spread(50, 30_000) },
    act: aws =>
      createGroup(aws, {
        applicationName,
        deploymentGroupName,
        serviceRoleArn,
        deploymentConfigName,
        deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' }
      })
  }
}

function createGroup({ codedeploy }: Aws, group: CreateDeploymentGroupCommandInput): void {
  try {
    codedeploy.createApplication({ applicationName: group.applicationName, computePlatform: 'Lambda' })
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
  }
  codedeploy.applications.settle()
  codedeploy.createDeploymentGroup(group)
}
