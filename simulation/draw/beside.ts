import type { Names } from '../../simulator/setting.ts'
import type { Chance } from './chance.ts'
import type { Scene } from './scene.ts'

/** Alias beta of a function, with a deployment group of its own. All of this is past when the world begins. */
export interface Beside {
  of: Names
  /** What it serves at first. */
  from: string
  /** What it was deployed to, in turn. */
  deployed: readonly { to: string; ends?: 'rolledBack' }[]
  /** What is being deployed, all at once: a last hook is running for so many seconds, and then it fails or succeeds. */
  running?: { to: string; seconds: number; behaviour: 'fail' | 'succeed' }
}

export const besideGroup = ({ functionName }: Names): string => `${functionName}-beta`
export const besideHook = ({ functionName }: Names): string => `CodeDeployHook_${functionName}_beta`

/**
 * In some worlds in which old versions are deleted, a function has another alias that was just deployed, or still is: its way back needs a
 * version that no alias names. Drawn apart, as all the others are.
 */
export function withBeside(scene: Scene, chance: Chance): Scene {
  const isDeleting = scene.steps.some(({ inputs }) => inputs['keep-versions'] !== undefined)
  const isIncomplete = scene.functions.some(({ options }) => options.codedeploy !== undefined)
  if (!isDeleting || isIncomplete || !chance.is(0.35)) return scene
  const besides = scene.functions.flatMap(({ names }) => (chance.is(0.8) ? [someBeside(chance, names)] : []))
  return { ...scene, besides }
}

const versions = ['1', '2', '3', '4', '5', '6'] as const

function someBeside(chance: Chance, of: Names): Beside {
  const from = chance.pick(versions)
  let serves: string = from
  const other = (): string => chance.pick(versions.filter(each => each !== serves) as ['1', ...string[]])
  const deployed = Array.from({ length: chance.between(0, 2) }, () => {
    const to = other()
    if (chance.is(0.2)) return { to, ends: 'rolledBack' as const }
    serves = to
    return { to }
  })
  const behaviour = chance.is(0.6) ? ('fail' as const) : ('succeed' as const)
  const running = { to: other(), seconds: chance.between(60, 3_000), behaviour }
  return { of, from, deployed, ...(chance.is(0.6) && { running }) }
}
