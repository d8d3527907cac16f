import type { Chance } from './chance.ts'
import { calmMetrics } from './metrics.ts'
import type { Member, Scene } from './scene.ts'
import { releaseAll } from './together.ts'

/**
 * Now and then, the process ends when the others have succeeded, and the last function of a step still waits for slow answers about its
 * alias: post learns only from what was saved that it was to be released too. Drawn apart, as all the others are.
 */
export function withKillBetween(scene: Scene, chance: Chance): Scene {
  const { functions, steps } = scene
  const [first] = steps
  const [{ names: slow }] = functions
  const last = functions.at(-1)
  if (!first || !last || scene.history || functions.length < 2 || !chance.is(0.03)) return scene
  const killed = {
    kind: 'SIGKILL' as const,
    at: { after: 'create' as const, nth: functions.length - 1, ms: chance.between(2_000, 14_000) }
  }
  return {
    ...scene,
    functions: functions.map(({ names }) => ({ names, options: {} })) as [Member, ...Member[]],
    metrics: calmMetrics,
    faults: [
      // What was read of the others is too old by then, and is read again.
      {
        operation: 'PublishVersion',
        about: slow.functionName,
        kind: 'slow',
        ms: chance.between(4_000, 13_000)
      },
      {
        operation: 'GetAlias',
        about: last.names.functionName,
        kind: 'slow',
        ms: chance.between(12_000, 18_000),
        skip: 2,
        times: Number.POSITIVE_INFINITY
      }
    ],
    actors: [],
    steps: [{ ...first, inputs: releaseAll(scene, 'AllAtOnce'), signals: [killed] }]
  }
}
