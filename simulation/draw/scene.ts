import type { ErrorInformation } from '@aws-sdk/client-codedeploy'
import {
  type HookOptions,
  type Names,
  namesOf,
  type PaymentsOptions,
  paymentsNames
} from '../../simulator/setting.ts'
import { answers, type Uncertain } from '../../simulator/uncertain.ts'
import { type Actor, someActors } from './actors.ts'
import { Chance } from './chance.ts'
import { afterStop, someEarlyStop } from './earlystop.ts'
import { type FaultSchedule, someFaults } from './faultschedule.ts'
import { hostileText } from './hostile.ts'
import { type StepInputs, someInputs } from './inputs.ts'
import { manyFunctionsInputs } from './manyfunctions.ts'
import { type Moment, someMoment } from './moment.ts'

/** What GitHub's runner does to the step's process. */
export interface Signal {
  kind: 'SIGINT' | 'SIGKILL'
  /** At a moment, or right before the so-manieth thing that main does to the world (a line, a state, a request). */
  at: Moment | { effect: number }
}

/** One run of the step. */
export interface Step {
  /** GITHUB_RUN_ID. */
  run: string
  /** After the world's start, ms. */
  afterMs: number
  inputs: StepInputs
  /** How far the runner's clock is ahead of AWS's, ms. */
  skewMs: number
  signals: readonly Signal[]
}

/** A function of the service, and how it differs from the usual one. */
export interface Member {
  names: Names
  options: PaymentsOptions
}

/** All that a seed decides: what is asked for, what AWS is like, and what happens meanwhile. */
export interface Scene {
  seed: number
  functions: readonly [Member, ...Member[]]
  uncertain: Partial<Uncertain>
  /** Half a round trip takes from `lowMs` to `highMs`. */
  latency: { lowMs: number; highMs: number }
  faults: FaultSchedule
  actors: readonly Actor[]
  rollbackFailure?: ErrorInformation
  steps: readonly Step[]
}

export function sceneFrom(seed: number): Scene {
  const chance = new Chance(seed)
  const names = someNames(seed)
  const lowMs = chance.weighted([
    [25, 6],
    [5, 2],
    [400, 1]
  ])
  const stop = someEarlyStop(seed)
  const scene: Scene = {
    seed,
    functions: names.map(each => ({
      names: each,
      options: names.length > 1 && !chance.is(1.5 / names.length) ? calm(chance) : someSetting(chance)
    })) as [Member, ...Member[]],
    uncertain: someAnswers(chance),
    latency: { lowMs, highMs: lowMs * chance.pick([1, 2, 5]) },
    faults: someFaults(chance),
    actors: someActors(chance, names),
    ...(chance.is(0.04) && { rollbackFailure: { code: 'INTERNAL_ERROR', message: hostileText(chance) } }),
    steps: someSteps(chance, names)
  }
  return stop === undefined ? scene : afterStop(scene, stop)
}

/** Most services are of one function. How many there are is drawn apart, so that the world of one is not changed by the others. */
function someNames(seed: number): [Names, ...Names[]] {
  const chance = new Chance(seed ^ 0x5e4e_4a1)
  if (!chance.is(0.2)) return [paymentsNames]
  const more = chance.weighted([
    [1, 8],
    [2, 6],
    [chance.between(3, 6), 3],
    [chance.between(7, 29), 1]
  ])
  return [paymentsNames, ...Array.from({ length: more }, (_, index) => namesOf(`service-${index + 2}`))]
}

/** Nothing is odd about it. With many odd functions, one would always be refused, and nothing would ever begin. */
const calm = (chance: Chance): PaymentsOptions => ({
  before: { seconds: chance.spread(1, 300) },
  after: { seconds: chance.spread(1, 300) }
})

type Functions = readonly [Names, ...Names[]]

function someSteps(chance: Chance, functions: Functions): Step[] {
  const first = someStep(chance, '4711', 0, functions)
  if (!chance.is(0.15)) return [first]
  const afterMs = chance.weighted([
    [0, 3],
    [chance.spread(100, 600_000), 4]
  ])
  const second = someStep(chance, '4712', afterMs, functions)
  // The same workflow once more: what two pushes in a row do.
  return [first, chance.is(0.5) ? { ...second, inputs: ofRun(first.inputs, '4712') } : second]
}

const ofRun = (inputs: StepInputs, run: string): StepInputs =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, value.replaceAll('4711', run)]))

function someStep(chance: Chance, run: string, afterMs: number, functions: Functions): Step {
  return {
    run,
    afterMs,
    inputs:
      functions.length > 1 && !chance.is(0.1)
        ? manyFunctionsInputs(chance, run, functions)
        : someInputs(chance, run),
    skewMs: chance.is(0.2) ? chance.between(-45_000, 45_000) : 0,
    signals: someSignals(chance, functions.length)
  }
}

function someSignals(chance: Chance, functions: number): Signal[] {
  const signals: Signal[] = []
  const at = (): Signal['at'] =>
    chance.is(0.35) ? { effect: chance.spread(1, 400 * functions) } : someMoment(chance, functions)
  if (chance.is(0.25)) signals.push({ kind: 'SIGINT', at: at() })
  if (chance.is(0.12)) signals.push({ kind: 'SIGKILL', at: at() })
  return signals
}

function someSetting(chance: Chance): PaymentsOptions {
  const version = chance.weighted<PaymentsOptions['version']>([
    ['active', 88],
    ['pending', 8],
    ['failed', 4]
  ])
  return {
    before: someHook(chance),
    after: someHook(chance),
    alias: chance.weighted([
      ['plain', 88],
      ['weighted', 4],
      ['$LATEST', 2],
      ['missing', 6]
    ]),
    alarm: chance.weighted([
      ['OK', 90],
      ['ALARM', 4],
      ['INSUFFICIENT_DATA', 4],
      ['missing', 2]
    ]),
    ...(version && { version }),
    ...(version !== 'active' && { pendingSeconds: chance.spread(1, 2_400) }),
    ...(chance.is(0.05) && { updatingSeconds: chance.spread(1, 1_200) }),
    otherRole: chance.is(0.03),
    unchanged: chance.is(0.05),
    group: someGroup(chance)
  }
}

function someGroup(chance: Chance): NonNullable<PaymentsOptions['group']> {
  return {
    ...(chance.is(0.1) && { autoRollbackConfiguration: { enabled: false } }),
    ...(chance.is(0.1) && { alarmConfiguration: { enabled: false, alarms: [] } }),
    ...(chance.is(0.03) && { deploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes' }),
    ...(chance.is(0.02) && { serviceRoleArn: 'arn:aws:iam::123456789012:role/NoLambda' })
  }
}

function someHook(chance: Chance): HookOptions {
  const behaviour = chance.weighted<NonNullable<HookOptions['behaviour']>>([
    ['succeed', 65],
    ['fail', 25],
    ['throw', 2],
    ['silent', 1],
    ['late', 1]
  ])
  return {
    behaviour,
    seconds: chance.spread(1, 300),
    ...(chance.is(0.5) && { log: `${hostileText(chance)}\n${hostileText(chance)}` })
  }
}

/** Where nobody outside AWS knows the answer, any may come. */
function someAnswers(chance: Chance): Partial<Uncertain> {
  const chosen: Record<string, unknown> = {}
  for (const [behaviour, values] of Object.entries(answers))
    if (chance.is(0.25)) chosen[behaviour] = values[chance.between(0, values.length - 1)]
  return chosen as Partial<Uncertain>
}
