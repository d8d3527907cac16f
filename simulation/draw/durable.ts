import type { Chance } from './chance.ts'
import type { Scene } from './scene.ts'

/**
 * In some worlds in which old versions are deleted, functions are durable: only a new function can be given durability, so each of its
 * versions has it. Drawn apart, as all the others are.
 */
export function withDurable(scene: Scene, chance: Chance): Scene {
  const isDeleting = scene.steps.some(({ inputs }) => inputs['keep-versions'] !== undefined)
  if (!isDeleting || !chance.is(0.15)) return scene
  const functions = scene.functions.map(({ names, options }) => ({
    names,
    options: { ...options, ...(chance.is(0.7) && { isDurable: true }) }
  }))
  return { ...scene, functions: functions as unknown as Scene['functions'] }
}
