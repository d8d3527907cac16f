import { deployer, stopper } from './actors.ts'
import type { Chance } from './chance.ts'
import type { StepInputs } from './inputs.ts'
import { calmMetrics } from './metrics.ts'
import type { Member, Scene } from './scene.ts'
import { releaseAll } from './together.ts'

/** Why the second function keeps the step from beginning; it may wait for a success that does not come. */
const reasons: readonly [StepInputs, ...StepInputs[]] = [
  { 'if-in-progress': 'fail' },
  { 'if-in-progress': 'wait', 'current-version': '6' },
  { 'if-in-progress': 'replace', 'current-version': '6' }
]

/**
 * Now and then, somebody's canaries of two functions are running. For one, the step is to replace it; what the other one waits for, it
 * does not get. Drawn apart, as all the others are.
 */
export function withWaitingSibling(scene: Scene, chance: Chance): Scene {
  const { functions, steps } = scene
  const [first] = steps
  const [one, sibling] = functions
  if (!first || !sibling || scene.history || !chance.is(0.05)) return scene
  const reason = chance.pick(reasons)
  const canaries = [one, sibling].map(({ names }) =>
    deployer('6', 'LambdaCanary10Percent5Minutes', { after: 'start', ms: 1 }, names)
  )
  const isStopped = stopper(true, { after: 'start', ms: chance.between(30_000, 250_000) }, sibling.names)
  const inputs = releaseAll(scene, 'Canary10Percent5Minutes', name =>
    name === sibling.names.functionName
      ? reason
      : name === one.names.functionName
        ? { 'if-in-progress': 'replace' }
        : {}
  )
  return {
    ...scene,
    functions: functions.map(({ names }) => ({ names, options: {} })) as [Member, ...Member[]],
    metrics: calmMetrics,
    faults: chance.is(0.3) ? scene.faults : [],
    actors: [...canaries, ...(reason['current-version'] ? [isStopped] : [])],
    steps: [{ ...first, inputs, afterMs: chance.between(4_000, 20_000), signals: [] }]
  }
}
