import type { Chance } from './chance.ts'
import { gatedCanary } from './gatedcanary.ts'
import { calmMetrics } from './metrics.ts'
import type { Scene } from './scene.ts'
import { undisturbed } from './setting.ts'

const minute = 60_000

/**
 * Now and then, a version begins to fail in the last minutes of a shift of hours, and there is a gate: CloudWatch shows that just before
 * the last step, or just after it. Drawn apart, as all the others are.
 */
export function withLongGate(scene: Scene, chance: Chance): Scene {
  const [first] = scene.steps
  if (!first || scene.history || scene.functions.length > 1 || !chance.is(0.008)) return scene
  const [{ names, options }] = scene.functions
  const minutes = chance.between(61, 150)
  const { gate, inputs } = gatedCanary(first.inputs, minutes, chance.pick(['0', '+0']))
  const clients = { live: chance.spread(200, 2_000) }
  const begins = { after: 'create' as const, ms: minutes * minute - chance.between(3 * minute, 5 * minute) }
  return {
    ...scene,
    functions: [
      {
        names,
        options: { ...undisturbed(options), clients }
      }
    ],
    uncertain: { ...scene.uncertain, metricsLateMs: chance.pick([0, 20_000, 60_000]) },
    metrics: { ...calmMetrics, gate },
    faults: chance.is(0.2) ? scene.faults : [],
    actors: [
      {
        does: `the new version of ${names.functionName} begins to fail`,
        at: begins,
        act: aws => aws.metrics.traffic.fails(names.functionName, '8', 1)
      }
    ],
    steps: [{ ...first, inputs, signals: [] }]
  }
}
