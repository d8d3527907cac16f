import type { Fault } from '../../simulator/faults.ts'
import type { Chance } from './chance.ts'
import { requestTimeoutMs, someStale } from './faultschedule.ts'
import type { Scene } from './scene.ts'

const always = Number.POSITIVE_INFINITY

const operations: [string, number][] = [
  ['CreateDeployment', 6],
  ['GetAlias', 5],
  ['GetDeployment', 5],
  ['StopDeployment', 4],
  ['BatchGetDeploymentTargets', 2],
  ['ListDeployments', 2],
  ['GetFunctionConfiguration', 2],
  ['PublishVersion', 1],
  ['CreateAlias', 1],
  ['*', 4]
]

const canBeStale: readonly string[] = [
  'GetAlias',
  'GetDeployment',
  'GetFunctionConfiguration',
  'ListDeployments'
]

/**
 * Now and then, what goes wrong hits the requests about one function of a step only, while all is well with the others. Drawn apart, as
 * all the others are.
 */
export function withHardSibling(scene: Scene, chance: Chance): Scene {
  const { functions } = scene
  if (functions.length === 1 || scene.history || !chance.is(0.2)) return scene
  const { names } = functions[chance.between(0, functions.length - 1)] as Scene['functions'][0]
  const faults = Array.from({ length: chance.between(1, 3) }, () => someFault(chance, names.functionName))
  return { ...scene, faults: [...faults, ...scene.faults] }
}

function someFault(chance: Chance, about: string): Fault {
  const operation = chance.weighted(operations)
  if (canBeStale.includes(operation) && chance.is(0.2)) return { ...someStale(operation, chance), about }
  const kind = chance.weighted<Fault['kind']>([
    ['dropBefore', 3],
    ['dropAfter', 4],
    ['serverErrorBefore', 2],
    ['serverErrorAfter', 3],
    ['throttle', 2],
    ['stall', 2],
    ['slow', 3],
    ['timeout', 2],
    ['emptyJson', 2],
    ['html', 1],
    ['accessDenied', 3],
    ['unknownStatus', 1]
  ])
  const from = chance.spread(1_000, 600_000)
  const isForAWhile = kind !== 'slow' && kind !== 'timeout' && kind !== 'stall' && chance.is(0.3)
  return {
    operation,
    about,
    kind,
    ...(isForAWhile
      ? { when: { from, to: from + chance.spread(1_000, 1_200_000) }, times: always }
      : { skip: chance.is(0.5) ? 0 : chance.between(0, 12), times: chance.between(1, 12) }),
    ...(kind === 'accessDenied' && chance.is(0.5) && { times: always }),
    ...(kind === 'slow' && { ms: chance.spread(100, 25_000) }),
    ...(kind === 'timeout' && { ms: requestTimeoutMs })
  }
}
