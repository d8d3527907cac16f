import type { Fault } from '../../simulator/faults.ts'
import type { Names } from '../../simulator/setting.ts'
import type { Chance } from './chance.ts'
import { someStale } from './faultschedule.ts'
import { namer } from './oldversions.ts'
import type { Scene } from './scene.ts'

/**
 * In some worlds in which old versions are deleted, what Lambda lists of aliases and versions is some seconds old, and somebody gives an
 * old version a share about then. Nothing says that Lambda's lists are ever so, nor for how long; ten seconds are asked for. Drawn apart,
 * as all the others are.
 */
export function withStaleLists(scene: Scene, chance: Chance): Scene {
  const isDeleting = scene.steps.some(({ inputs }) => inputs['keep-versions'] !== undefined)
  if (!isDeleting || !chance.is(0.3)) return scene
  const operations = chance.pick([
    ['ListAliases'],
    ['ListVersionsByFunction'],
    ['ListAliases', 'ListVersionsByFunction']
  ])
  const all = scene.functions.map(({ names }) => names) as [Names, ...Names[]]
  const at = {
    after: 'flip',
    ms: chance.between(0, 6_000),
    ...(all.length > 1 && { nth: chance.between(1, all.length) })
  } as const
  const version = chance.pick(['1', '2', '3', '4', '5', '6'])
  // So old for so long that the share is missed, and Lambda deletes what has it.
  const isMissed = chance.is(0.6)
  const stale = (operation: string): Fault =>
    isMissed
      ? { operation, kind: 'stale', ms: chance.between(2_000, 7_000), times: Number.POSITIVE_INFINITY }
      : someStale(operation, chance)
  return {
    ...scene,
    ...(isMissed && { uncertain: { ...scene.uncertain, deletingWeighted: 'deleted' } }),
    faults: [...operations.map(stale), ...scene.faults],
    actors: [...scene.actors, namer('7', version, at, chance.pick(all))]
  }
}
