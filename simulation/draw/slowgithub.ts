import type { Chance } from './chance.ts'
import { repository } from './github.ts'
import type { Scene } from './scene.ts'

/**
 * Often enough, GitHub is well but takes its time with what is recorded there, so that main has none left when the step ends, after a cancel
 * above all. Drawn apart, as all the others are.
 */
export function withSlowGitHub(scene: Scene, chance: Chance): Scene {
  const { github, steps } = scene
  const [first, ...others] = steps
  if (!github?.inputs['github-environment'] || !first || !chance.is(0.4)) return scene
  const halfMs = chance.spread(300, 3_300)
  const cancelled = {
    kind: 'SIGINT' as const,
    at: { after: 'create' as const, ms: chance.spread(1_000, 240_000) }
  }
  const token = { 'github-token': repository.token }
  const signals = chance.is(0.6) ? [...first.signals, cancelled] : first.signals
  return {
    ...scene,
    github: {
      ...github,
      inputs: { ...github.inputs, ...token },
      latency: { lowMs: halfMs, highMs: halfMs },
      faults: []
    },
    steps: [{ ...first, signals }, ...others].map(step => ({ ...step, inputs: { ...step.inputs, ...token } }))
  }
}
