import type { Fault, FaultKind } from '../../simulator/faults.ts'
import type { Names, RunOptions } from '../../simulator/setting.ts'
import { type Actor, deployer, mover } from './actors.ts'
import { Chance } from './chance.ts'
import type { FaultSchedule } from './faultschedule.ts'
import { hostileText } from './hostile.ts'
import type { StepInputs } from './inputs.ts'
import type { Moment } from './moment.ts'
import type { Scene, Signal } from './scene.ts'

const always = Number.POSITIVE_INFINITY

/** What an answer must contain in some worlds, and some answers contain. */
export const expected = { ok: true }

/** An eighth of the releases test their versions first. Drawn apart, so that the other worlds stay as they are. */
export function withTests(scene: Scene): Scene {
  const chance = new Chance(scene.seed ^ 0x7e_57e4)
  if (!chance.is(0.125)) return scene
  const replaced = someoneToReplace(chance, scene.functions[0].names)
  const inputs = { ...someTestInputs(chance), ...(replaced && { 'if-in-progress': 'replace' }) }
  // With many functions, one of them would always fail.
  const odd = 0.3 / scene.functions.length
  const [first, ...others] = scene.functions.map(({ names, options }) => ({
    names,
    options: { ...options, run: someRun(chance, chance.is(odd)) }
  }))
  return {
    ...scene,
    functions: first ? [first, ...others] : scene.functions,
    faults: [...scene.faults, ...someInvokeFaults(chance)],
    actors: [
      ...(replaced ? [replaced] : []),
      ...scene.actors,
      ...someActorsMeanwhile(chance, scene.functions[0].names)
    ],
    steps: scene.steps.map(step => {
      if (step.inputs['deployment-id']) return step
      const signals = [...step.signals, ...someSignalsMeanwhile(chance)]
      return { ...step, signals, inputs: { ...step.inputs, ...inputs } }
    })
  }
}

/** Somebody else's deployment that runs when the step begins, and must not be stopped for a version that fails. */
const someoneToReplace = (chance: Chance, names: Names): Actor | undefined =>
  chance.is(0.1)
    ? deployer('6', 'LambdaCanary10Percent5Minutes', { after: 'start', ms: 0 }, names)
    : undefined

const meanwhile = (chance: Chance): Moment => ({ after: 'test', ms: chance.spread(5, 60_000) })

/** A test may take minutes, in which others are not idle. */
function someActorsMeanwhile(chance: Chance, names: Names): Actor[] {
  if (!chance.is(0.15)) return []
  const version = chance.pick(['5', '6', '8'])
  return chance.is(0.5)
    ? [mover(version, meanwhile(chance), false, names)]
    : [deployer(version, 'LambdaCanary10Percent5Minutes', meanwhile(chance), names)]
}

function someSignalsMeanwhile(chance: Chance): Signal[] {
  if (!chance.is(0.15)) return []
  return [{ kind: chance.is(0.8) ? 'SIGINT' : 'SIGKILL', at: meanwhile(chance) }]
}

/** No two events are the same. */
function someTestInputs(chance: Chance): StepInputs {
  const events = Array.from({ length: chance.between(1, 3) }, (_, index) => ({ number: index + 1 }))
  return {
    'test-event': JSON.stringify(events.length === 1 && chance.is(0.5) ? events[0] : events),
    ...(chance.is(0.5) && { 'test-expect': JSON.stringify(expected) })
  }
}

function someRun(chance: Chance, isOdd: boolean): RunOptions {
  const seconds = chance.spread(50, 2_000) / 1_000
  const log = { ...(chance.is(0.5) && { log: hostileText(chance) }), jsonLog: chance.is(0.2) }
  const usual: RunOptions = {
    ...log,
    answer: JSON.stringify({ ...expected, body: hostileText(chance) }),
    seconds,
    ...(chance.is(0.5) && { initSeconds: chance.spread(100, 9_000) / 1_000 })
  }
  if (!isOdd) return chance.is(0.25) ? { ...usual, seconds: chance.spread(3, 600), timeout: 900 } : usual
  return chance.weighted<RunOptions>([
    [{ ...usual, throws: hostileText(chance) }, 3],
    [{ ...usual, answer: JSON.stringify({ ok: false, body: hostileText(chance).repeat(40) }) }, 3],
    [{ ...usual, answer: hostileText(chance) }, 1],
    [{ ...usual, seconds: chance.spread(4, 60) }, 2]
  ])
}

const kinds: [FaultKind, number][] = [
  ['throttle', 3],
  ['serverErrorBefore', 2],
  ['serverErrorAfter', 3],
  ['dropBefore', 2],
  ['dropAfter', 4],
  ['timeout', 2],
  ['slow', 3],
  ['html', 2],
  ['emptyJson', 2],
  ['stall', 2],
  ['custom', 3],
  ['accessDenied', 1]
]

function someInvokeFaults(chance: Chance): FaultSchedule {
  if (chance.is(0.5)) return []
  const kind = chance.weighted(kinds)
  const fault: Fault = {
    operation: 'Invoke',
    kind,
    skip: chance.between(0, 2),
    times: chance.weighted([
      [1, 5],
      [2, 3],
      [3, 2],
      [10, 2],
      [always, 2]
    ]),
    ...(kind === 'timeout' && { ms: chance.spread(1_000, 900_000) }),
    ...(kind === 'slow' && { ms: chance.spread(100, 40_000) }),
    ...(kind === 'html' && { status: chance.pick([200, 403, 502]) }),
    ...(kind === 'custom' && { error: someError(chance) })
  }
  return [fault]
}

/** What Lambda answers when it cannot run a version, for a while or for good. */
const someError = (chance: Chance): NonNullable<Fault['error']> => ({
  ...chance.pick([
    { name: 'SnapStartNotReadyException', status: 409 },
    { name: 'ResourceConflictException', status: 409 },
    { name: 'ResourceNotReadyException', status: 502 },
    { name: 'EFSMountTimeoutException', status: 408 },
    { name: 'KMSAccessDeniedException', status: 502 },
    { name: 'InvalidRequestContentException', status: 400 }
  ]),
  message: hostileText(chance)
})
