import { alarm } from './actors.ts'
import type { Chance } from './chance.ts'
import { calmMetrics } from './metrics.ts'
import type { Member, Scene } from './scene.ts'
import { releaseAll } from './together.ts'

const always = Number.POSITIVE_INFINITY

/**
 * Now and then, an alarm stops one function of a step while the answers about another, whose hook is running, are slow: what is seen of
 * the first must not wait for them. Drawn apart, as all the others are.
 */
export function withSlowSibling(scene: Scene, chance: Chance): Scene {
  const { functions, steps } = scene
  const [first] = steps
  const [{ names: failing }, sibling] = functions
  if (!first || !sibling || scene.history || !chance.is(0.04)) return scene
  const { names: slow } = sibling
  const configuration = chance.pick(['Canary10Percent5Minutes', 'Linear10PercentEvery1Minute'])
  const inputs = releaseAll(scene, configuration, name =>
    name === slow.functionName ? { 'before-allow-traffic-hook': slow.before } : {}
  )
  const options = { before: { behaviour: 'succeed' as const, seconds: chance.between(100, 300) } }
  return {
    ...scene,
    functions: functions.map(({ names }) => ({ names, options: names === slow ? options : {} })) as [
      Member,
      ...Member[]
    ],
    metrics: calmMetrics,
    faults: [
      {
        operation: chance.weighted([
          ['BatchGetDeploymentTargets', 3],
          ['GetDeployment', 1],
          ['GetAlias', 1]
        ]),
        about: slow.functionName,
        kind: 'slow',
        ms: chance.between(12_000, 19_000),
        times: always
      }
    ],
    actors: [alarm('ALARM', { after: 'create', nth: 1, ms: chance.spread(5_000, 280_000) }, failing)],
    steps: [{ ...first, inputs, signals: [] }]
  }
}
