import { answers, speedAnswers } from '../../simulator/uncertain.ts'
import type { Chance } from './chance.ts'
import type { Scene } from './scene.ts'

/** In some worlds, CodeDeploy takes its time: to stop, to roll back, to shift, to end. Drawn apart, as all the others are. */
export function withSlowDeployment(scene: Scene, chance: Chance): Scene {
  if (!chance.is(0.08)) return scene
  const chosen = speedAnswers.flatMap(question =>
    chance.is(0.5) ? [[question, chance.pick(answers[question] as [number, ...number[]])] as const] : []
  )
  return { ...scene, uncertain: { ...scene.uncertain, ...Object.fromEntries(chosen) } }
}
