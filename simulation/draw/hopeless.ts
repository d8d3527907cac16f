import type { PaymentsOptions } from '../../simulator/setting.ts'
import { ofGroup } from './active.ts'
import { deployer } from './actors.ts'
import type { Chance } from './chance.ts'
import { release, type StepInputs } from './inputs.ts'
import { calmMetrics } from './metrics.ts'
import type { Scene } from './scene.ts'
import { undisturbed } from './setting.ts'

/** What keeps a release from beginning, however the running deployment ends. */
type Reason = { inputs?: StepInputs; options?: Partial<PaymentsOptions> }
const reasons: readonly [Reason, ...Reason[]] = [
  { options: { otherRole: true } },
  { inputs: { 'current-version': '5' } },
  { inputs: { 'codedeploy-deployment-config': 'AllAtOnce', 'max-error-rate': '5' } }
]

/**
 * Now and then, a step is to replace the canary of somebody else, and something else keeps its own release from beginning: then nobody's
 * deployment is to be stopped for it. Drawn apart, as all the others are.
 */
export function withHopelessRelease(scene: Scene, chance: Chance): Scene {
  const [first, ...others] = scene.steps
  if (!first || scene.history || scene.functions.length > 1 || !chance.is(0.008)) return scene
  const [{ names, options }] = scene.functions
  const reason = chance.pick(reasons)
  const {
    'max-error-rate': _,
    'if-no-traffic': __,
    'wait-for-minutes': ___,
    ...place
  } = ofGroup(first.inputs)
  const inputs = { ...release, ...place, ...reason.inputs, 'if-in-progress': 'replace' }
  return {
    ...scene,
    functions: [
      {
        names,
        options: {
          ...undisturbed(options),
          otherQueue: false,
          ...reason.options
        }
      }
    ],
    metrics: { ...calmMetrics },
    faults: chance.is(0.3) ? scene.faults : [],
    actors: [deployer('6', 'LambdaCanary10Percent5Minutes', { after: 'start', ms: 1 }, names)],
    steps: [{ ...first, inputs, afterMs: chance.between(4_000, 60_000) }, ...others]
  }
}
