import type { Fault, FaultKind } from '../../simulator/faults.ts'
import { ofGroup } from './active.ts'
import { deployer } from './actors.ts'
import type { Chance } from './chance.ts'
import { release } from './inputs.ts'
import { calmMetrics } from './metrics.ts'
import type { Scene } from './scene.ts'
import { undisturbed } from './setting.ts'

const always = Number.POSITIVE_INFINITY

/**
 * Now and then, there is a gate, many call, and the new version fails a lot, but CodeDeploy does not show its lifecycle events: only the
 * alias shows when traffic shifts, and seldom not even that. Drawn apart, as all the others are.
 */
export function withBlindGate(scene: Scene, chance: Chance): Scene {
  const [first] = scene.steps
  if (!first || scene.history || scene.functions.length > 1 || !chance.is(0.018)) return scene
  const [{ names, options }] = scene.functions
  const isWatched = chance.is(0.3)
  const gate = { 'max-error-rate': chance.pick(['5', '+5']), 'min-invocations': '5' }
  const clients = { live: chance.spread(300, 2_000), errors: { 6: 1, 8: 1 } }
  const hidden = {
    kind: chance.weighted<FaultKind>([
      ['accessDenied', 4],
      ['throttle', 1],
      ['serverErrorBefore', 1],
      ['dropBefore', 1],
      ['emptyJson', 1]
    ]),
    when: { from: chance.is(0.7) ? 0 : chance.between(1_000, 20_000) },
    times: always
  }
  const operation = chance.pick(['ListDeploymentTargets', 'BatchGetDeploymentTargets'])
  const faults: Fault[] = [{ operation, ...hidden }]
  if (chance.is(0.15))
    faults.push({
      operation: 'GetAlias',
      kind: 'throttle',
      when: { from: 4_000, to: 310_000 },
      times: always
    })
  const { 'wait-for-minutes': _, ...place } = ofGroup(first.inputs)
  const inputs = isWatched
    ? { ...place, 'deployment-id': 'active', ...gate }
    : {
        ...release,
        ...place,
        ...gate,
        'codedeploy-deployment-config': chance.pick([
          'Canary10Percent5Minutes',
          'Linear10PercentEvery1Minute'
        ])
      }
  return {
    ...scene,
    functions: [{ names, options: { ...undisturbed(options), clients } }],
    metrics: { ...calmMetrics, gate },
    faults,
    actors: isWatched
      ? [deployer('6', 'LambdaCanary10Percent5Minutes', { after: 'start', ms: 1 }, names)]
      : [],
    steps: [{ ...first, inputs, afterMs: 0, signals: chance.is(0.1) ? first.signals : [] }]
  }
}
