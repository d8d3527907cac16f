import type { ErrorInformation } from '@aws-sdk/client-codedeploy'
import { type Names, namesOf, type PaymentsOptions, paymentsNames } from '../../simulator/setting.ts'
import {
  answers,
  deletionAnswers,
  metricsAnswers,
  otherAnswers,
  setUpAnswers,
  speedAnswers,
  type Uncertain
} from '../../simulator/uncertain.ts'
import { withActive } from './active.ts'
import { type Actor, someActors } from './actors.ts'
import { drawnApart } from './apart.ts'
import type { Beside } from './beside.ts'
import { Chance } from './chance.ts'
import { withCode } from './code.ts'
import { afterStop, someEarlyStop } from './earlystop.ts'
import {
  type FaultSchedule,
  someFaults,
  someForgetfulAnswers,
  someLateStops,
  someStalls,
  someWrongSignatures
} from './faultschedule.ts'
import { type GitHubScene, someGitHub, withArrival } from './github.ts'
import { type PastEvent, withHistory } from './history.ts'
import { hostileText } from './hostile.ts'
import { ofRun, type StepInputs, someInputs } from './inputs.ts'
import { withLateCreate } from './latecreate.ts'
import { manyFunctionsInputs } from './manyfunctions.ts'
import { gateFor, type MetricsScene, someClients, someMetrics } from './metrics.ts'
import { type Moment, someMoment } from './moment.ts'
import { type RoleScene, someRole } from './role.ts'
import { calm, someEmptiedAlias, someOlderVersions, someSetting } from './setting.ts'
import { someSkew } from './skew.ts'
import { withSlowLook } from './slowlook.ts'
import { withTests } from './tests.ts'

/** What GitHub's runner does to the step's process. */
export interface Signal {
  kind: 'SIGINT' | 'SIGKILL'
  /** At a moment, or right before the nth thing that main does to the world (a line, a state, a request). */
  at: Moment | { effect: number }
}

/** One run of the step. */
export interface Step {
  /** GITHUB_RUN_ID. */
  run: string
  /** When the step starts, in ms after the start of the world. */
  afterMs: number
  inputs: StepInputs
  /** How far the runner's clock is ahead of AWS's, ms. */
  skewMs: number
  /** How long after the step's start somebody, or a time server, sets the runner's clock. */
  clockIsSet?: { afterMs: number; byMs: number }
  signals: readonly Signal[]
  /** The runner's disk is full: nothing that is saved for post is kept. */
  stateIsLost?: boolean
  /** The job runs with debug logging. */
  debug?: boolean
}

/** A function of the service, and how it differs from the usual one. */
export interface Member {
  names: Names
  options: PaymentsOptions
}

/** Everything that a seed decides: the inputs, what AWS is like, and what else happens. */
export interface Scene {
  seed: number
  functions: readonly [Member, ...Member[]]
  /** What was done before the world begins. */
  history?: readonly PastEvent[]
  /** Aliases that no step releases. */
  besides?: readonly Beside[]
  uncertain: Partial<Uncertain>
  /** Half a round trip takes from `lowMs` to `highMs`. */
  latency: { lowMs: number; highMs: number }
  faults: FaultSchedule
  actors: readonly Actor[]
  rollbackFailure?: ErrorInformation
  /** Undefined: the job has credentials of its own. */
  role?: RoleScene
  /** Undefined: the step gets no token. */
  github?: GitHubScene
  metrics: MetricsScene
  steps: readonly Step[]
}

export function sceneFrom(seed: number): Scene {
  const scene = awsFrom(seed)
  // Drawn apart, so that the world of a seed without them stays as it is.
  const chance = new Chance(seed ^ 0x61_7b75)
  const role = someRole(chance)
  const github = someGitHub(chance)
  const debug = chance.is(0.05)
  const metering = new Chance(seed ^ 0x6d_7472)
  const metrics = someMetrics(metering)
  const inputs = { ...(role && { 'role-to-assume': role.arn }), ...github?.inputs }
  const whole: Scene = {
    ...scene,
    ...(role && { role }),
    ...(github && { github }),
    metrics,
    uncertain: { ...scene.uncertain, ...metrics.uncertain },
    faults: [...scene.faults, ...metrics.faults],
    functions: scene.functions.map(({ names, options }) => ({
      names,
      options: { ...options, clients: someClients(metering, metrics) }
    })) as [Member, ...Member[]],
    steps: scene.steps.map(step => ({
      ...step,
      inputs: { ...step.inputs, ...inputs, ...gateFor(step.inputs, metrics, metering) },
      ...(debug && { debug })
    }))
  }
  const released = withTests(withCode(whole, new Chance(seed ^ 0xf01de4)))
  const late = withLateCreate(withHistory(withArrival(released)), new Chance(seed ^ 0x1a_7e))
  const active = withActive(withSlowLook(late, new Chance(seed ^ 0x51_03)), new Chance(seed ^ 0xac_71fe))
  return drawnApart.reduce((drawn, [draw, salt]) => draw(drawn, new Chance(seed ^ salt)), active)
}

