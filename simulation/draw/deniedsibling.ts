import type { Fault } from '../../simulator/faults.ts'
import type { Chance } from './chance.ts'
import { calmMetrics } from './metrics.ts'
import type { Member, Scene } from './scene.ts'
import { releaseAll } from './together.ts'

const always = Number.POSITIVE_INFINITY

/**
 * Now and then, from the beginning or from some moment on, the role may not read what the deployment of one function of a step does. It
 * may stop it, though perhaps not at the first try. Drawn apart, as all the others are.
 */
export function withDeniedSibling(scene: Scene, chance: Chance): Scene {
  const { functions, steps } = scene
  const [first] = steps
  const [, sibling] = functions
  if (!first || !sibling || scene.history || !chance.is(0.04)) return scene
  const about = sibling.names.functionName
  const from = chance.is(0.3) ? 0 : chance.spread(5_000, 280_000)
  const configuration = chance.pick(['Canary10Percent5Minutes', 'Linear10PercentEvery1Minute'])
  const isQuick = chance.is(0.3)
  const hidden = ['GetDeployment', 'BatchGetDeployments'].map(
    operation => ({ operation, about, kind: 'accessDenied', when: { from }, times: always }) satisfies Fault
  )
  const hard: Fault = {
    operation: 'StopDeployment',
    about,
    kind: chance.pick(['throttle', 'dropBefore', 'dropAfter', 'stall']),
    times: chance.between(1, 12)
  }
  const inputs = releaseAll(scene, configuration, name =>
    name !== about && isQuick ? { 'codedeploy-deployment-config': 'AllAtOnce' } : {}
  )
  return {
    ...scene,
    functions: functions.map(({ names }) => ({ names, options: {} })) as [Member, ...Member[]],
    metrics: calmMetrics,
    faults: [...hidden, ...(chance.is(0.3) ? [hard] : [])],
    actors: [],
    steps: [{ ...first, inputs, signals: chance.is(0.2) ? first.signals : [] }]
  }
}
