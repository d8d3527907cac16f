import type { Fault } from '../../simulator/faults.ts'
import { ofGroup } from './active.ts'
import type { Chance } from './chance.ts'
import type { Scene, Step } from './scene.ts'

/**
 * In some worlds, Lambda answers now and then with an alias as it was a moment ago, so that it seems to go back and forth. Nothing says
 * that it does so, nor for how long; the program asks for ten seconds (src/watch/patience.ts). Drawn apart, as all the others are.
 */
export function withStaleAlias(scene: Scene, chance: Chance): Scene {
  if (!chance.is(0.06)) return scene
  const isSimple = scene.functions.length === 1 && !scene.history
  if (isSimple && chance.is(0.2)) return afterFailedRollback(scene, chance)
  const stale = (): Fault => ({
    operation: 'GetAlias',
    kind: 'stale',
    ms: chance.spread(200, 7_000),
    skip: chance.is(0.4) ? 0 : chance.spread(1, 30),
    times: chance.weighted([
      [1, 4],
      [3, 3],
      [Number.POSITIVE_INFINITY, 2]
    ])
  })
  const faults = Array.from({ length: chance.between(1, 4) }, stale)
  return { ...scene, faults: [...scene.faults, ...faults] }
}

/**
 * A canary is cancelled as it begins to shift, its rollback fails, and all that Lambda says of the alias is some seconds old: for a
 * moment it still shows what was there before the shift.
 */
function afterFailedRollback(scene: Scene, chance: Chance): Scene {
  const [{ names, options }] = scene.functions
  const [{ inputs, run }] = scene.steps as readonly [Step, ...Step[]]
  const at = { after: 'create', ms: chance.between(3_000, 4_500) } as const
  return {
    ...scene,
    functions: [{ names, options: { ...options, alias: 'plain', alarm: 'OK', before: { seconds: 0 } } }],
    rollbackFailure: { code: 'INTERNAL_ERROR', message: 'An internal error occurred' },
    faults: [
      {
        operation: 'GetAlias',
        kind: 'stale',
        ms: chance.between(5_000, 7_000),
        times: Number.POSITIVE_INFINITY
      }
    ],
    actors: [],
    steps: [
      {
        run,
        inputs: {
          ...ofGroup(inputs),
          'function-name': names.functionName,
          alias: 'live',
          'codedeploy-deployment-config': 'Canary10Percent5Minutes',
          'if-interrupted': 'rollback'
        },
        afterMs: 0,
        skewMs: 0,
        signals: [{ kind: 'SIGINT', at }]
      }
    ]
  }
}
