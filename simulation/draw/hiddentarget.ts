import type { Fault } from '../../simulator/faults.ts'
import { ofGroup } from './active.ts'
import { deployer } from './actors.ts'
import type { Chance } from './chance.ts'
import { release, type StepInputs } from './inputs.ts'
import type { Scene } from './scene.ts'
import { undisturbed } from './setting.ts'

/**
 * Now and then, a step finds a canary of somebody else, and for up to five minutes a fault hides what that does. It is watched, or it is
 * what the step was to release as well. Drawn apart, as all the others are.
 */
export function withHiddenTarget(scene: Scene, chance: Chance): Scene {
  const [first, ...others] = scene.steps
  if (!first || scene.history || scene.functions.length > 1 || !chance.is(0.01)) return scene
  const [{ names, options }] = scene.functions
  const afterMs = chance.between(2_000, 60_000)
  const hiddenMs = chance.spread(5_000, 300_000)
  const kind = chance.pick(['serverErrorBefore', 'dropBefore', 'throttle', 'html'] as const)
  const hiding = (operation: string): Fault => ({
    operation,
    kind,
    when: { to: afterMs + hiddenMs },
    times: Number.POSITIVE_INFINITY
  })
  const inputs: StepInputs = chance.is(0.5)
    ? { ...ofGroup(first.inputs), 'deployment-id': 'active' }
    : {
        ...release,
        ...ofGroup(first.inputs),
        'target-version': '6',
        'if-in-progress': chance.pick(['replace', 'wait'])
      }
  const format = chance.pick(['JSON', 'YAML'] as const)
  return {
    ...scene,
    functions: [{ names, options: undisturbed(options) }],
    faults: ['ListDeploymentTargets', 'BatchGetDeploymentTargets', 'GetApplicationRevision'].map(hiding),
    actors: [
      deployer('6', 'LambdaCanary10Percent5Minutes', { after: 'start', ms: 1 }, names, undefined, { format })
    ],
    steps: [{ ...first, inputs, afterMs }, ...others]
  }
}
