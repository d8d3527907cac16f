import { deployer, stopper } from './actors.ts'
import type { Chance } from './chance.ts'
import { release } from './inputs.ts'
import { calmMetrics } from './metrics.ts'
import type { Scene } from './scene.ts'
import { undisturbed } from './setting.ts'

/**
 * Rarely, somebody stops the step's canary with rollback and begins a release of their own as soon as the group is free, as
 * `if-in-progress: replace` does: when the step looks again, that one may already have the alias. Drawn apart, as all the others are.
 */
export function withTakenOver(scene: Scene, chance: Chance): Scene {
  const [first, ...others] = scene.steps
  const [{ names, options }] = scene.functions
  const isOther = scene.history || scene.github || scene.functions.length > 1 || options.codedeploy
  if (!first || isOther || !chance.is(0.02)) return scene
  const inputs = {
    ...release,
    'codedeploy-deployment-config': 'Canary10Percent30Minutes',
    ...(scene.role && { 'role-to-assume': scene.role.arn })
  }
  return {
    ...scene,
    functions: [{ names, options: undisturbed(options) }],
    metrics: { ...calmMetrics },
    faults: chance.is(0.3) ? scene.faults : [],
    actors: [
      stopper(true, { after: 'create', ms: chance.between(20_000, 300_000) }, names),
      deployer(
        chance.weighted([
          ['6', 4],
          ['8', 1]
        ]),
        chance.weighted([
          ['LambdaCanary10Percent5Minutes', 3],
          ['LambdaAllAtOnce', 1]
        ]),
        { after: 'stop', ms: chance.between(3_900, 5_500) },
        names
      )
    ],
    steps: [{ ...first, inputs, afterMs: 0, signals: chance.is(0.2) ? first.signals : [] }, ...others]
  }
}
