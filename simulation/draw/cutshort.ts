import type { Chance } from './chance.ts'
import type { StepInputs } from './inputs.ts'
import { calmMetrics } from './metrics.ts'
import type { Member, Scene, Signal } from './scene.ts'
import { releaseAll } from './together.ts'

/**
 * Now and then, nothing goes wrong but that the step is cut short: by a cancel, by a kill, or because the wait is over. Then one of
 * several functions still needs its alias, which is created last; a function that is alone may not be stopped. Drawn apart, as all the
 * others are.
 */
export function withCutShort(scene: Scene, chance: Chance): Scene {
  const { functions, steps } = scene
  const [first] = steps
  const isAlone = functions.length === 1
  const isToBeSetUp = functions.some(({ options }) => options.codedeploy !== undefined)
  if (!first || scene.history || isToBeSetUp || !chance.is(isAlone ? 0.01 : 0.06)) return scene
  const isOver = chance.is(0.4)
  const cut: Signal = {
    kind: chance.pick(['SIGINT', 'SIGKILL']),
    at: { after: 'create', ms: chance.spread(500, 280_000) }
  }
  const inputs = isAlone ? slowly(scene, chance) : someAtOnce(scene, chance)
  const missing = isAlone ? undefined : functions.at(-1)
  return {
    ...scene,
    functions: functions.map(each => ({
      names: each.names,
      options: each === missing ? { alias: 'missing' } : {}
    })) as [Member, ...Member[]],
    metrics: calmMetrics,
    faults: isAlone
      ? [{ operation: 'StopDeployment', kind: 'accessDenied', times: Number.POSITIVE_INFINITY }]
      : [],
    actors: [],
    steps: [
      {
        ...first,
        inputs: { ...inputs, ...(isOver && { 'wait-for-minutes': '1' }) },
        signals: isOver ? [] : [cut]
      }
    ]
  }
}

const slowly = (scene: Scene, chance: Chance): StepInputs => ({
  ...releaseAll(scene, 'Linear10PercentEvery10Minutes'),
  'if-interrupted': chance.pick(['rollback', 'stop'])
})

const someAtOnce = (scene: Scene, chance: Chance): StepInputs => ({
  ...releaseAll(scene, chance.pick(['Canary10Percent5Minutes', 'Linear10PercentEvery1Minute']), () =>
    chance.is(0.4) ? { 'codedeploy-deployment-config': 'AllAtOnce' } : {}
  ),
  'if-interrupted': chance.pick(['continue', 'continue', 'continue', 'stop', 'rollback'])
})
