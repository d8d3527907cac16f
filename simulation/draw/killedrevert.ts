import type { Chance } from './chance.ts'
import { calmMetrics } from './metrics.ts'
import type { Member, Scene } from './scene.ts'
import { releaseAll } from './together.ts'

/**
 * Now and then, the others have succeeded when CodeDeploy refuses the last function of a step, and the process ends while it reverts them:
 * post finds them before, on or after their way back. Drawn apart, as all the others are.
 */
export function withKilledRevert(scene: Scene, chance: Chance): Scene {
  const { functions, steps, faults } = scene
  const [first] = steps
  if (!first || scene.history || functions.length < 2 || !chance.is(0.06)) return scene
  const inputs = releaseAll(scene, 'AllAtOnce')
  const others = functions.length - 1
  const refused = { operation: 'CreateDeployment', skip: others }
  const killed = {
    kind: chance.is(0.8) ? ('SIGKILL' as const) : ('SIGINT' as const),
    at: { after: 'create' as const, nth: others + 1, ms: chance.between(0, 6_000) }
  }
  return {
    ...scene,
    functions: functions.map(({ names }) => ({ names, options: {} })) as [Member, ...Member[]],
    metrics: calmMetrics,
    // It is tried again until the others have succeeded.
    faults: [
      { ...refused, kind: 'throttle', times: 3 },
      { ...refused, kind: 'accessDenied' },
      ...(chance.is(0.3) ? faults : [])
    ],
    actors: [],
    steps: [{ ...first, inputs, signals: [killed] }]
  }
}
