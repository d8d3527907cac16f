import type { Fault } from '../../simulator/faults.ts'
import type { Actor } from './actors.ts'
import type { Chance } from './chance.ts'
import { gatedCanary } from './gatedcanary.ts'
import { calmMetrics } from './metrics.ts'
import type { Scene } from './scene.ts'
import { undisturbed } from './setting.ts'

const minute = 60_000

/**
 * Now and then, a version fails for some minutes of a shift of an hour, there is a gate, and CloudWatch shows those minutes only more than
 * twenty minutes later, or never: it stands still, or does not give all series. Drawn apart, as all the others are.
 */
export function withLostFigures(scene: Scene, chance: Chance): Scene {
  const [first] = scene.steps
  if (!first || scene.history || scene.functions.length > 1 || !chance.is(0.012)) return scene
  const [{ names, options }] = scene.functions
  const minutes = chance.between(50, 90)
  const from = chance.between(1, 10)
  const to = chance.between(from + 28, minutes - 8)
  const failsFrom = chance.between(from + 1, from + 2)
  const failsTo = failsFrom + chance.between(2, 4)
  const { gate, inputs } = gatedCanary(first.inputs, minutes, chance.pick(['0', '+0']))
  const at = (minutesIn: number, does: string, act: Actor['act']): Actor => ({
    does,
    at: { after: 'create', ms: minutesIn * minute },
    act
  })
  const fails = (rate: number) => (aws: Parameters<Actor['act']>[0]) =>
    aws.metrics.traffic.fails(names.functionName, String(8 + (options.unreleased ?? 0)), rate)
  const isStanding = chance.is(0.5)
  const isForEver = chance.is(0.4)
  const metric = chance.pick(['Errors', 'Errors', 'Invocations', undefined])
  const broken: Fault = {
    operation: 'GetMetricData',
    kind: 'brokenSeries',
    times: Number.POSITIVE_INFINITY,
    ...(metric && { metric }),
    ...(!isForEver && { when: { from: from * minute, to: to * minute } })
  }
  const standsStill = at(from, `CloudWatch stands still for ${to - from} minutes`, aws => {
    const now = aws.clock.now()
    aws.metrics.standstill = { from: now, to: now + (to - from) * minute }
  })
  return {
    ...scene,
    functions: [
      { names, options: { ...undisturbed(options), clients: { live: chance.spread(200, 2_000) } } }
    ],
    uncertain: { ...scene.uncertain, metricsLateMs: chance.pick([0, 20_000, 60_000]) },
    metrics: { ...calmMetrics, gate },
    faults: isStanding ? [] : [broken],
    actors: [
      ...(isStanding ? [standsStill] : []),
      at(failsFrom, `the new version of ${names.functionName} begins to fail`, fails(1)),
      at(failsTo, `the new version of ${names.functionName} fails no more`, fails(0))
    ],
    steps: [{ ...first, inputs, signals: [] }]
  }
}
