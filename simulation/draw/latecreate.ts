import type { Chance } from './chance.ts'
import type { Scene } from './scene.ts'
import { someSkew } from './skew.ts'

/**
 * Now and then, the process is killed while CodeDeploy takes its time over CreateDeployment: the deployment appears when post is already
 * looking for it. Drawn apart, so that the other worlds stay as they are.
 */
export function withLateCreate(scene: Scene, chance: Chance): Scene {
  if (!chance.is(0.015)) return scene
  const lateMs = chance.between(4_000, 18_000)
  const [first, ...others] = scene.steps
  if (!first) return scene
  const killed = {
    kind: 'SIGKILL' as const,
    at: { after: 'ask' as const, ms: chance.between(50, lateMs - 3_000) }
  }
  // Post has to tell how long it has looked, and main had no time to learn how far off the clock is.
  const skewMs = chance.is(0.5) ? someSkew(chance) : first.skewMs
  return {
    ...scene,
    faults: [{ operation: 'CreateDeployment', kind: 'slow', ms: lateMs }, ...scene.faults],
    steps: [{ ...first, skewMs, signals: [...first.signals, killed] }, ...others]
  }
}