/** AWS, and what the step asks of it. */
function awsFrom(seed: number): Omit<Scene, 'metrics'> {
  const chance = new Chance(seed)
  const names = someNames(seed)
  const lowMs = chance.weighted([
    [25, 6],
    [5, 2],
    [400, 1]
  ])
  const stop = someEarlyStop(seed)
  const older = someOlderVersions(new Chance(seed ^ 0x01d_e4))
  const emptied = someEmptiedAlias(new Chance(seed ^ 0xe_3b7d))
  const scene: Omit<Scene, 'metrics'> = {
    seed,
    functions: names.map((each, index) => ({
      names: each,
      options: {
        ...(names.length > 1 && !chance.is(1.5 / names.length) ? calm(chance) : someSetting(chance)),
        ...older,
        ...(index === 0 && emptied)
      }
    })) as [Member, ...Member[]],
    uncertain: {
      ...someAnswers(
        chance,
        questions.filter(each => !codeQuestions.includes(each))
      ),
      ...someAnswers(new Chance(seed ^ 0xc0de), codeQuestions)
    },
    latency: { lowMs, highMs: lowMs * chance.pick([1, 2, 5]) },
    faults: [
      ...someFaults(chance),
      ...someStalls(new Chance(seed ^ 0x57_a11)),
      ...someLateStops(new Chance(seed ^ 0x57_0b5)),
      ...someForgetfulAnswers(new Chance(seed ^ 0xf0_59e7)),
      ...someWrongSignatures(new Chance(seed ^ 0x51_67))
    ],
    actors: someActors(chance, names),
    ...(chance.is(0.04) && { rollbackFailure: { code: 'INTERNAL_ERROR', message: hostileText(chance) } }),
    steps: someSteps(chance, names).map((step, index) =>
      withFullDisk(withSetClock(step, seed + index), seed + index)
    )
  }
  return stop === undefined ? scene : afterStop(scene, stop)
}

/** Most services have one function. The number is drawn from a separate source, so that it does not change the rest of the world. */
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

type Functions = readonly [Names, ...Names[]]

function someSteps(chance: Chance, functions: Functions): Step[] {
  const first = someStep(chance, '4711', 0, functions)
  if (!chance.is(0.15)) return [first]
  const afterMs = chance.weighted([
    [0, 3],
    [chance.spread(100, 600_000), 4]
  ])
  const second = someStep(chance, '4712', afterMs, functions)
  // The same workflow again, as after two pushes in a row.
  return [first, chance.is(0.5) ? { ...second, inputs: ofRun(first.inputs, '4712') } : second]
}

function someStep(chance: Chance, run: string, afterMs: number, functions: Functions): Step {
  return {
    run,
    afterMs,
    inputs:
      functions.length > 1 && !chance.is(0.1)
        ? manyFunctionsInputs(chance, run, functions)
        : someInputs(chance, run),
    skewMs: chance.is(0.2) ? someSkew(chance) : 0,
    signals: someSignals(chance, functions.length)
  }
}

/** Drawn apart, so that the other worlds stay as they are. */
function withSetClock(step: Step, seed: number): Step {
  const chance = new Chance(seed ^ 0xc10c)
  if (!chance.is(0.06)) return step
  return { ...step, clockIsSet: { afterMs: chance.spread(100, 900_000), byMs: someSkew(chance) } }
}

/** Drawn apart, as above. */
const withFullDisk = (step: Step, seed: number): Step =>
  new Chance(seed ^ 0xd15c).is(0.01) ? { ...step, stateIsLost: true } : step

function someSignals(chance: Chance, functions: number): Signal[] {
  const signals: Signal[] = []
  const at = (): Signal['at'] =>
    chance.is(0.35) ? { effect: chance.spread(1, 400 * functions) } : someMoment(chance, functions)
  if (chance.is(0.25)) signals.push({ kind: 'SIGINT', at: at() })
  if (chance.is(0.12)) signals.push({ kind: 'SIGKILL', at: at() })
  return signals
}

const apart: readonly string[] = [
  ...metricsAnswers,
  ...otherAnswers,
  ...deletionAnswers,
  ...setUpAnswers,
  ...speedAnswers
]
const questions = (Object.keys(answers) as (keyof Uncertain)[]).filter(each => !apart.includes(each))
/** Drawn apart, so that the world of a seed stays as it was before they were asked. */
const codeQuestions: readonly (keyof Uncertain)[] = ['architecturesLeftOut', 'sourceKeyLeftOut', 'dryRun']

/** Where nobody outside AWS knows the answer, any may come. */
function someAnswers(chance: Chance, asked: readonly (keyof Uncertain)[]): Partial<Uncertain> {
  const chosen: Record<string, unknown> = {}
  for (const question of asked) {
    const values = answers[question]
    if (chance.is(0.25)) chosen[question] = values[chance.between(0, values.length - 1)]
  }
  return chosen as Partial<Uncertain>
}
