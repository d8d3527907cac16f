import type { Fault } from '../../simulator/faults.ts'
import type { Chance } from './chance.ts'
import type { Scene } from './scene.ts'

/**
 * In some worlds, Lambda answers now and then with a function as it was a moment ago: with the code before, or without the version that
 * was just published. Nothing says that it does so, nor for how long; as with aliases, ten seconds are asked for. Drawn apart, as all the
 * others are.
 */
export function withStaleFunction(scene: Scene, chance: Chance): Scene {
  const isUploading = scene.steps.some(({ inputs }) => inputs.code !== undefined)
  if (!chance.is(isUploading ? 0.4 : 0.02)) return scene
  const stale = (operation: string): Fault => ({
    operation,
    kind: 'stale',
    ms: chance.spread(200, 7_000),
    skip: chance.is(0.5) ? 0 : chance.spread(1, 10),
    times: chance.weighted([
      [1, 3],
      [3, 3],
      [Number.POSITIVE_INFINITY, 3]
    ])
  })
  const operations = chance.is(0.5)
    ? ['GetFunction', 'GetFunctionConfiguration']
    : [chance.pick(['GetFunction', 'GetFunctionConfiguration'])]
  const faults = operations.map(stale)
  return { ...scene, faults: [...faults, ...scene.faults] }
}
