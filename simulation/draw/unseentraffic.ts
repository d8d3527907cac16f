import type { Fault } from '../../simulator/faults.ts'
import type { Names } from '../../simulator/setting.ts'
import { ofGroup } from './active.ts'
import type { Actor } from './actors.ts'
import type { Chance } from './chance.ts'
import { release } from './inputs.ts'
import { calmMetrics } from './metrics.ts'
import type { Scene } from './scene.ts'
import { undisturbed } from './setting.ts'

const always = Number.POSITIVE_INFINITY

/**
 * Now and then, few call, a version that nobody reaches is to be stopped, a hook of minutes runs before the shift, and what CodeDeploy and
 * Lambda show of its beginning is missing or misleading: the events are hidden and the alias is for a while, or somebody gives the alias
 * weights during the hook while an answer about the events is lost. Drawn apart, as all the others are.
 */
export function withUnseenTraffic(scene: Scene, chance: Chance): Scene {
  const [first] = scene.steps
  if (!first || scene.history || scene.functions.length > 1 || !chance.is(0.008)) return scene
  const [{ names, options }] = scene.functions
  const seconds = chance.between(60, 600)
  const isHidden = chance.is(0.5)
  const { 'wait-for-minutes': _, 'max-error-rate': __, ...place } = ofGroup(first.inputs)
  const clients = { live: chance.between(2, 12) }
  return {
    ...scene,
    functions: [
      {
        names,
        options: {
          ...undisturbed(options),
          clients,
          before: { seconds },
          after: {}
        }
      }
    ],
    metrics: calmMetrics,
    uncertain: { ...scene.uncertain, thirdPartyAlias: 'overwrites' },
    faults: isHidden ? hidden(seconds * 1_000, chance) : lost(chance),
    actors: isHidden ? [] : weights(names, chance),
    steps: [
      {
        ...first,
        inputs: {
          ...release,
          ...place,
          'before-allow-traffic-hook': 'CodeDeployHook_before',
          'if-no-traffic': 'fail',
          'codedeploy-deployment-config': 'Canary10Percent5Minutes'
        },
        afterMs: 0,
        skewMs: 0,
        signals: []
      }
    ]
  }
}

/** The events are never shown, and the alias is not while the shift begins. */
const hidden = (hookMs: number, chance: Chance): Fault[] => [
  { operation: 'ListDeploymentTargets', kind: 'accessDenied', times: always },
  {
    operation: 'GetAlias',
    kind: 'throttle',
    when: { from: chance.between(20_000, hookMs), to: hookMs + chance.between(1_000, 40_000) },
    times: always
  }
]

const lost = (chance: Chance): Fault[] => [
  {
    operation: 'BatchGetDeploymentTargets',
    kind: 'throttle',
    when: { from: chance.between(30_000, 60_000) },
    times: chance.between(1, 2)
  }
]

/** For a minute, while the hook runs. */
function weights({ functionName: FunctionName }: Names, chance: Chance): Actor[] {
  const ms = chance.between(25_000, 30_000)
  const does = (what: string, given: Record<string, number>, at: number): Actor => ({
    does: `somebody ${what} of ${FunctionName}`,
    at: { after: 'start', ms: at },
    act: aws =>
      void aws.lambda.updateAlias({
        FunctionName,
        Name: 'live',
        RoutingConfig: { AdditionalVersionWeights: given }
      })
  })
  return [
    does('gives the alias weights', { 8: 0.05 }, ms),
    does('takes the weights from the alias', {}, ms + 60_000)
  ]
}
