import { ofGroup } from './active.ts'
import { deployer, stopper } from './actors.ts'
import type { Chance } from './chance.ts'
import { release } from './inputs.ts'
import type { Scene } from './scene.ts'
import { undisturbed } from './setting.ts'

/**
 * Now and then, the same run has deployed the same a moment ago, in a step that failed, and the answer to CreateDeployment is lost, or the
 * process is killed before it comes: what is looked for then is not what the earlier step has left. Drawn apart, as all the others are.
 */
export function withEarlierStep(scene: Scene, chance: Chance): Scene {
  const [first, ...others] = scene.steps
  if (!first || scene.history || scene.functions.length > 1 || !chance.is(0.015)) return scene
  const [{ names, options }] = scene.functions
  const stoppedMs = chance.between(1_600, 4_000)
  const isKilled = chance.is(0.5)
  const killed = { kind: 'SIGKILL' as const, at: { after: 'ask' as const, ms: chance.between(50, 2_000) } }
  const description = `acme/payments@1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d run ${first.run}.1`
  return {
    ...scene,
    functions: [{ names, options: undisturbed(options) }],
    faults: [
      ...(isKilled
        ? [{ operation: 'CreateDeployment', kind: 'slow' as const, ms: chance.between(2_500, 15_000) }]
        : [
            { operation: 'CreateDeployment', kind: chance.pick(['dropBefore', 'serverErrorBefore'] as const) }
          ]),
      ...(chance.is(0.3) ? scene.faults : [])
    ],
    actors: [
      deployer('6', 'LambdaCanary10Percent5Minutes', { after: 'start', ms: 1 }, names, description),
      stopper(true, { after: 'start', ms: stoppedMs }, names)
    ],
    steps: [
      {
        ...first,
        inputs: { ...release, ...ofGroup(first.inputs), 'target-version': '6' },
        // The rollback is over, and the runner has begun the next step.
        afterMs: stoppedMs + chance.spread(3_000, 40_000),
        signals: isKilled ? [killed] : first.signals
      },
      ...others
    ]
  }
}
