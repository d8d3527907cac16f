import { deployer, stopper } from './actors.ts'
import { Chance } from './chance.ts'
import type { Scene } from './scene.ts'

/** Somebody has stopped a deployment with rollback just before the first step begins. */
interface EarlyStop {
  /** How long before, ms: the step finds the gap before the rollback, or the rollback. */
  afterMs: number
  gapMs: number
}

/** Drawn apart, so that no other world is changed. */
export function someEarlyStop(seed: number): EarlyStop | undefined {
  const chance = new Chance(seed ^ 0x51de_57e9)
  if (!chance.is(0.03)) return undefined
  return { afterMs: chance.between(0, 7_000), gapMs: chance.pick([300, 1_000, 5_000]) }
}

/** Traffic has moved by then. */
const stoppedAtMs = 8_000

/** The same scene, in which that has just happened. */
export function afterStop<World extends Omit<Scene, 'metrics'>>(
  scene: World,
  { afterMs, gapMs }: EarlyStop
): World {
  const [{ names }] = scene.functions
  const at = (ms: number) => ({ after: 'start' as const, ms })
  const delayMs = stoppedAtMs + afterMs
  return {
    ...scene,
    uncertain: { ...scene.uncertain, rollbackGapMs: gapMs },
    actors: [
      deployer('6', 'LambdaCanary10Percent5Minutes', at(0), names),
      stopper(true, at(stoppedAtMs), names),
      ...scene.actors
    ],
    steps: scene.steps.map(step => ({ ...step, afterMs: step.afterMs + delayMs }))
  }
}
