import type { Chance } from './chance.ts'
import type { Scene } from './scene.ts'

/** Long enough for a look to be under way at any moment, ms. */
const slowForMs = 30_000

/** Now and then, the job is cancelled while looks are slow: the stop must not wait for them. Drawn apart, as all the others are. */
export function withSlowLook(scene: Scene, chance: Chance): Scene {
  if (!chance.is(0.015)) return scene
  const [first, ...others] = scene.steps
  if (!first) return scene
  const from = first.afterMs + chance.spread(15_000, 240_000)
  const cancelled = {
    kind: 'SIGINT' as const,
    at: { after: 'start' as const, ms: from + chance.between(10_000, slowForMs) }
  }
  return {
    ...scene,
    faults: [
      {
        operation: chance.pick(['GetDeployment', 'BatchGetDeployments', 'GetAlias']),
        kind: 'slow',
        ms: chance.between(4_000, 15_000),
        when: { from, to: from + slowForMs },
        times: Number.POSITIVE_INFINITY
      },
      ...scene.faults
    ],
    steps: [{ ...first, signals: [...first.signals, cancelled] }, ...others]
  }
}
