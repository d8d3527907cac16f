import type { FaultKind } from '../../simulator/faults.ts'
import { mover } from './actors.ts'
import { Chance } from './chance.ts'
import type { FaultSchedule } from './faultschedule.ts'
import { type StepInputs, some } from './inputs.ts'
import type { Scene } from './scene.ts'

/** What belongs to CodeDeploy, and what is for releases that shift. */
const ofCodeDeploy: readonly string[] = [
  'codedeploy-application',
  'codedeploy-deployment-group',
  'codedeploy-deployment-config',
  'codedeploy-deployment-description',
  'before-allow-traffic-hook',
  'after-allow-traffic-hook',
  'alarms',
  'auto-rollback-events',
  'if-in-progress',
  'if-interrupted',
  'wait',
  'wait-for-minutes',
  'max-error-rate',
  'min-invocations',
  'if-no-traffic',
  'keep-versions',
  'codedeploy-service-role'
]

/** In some worlds, the steps set weights by hand instead. Drawn apart, so that no other world is changed. */
export function withWeights(scene: Scene, chance: Chance): Scene {
  const isWatch = scene.steps.some(({ inputs }) => inputs['deployment-id'])
  if (scene.history || isWatch || !chance.is(0.03)) return scene
  const weighing = {
    ...scene,
    functions: scene.functions.map(({ names, options }) => ({
      names,
      options: chance.is(0.3) ? { ...options, alias: 'weighted' as const } : options
    })) as unknown as Scene['functions'],
    faults: [...scene.faults, ...someFaults(chance)],
    steps: scene.steps.map(step => ({ ...step, inputs: byHand(step.inputs, chance) }))
  }
  const played = chance.is(0.15) ? withLateUpdate(weighing, chance) : weighing
  return withMovedAlias(played, new Chance(scene.seed ^ 0x30_7ed))
}

/** Lambda takes its time to get the version ready, and somebody moves the alias meanwhile. Drawn apart, as above. */
function withMovedAlias(scene: Scene, chance: Chance): Scene {
  if (!chance.is(0.25)) return scene
  const [first, ...others] = scene.functions
  const { 'target-version': _, ...inputs } = scene.steps[0]?.inputs ?? {}
  const at = { after: 'start', ms: chance.spread(1_000, 60_000) } as const
  const options = { ...first.options, version: 'pending' as const, pendingSeconds: chance.between(20, 90) }
  return {
    ...scene,
    functions: [{ ...first, options }, ...others],
    actors: [mover(chance.pick(['3', '5', '6', '8']), at, chance.is(0.3), first.names)],
    steps: scene.steps.slice(0, 1).map(step => ({ ...step, inputs }))
  }
}

/** The process is killed while Lambda takes its time over UpdateAlias, which then acts when post is already looking. */
function withLateUpdate(scene: Scene, chance: Chance): Scene {
  const [first, ...others] = scene.steps
  if (!first) return scene
  const killed = { kind: 'SIGKILL' as const, at: { after: 'start' as const, ms: chance.between(300, 4_000) } }
  return {
    ...scene,
    faults: [{ operation: 'UpdateAlias', kind: 'slow', ms: chance.between(5_000, 18_000) }, ...scene.faults],
    steps: [{ ...first, afterMs: 0, signals: [...first.signals, killed] }, ...others]
  }
}

function byHand(inputs: StepInputs, chance: Chance): StepInputs {
  const weigh = (given: StepInputs): StepInputs => {
    const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !ofCodeDeploy.includes(name)))
    const isFree = rest.code === undefined && rest['code-sha256'] === undefined
    return {
      ...rest,
      ...(isFree &&
        some(chance, 'target-version', 0.7, [
          ['6', 5],
          ['3', 2],
          ['7', 2],
          ['5', 1]
        ])),
      weight: chance.weighted([
        ['10', 5],
        ['50', 3],
        ['100', 3],
        ['0', 2],
        [String(chance.between(0, 100)), 2]
      ])
    }
  }
  if (inputs.functions === undefined)
    return {
      ...weigh(inputs),
      ...(chance.is(0.3) && {
        'codedeploy-application': 'payments',
        'codedeploy-deployment-group': 'payments-live'
      })
    }
  const entries = JSON.parse(inputs.functions) as StepInputs[]
  const { weight: _, 'target-version': __, ...step } = weigh(inputs)
  return { ...step, functions: JSON.stringify(entries.map(weigh)) }
}

const kinds: [FaultKind, number][] = [
  ['throttle', 3],
  ['serverErrorBefore', 1],
  ['serverErrorAfter', 3],
  ['dropBefore', 2],
  ['dropAfter', 4],
  ['timeout', 2],
  ['stall', 2],
  ['slow', 4],
  ['html', 1],
  ['emptyJson', 2],
  ['accessDenied', 2],
  ['expiredToken', 1]
]

/** UpdateAlias goes wrong, or comes late, in half of these worlds. */
function someFaults(chance: Chance): FaultSchedule {
  if (!chance.is(0.5)) return []
  const kind = chance.weighted(kinds)
  return [
    {
      operation: 'UpdateAlias',
      kind,
      skip: chance.is(0.6) ? 0 : chance.between(1, 3),
      times: chance.weighted([
        [1, 4],
        [chance.between(2, 6), 3],
        [Number.POSITIVE_INFINITY, 1]
      ]),
      ...(kind === 'slow' && { ms: chance.spread(100, 30_000) })
    }
  ]
}
