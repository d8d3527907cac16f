import { deployer, stopper, type Written } from './actors.ts'
import type { Chance } from './chance.ts'
import { leavings, newestDeployment, release, type StepInputs, some } from './inputs.ts'
import type { Scene, Step } from './scene.ts'

/** What a step that only watches may be given beside the group. */
const kept: readonly string[] = [
  'codedeploy-application',
  'codedeploy-deployment-group',
  'role-to-assume',
  'github-token',
  'github-environment',
  'if-outdated',
  'max-error-rate',
  'min-invocations',
  'if-no-traffic',
  'wait-for-minutes'
]

const configurations = [
  'LambdaAllAtOnce',
  'LambdaCanary10Percent5Minutes',
  'LambdaLinear10PercentEvery1Minute'
] as const

/**
 * In some worlds, a step watches what is active in the group. Mostly somebody has begun a deployment, or begins one soon. Drawn apart, so
 * that no other world is changed.
 */
export function withActive(scene: Scene, chance: Chance): Scene {
  if (scene.history || !chance.is(0.025)) return scene
  const [first, ...others] = scene.steps
  if (!first) return scene
  const [{ names }] = scene.functions
  // It may be over shortly before the step begins.
  const isEarly = chance.is(0.3)
  const begins = isEarly ? chance.between(1, 5_000) : chance.spread(1, 330_000)
  const target = chance.pick(['6', '5'])
  const configuration = isEarly ? 'LambdaAllAtOnce' : chance.pick(configurations)
  const stops = stopper(
    chance.pick([true, false]),
    { after: 'start', ms: begins + chance.spread(100, 60_000) },
    names
  )
  const isBegun = chance.is(0.8)
  // Then a rollback runs, and the step may begin while it does.
  const isStopped = chance.is(0.15)
  const step = {
    ...watching(first, chance),
    afterMs: isEarly ? chance.between(15_000, 55_000) : chance.is(0.6) ? 0 : chance.spread(100, 400_000)
  }
  const written: Written = {
    format: chance.pick(['JSON', 'YAML']),
    ...(chance.is(0.4) && { hooks: { AfterAllowTraffic: names.after } })
  }
  const at = { after: 'start', ms: begins } as const
  const somebody = deployer(target, configuration, at, names, undefined, written)
  return {
    ...scene,
    actors: [...scene.actors, ...(isBegun ? [somebody] : []), ...(isStopped ? [stops] : [])],
    steps: [step, ...others]
  }
}

const watching = (step: Step, chance: Chance): Step => ({
  ...step,
  inputs: {
    ...ofGroup(step.inputs),
    'deployment-id': 'active',
    ...some(chance, 'if-interrupted', 0.5, leavings)
  }
})

/** Of these inputs, what a step that only watches may be given, with the names of the group. */
export const ofGroup = (inputs: StepInputs): StepInputs =>
  Object.fromEntries(
    Object.entries({ ...release, ...(inputs['deployment-id'] === newestDeployment ? {} : inputs) }).filter(
      ([name]) => kept.includes(name)
    )
  )
