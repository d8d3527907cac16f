import type { Fault } from '../../simulator/faults.ts'
import type { Chance } from './chance.ts'
import { someStale } from './faultschedule.ts'
import type { Scene, Signal } from './scene.ts'

const always = Number.POSITIVE_INFINITY

/**
 * In some worlds, what CodeDeploy answers about deployments is some seconds old: what was just created is missing, and what has just
 * ended is still running. Nothing says that it is ever so, nor for how long. It matters most where the answer to a create was lost, and
 * our own deployment has to be found, beside those of other functions, and where what is active is looked for. Drawn apart, as all the others are.
 */
export function withStaleDeployment(scene: Scene, chance: Chance): Scene {
  const isActive = scene.steps.some(({ inputs }) => inputs['deployment-id'] === 'active')
  if (!chance.is(isActive ? 0.3 : scene.functions.length > 1 ? 0.12 : 0.03)) return scene
  const isLost = chance.is(0.7)
  const lost: Fault = {
    operation: 'CreateDeployment',
    kind: chance.pick(['dropAfter', 'serverErrorAfter', 'emptyJson', 'timeout', 'stall'])
  }
  const stale = (operation: string): Fault =>
    isLost && operation === 'ListDeployments'
      ? { operation, kind: 'stale', ms: chance.between(2_000, 7_000), times: always }
      : someStale(operation, chance)
  const operations = chance.pick([
    ['ListDeployments'],
    ['GetDeployment', 'BatchGetDeployments'],
    ['BatchGetDeploymentTargets'],
    [
      'ListDeployments',
      'GetDeployment',
      'BatchGetDeployments',
      'ListDeploymentTargets',
      'BatchGetDeploymentTargets'
    ]
  ])
  const flickers = chance.is(0.3)
  const old = operations.flatMap(each => (flickers ? everyOther(each, chance) : [stale(each)]))
  const faults = [...old, ...(isLost ? [lost] : []), ...scene.faults]
  const [first, ...others] = scene.steps
  if (!first || !chance.is(0.3)) return { ...scene, faults }
  // The step ends while it looks for it.
  const signal: Signal = {
    kind: chance.is(0.5) ? 'SIGINT' : 'SIGKILL',
    at: { after: 'ask', ms: chance.spread(20, 12_000) }
  }
  return { ...scene, faults, steps: [{ ...first, signals: [...first.signals, signal] }, ...others] }
}

/** Every second answer is old, as from several servers of which one is behind. */
function everyOther(operation: string, chance: Chance): Fault[] {
  const ms = chance.between(2_000, 7_000)
  // Each of them skips a request while those before it wait.
  return Array.from({ length: 15 }, (_, index) => ({ operation, kind: 'stale', ms, skip: index + 1 }))
}
