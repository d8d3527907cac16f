import { ofGroup } from './active.ts'
import { deployer } from './actors.ts'
import type { Chance } from './chance.ts'
import { release } from './inputs.ts'
import { calmMetrics } from './metrics.ts'
import type { Scene } from './scene.ts'
import { undisturbed } from './setting.ts'

/**
 * Now and then, a step is to replace what runs in the group, and that takes back what another step of this action has released. Drawn
 * apart, as all the others are.
 */
export function withRevertInTheWay(scene: Scene, chance: Chance): Scene {
  const [first, ...others] = scene.steps
  if (!first || scene.history || scene.functions.length > 1 || !chance.is(0.006)) return scene
  const [{ names, options }] = scene.functions
  const inputs = { ...release, ...ofGroup(first.inputs), 'if-in-progress': 'replace' }
  const at = { after: 'start', ms: 1 } as const
  return {
    ...scene,
    functions: [{ names, options: undisturbed(options) }],
    metrics: { ...calmMetrics },
    actors: [deployer('6', 'LambdaAllAtOnce', at, names, 'reverts d-FEDCBA987')],
    steps: [{ ...first, inputs, afterMs: chance.between(2, 2_000) }, ...others]
  }
}
