import { ofGroup } from './active.ts'
import { deployer } from './actors.ts'
import type { Chance } from './chance.ts'
import { calmMetrics } from './metrics.ts'
import type { Member, Scene } from './scene.ts'
import { undisturbed } from './setting.ts'

/**
 * Now and then, a step with a gate begins to watch when a canary that somebody else has begun is half over or more, and fails a lot: it
 * has to judge with what is left of the time. Drawn apart, as all the others are.
 */
export function withLateGate(scene: Scene, chance: Chance): Scene {
  const [first, ...others] = scene.steps
  if (!first || scene.history || scene.functions.length > 1 || !chance.is(0.01)) return scene
  const [{ names, options }] = scene.functions
  const gate = { 'max-error-rate': chance.pick(['5', '+2']), 'min-invocations': '5' }
  const clients = { live: chance.spread(200, 2_000), errors: { 6: chance.pick([0.3, 1]) } }
  const member: Member = {
    names,
    options: { ...undisturbed(options), clients }
  }
  return {
    ...scene,
    functions: [member],
    metrics: { ...calmMetrics, gate },
    faults: chance.is(0.3) ? scene.faults : [],
    actors: [deployer('6', 'LambdaCanary10Percent5Minutes', { after: 'start', ms: 1 }, names)],
    steps: [
      {
        ...first,
        inputs: { ...ofGroup(first.inputs), 'deployment-id': 'active', ...gate },
        // Mostly when the last usual moment to ask has just passed.
        afterMs: chance.is(0.6) ? chance.between(267_000, 277_000) : chance.between(190_000, 280_000)
      },
      ...others
    ]
  }
}
