import type { EarlierDeployment } from '../../simulator/earlier.ts'
import type { Fault, FaultKind } from '../../simulator/faults.ts'
import type { Names } from '../../simulator/setting.ts'
import { Chance } from './chance.ts'
import type { StepInputs } from './inputs.ts'
import type { Scene } from './scene.ts'

/** What was done with a function before the world begins. */
export type PastEvent =
  | { kind: 'deployment'; of: Names; deployment: EarlierDeployment }
  /** The newest deployment of the group is reverted, as this action does when another function of its step fails. */
  | { kind: 'revert'; of: Names }
  /** Somebody moves the alias by hand. */
  | { kind: 'move'; of: Names; version: string }
  | { kind: 'deletion'; of: Names; version: string }

type Functions = readonly [Names, ...Names[]]

/** In some worlds, functions have been deployed before, and the steps go back. Drawn apart, so that no other world is changed. */
export function withHistory(scene: Scene): Scene {
  const chance = new Chance(scene.seed ^ 0x9e0_b1e)
  const isWatch = scene.steps.some(({ inputs }) => inputs['deployment-id'])
  if (!chance.is(0.1) || isWatch) return scene
  const functions = scene.functions.map(({ names }) => names) as [Names, ...Names[]]
  const history = functions.flatMap(of => somePast(chance, of, functions))
  return {
    ...scene,
    history,
    uncertain: { ...scene.uncertain, ...(chance.is(0.3) && { listOrder: 'oldestFirst' }) },
    faults: [...scene.faults, ...someFaults(chance)],
    steps: scene.steps.map(step => ({ ...step, inputs: goingBack(chance, step.inputs) }))
  }
}

const versions = ['3', '5', '6', '7'] as const

function somePast(chance: Chance, of: Names, functions: Functions): PastEvent[] {
  // Tracks roughly what serves, because a deployment that shifts nothing says nothing.
  let serves = '7'
  const other = (): string => chance.pick(versions.filter(each => each !== serves) as ['3', ...string[]])
  const deployed = ({ to = other(), ...more }: Partial<EarlierDeployment> = {}): PastEvent => {
    if (!more.ends && !more.alias && !more.group) serves = to
    return { kind: 'deployment', of, deployment: { names: of, to, ...more } }
  }
  const moved = (version: string): PastEvent => {
    serves = version
    return { kind: 'move', of, version }
  }
  const toAndFro = (to: string): PastEvent[] => [deployed(), deployed({ to })]
  const more = Array.from({ length: chance.between(0, 4) }, () =>
    chance.weighted<() => PastEvent[]>([
      [() => [deployed()], 4],
      // What serves came by two deployments, and only the newer one counts.
      [() => toAndFro(serves), 4],
      [() => [deployed({ ends: 'rolledBack' })], 4],
      // It leaves the alias split, and somebody sets it right, or not.
      [() => [deployed({ ends: 'stopped' }), ...(chance.is(0.8) ? [moved(other())] : [])], 2],
      [() => [deployed({ alias: 'beta' })], 3],
      // Groups may be shared.
      [() => [deployed({ names: chance.pick(functions), group: of.group })], 1],
      [() => [{ kind: 'revert', of }], 2],
      [() => [moved(other())], 1],
      [() => [{ kind: 'deletion', of, version: chance.pick(['3', '5', '6']) }], 1]
    ])
  )
  const begin = chance.is(0.9) ? [deployed(), ...(chance.is(0.5) ? [deployed()] : [])] : []
  return [...begin, ...more.flatMap(happen => happen())]
}

/** The same inputs, with most functions going back to what served before. */
function goingBack(chance: Chance, inputs: StepInputs): StepInputs {
  const back = (given: StepInputs): StepInputs => {
    if (!chance.is(0.85)) return given
    const { 'code-sha256': _, ...rest } = given
    return { ...rest, 'target-version': 'previous' }
  }
  if (inputs.functions === undefined) return back(inputs)
  const entries = JSON.parse(inputs.functions) as StepInputs[]
  return { ...inputs, functions: JSON.stringify(entries.map(back)) }
}

const operations: [string, number][] = [
  ['ListDeployments', 3],
  ['BatchGetDeployments', 3],
  ['ListDeploymentTargets', 3],
  ['BatchGetDeploymentTargets', 3],
  ['ListVersionsByFunction', 2],
  ['GetFunctionConfiguration', 1]
]

const kinds: [FaultKind, number][] = [
  ['throttle', 3],
  ['serverErrorBefore', 2],
  ['dropBefore', 2],
  ['dropAfter', 2],
  ['slow', 3],
  ['html', 2],
  ['emptyJson', 3],
  ['isoDates', 2],
  ['unknownStatus', 2],
  ['accessDenied', 2]
]

/** What is asked to find the previous version goes wrong, now and then. */
function someFaults(chance: Chance): Fault[] {
  if (!chance.is(0.35)) return []
  const kind = chance.weighted(kinds)
  return [
    {
      operation: chance.weighted(operations),
      kind,
      skip: chance.is(0.5) ? 0 : chance.between(1, 4),
      times: kind === 'accessDenied' ? Number.POSITIVE_INFINITY : chance.between(1, 4),
      ...(kind === 'slow' && { ms: chance.spread(100, 15_000) })
    }
  ]
}
