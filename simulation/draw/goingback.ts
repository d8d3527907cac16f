import { deployer, mover } from './actors.ts'
import type { Chance } from './chance.ts'
import { markOfNewer, markOfOlder } from './github.ts'
import { calmMetrics } from './metrics.ts'
import type { Scene } from './scene.ts'
import { undisturbed } from './setting.ts'

/**
 * Now and then, the newest commit is bad, and somebody goes back from it: all traffic has moved, and a hook runs. An older commit's step is
 * to replace what it meets, and to release over nothing newer. Nothing excuses it. Drawn apart, as all the others are.
 */
export function withGoingBack(scene: Scene, chance: Chance): Scene {
  const { github, functions, steps } = scene
  const [first] = steps
  const [{ names, options }] = functions
  const mayCallOff = ['fail', 'skip'].includes(github?.inputs['if-outdated'] ?? '')
  if (!first || !github || !mayCallOff || functions.length > 1 || scene.history || !chance.is(0.1))
    return scene
  const hooks = { AfterAllowTraffic: names.after }
  const { 'deployment-id': _, 'target-version': __, weight: ___, 'dry-run': ____, ...inputs } = first.inputs
  return {
    ...scene,
    github: {
      ...github,
      live: markOfOlder,
      arriving: markOfNewer,
      latency: { lowMs: 40, highMs: 80 },
      faults: []
    },
    functions: [{ names, options: { ...undisturbed(options), after: { seconds: chance.between(60, 600) } } }],
    metrics: calmMetrics,
    faults: [],
    actors: [
      mover('8', { after: 'start', ms: 0 }, false, names),
      deployer('7', 'LambdaAllAtOnce', { after: 'start', ms: 1 }, names, 'somebody goes back', { hooks })
    ],
    steps: [
      {
        ...first,
        inputs: { ...inputs, 'if-in-progress': 'replace' },
        afterMs: chance.between(1_000, 30_000),
        signals: []
      }
    ]
  }
}
