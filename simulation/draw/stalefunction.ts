import type { Chance } from './chance.ts'
import { someStale } from './faultschedule.ts'
import type { Scene } from './scene.ts'

/**
 * In some worlds, Lambda answers now and then with a function as it was a moment ago: with the code before, or without the version that
 * was just published. Nothing says that it does so, nor for how long; as with aliases, ten seconds are asked for. Drawn apart, as all the
 * others are.
 */
export function withStaleFunction(scene: Scene, chance: Chance): Scene {
  const isUploading = scene.steps.some(({ inputs }) => inputs.code !== undefined)
  if (!chance.is(isUploading ? 0.4 : 0.02)) return scene
  const operations = chance.is(0.5)
    ? ['GetFunction', 'GetFunctionConfiguration']
    : [chance.pick(['GetFunction', 'GetFunctionConfiguration'])]
  const faults = operations.map(each => someStale(each, chance))
  return { ...scene, faults: [...faults, ...scene.faults] }
}
