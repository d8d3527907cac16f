import type { Fault } from '../../simulator/faults.ts'
import type { Chance } from './chance.ts'
import type { Scene } from './scene.ts'

/**
 * In some worlds, Lambda answers now and then with an alias as it was a moment ago, so that it seems to go back and forth. Nothing says
 * that it does so, nor for how long; the program asks for ten seconds (src/watch/patience.ts). Drawn apart, as all the others are.
 */
export function withStaleAlias(scene: Scene, chance: Chance): Scene {
  if (!chance.is(0.06)) return scene
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
