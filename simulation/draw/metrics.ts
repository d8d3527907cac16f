import type { FaultKind } from '../../simulator/faults.ts'
import type { PaymentsOptions } from '../../simulator/setting.ts'
import { answers, metricsAnswers, type Uncertain } from '../../simulator/uncertain.ts'
import type { Chance } from './chance.ts'
import { type FaultSchedule, requestTimeoutMs } from './faultschedule.ts'
import type { StepInputs } from './inputs.ts'

/** What the clients do, what CloudWatch shows of it, and what the step makes of that. Drawn apart, so that the other worlds stay. */
export interface MetricsScene {
  uncertain: Partial<Uncertain>
  /** How unevenly late points come, ms. */
  jitterMs: number
  /** Share of the minutes that never get a point. */
  missing: number
  broken?: 'InternalError' | 'Forbidden'
  faults: FaultSchedule
  /** Of all steps: whether and how the new version is judged. */
  gate: StepInputs
  /** Many call, and the new version fails: there is something to judge. */
  isTelling?: boolean
}

/** A world in which CloudWatch is as it usually is, and nobody judges. */
export const calmMetrics: MetricsScene = { uncertain: {}, jitterMs: 0, missing: 0, faults: [], gate: {} }

export function someMetrics(chance: Chance): MetricsScene {
  const uncertain: Record<string, unknown> = {}
  for (const name of metricsAnswers) {
    const values: readonly unknown[] = answers[name]
    if (chance.is(0.4)) uncertain[name] = values[chance.between(0, values.length - 1)]
  }
  const gate = chance.is(0.5) ? someGate(chance) : {}
  const isTelling = Object.keys(gate).length > 0 && chance.is(0.5)
  // From two to five minutes, some minutes of a usual shift are there, and some only in part.
  if (chance.is(0.5))
    uncertain.metricsLateMs = chance.weighted([
      [chance.spread(90_000, 300_000), isTelling ? 1 : 2],
      [chance.spread(1_000, 60_000), 1],
      [chance.spread(1_000, 600_000), 1]
    ])
  return {
    ...(isTelling && { isTelling }),
    uncertain,
    jitterMs: chance.is(0.4) ? chance.spread(100, 60_000) : 0,
    missing: chance.is(0.1) ? chance.next() / 2 : 0,
    ...(chance.is(0.03) && { broken: chance.pick(['InternalError', 'Forbidden'] as const) }),
    faults: chance.is(0.2) ? [someFault(chance)] : [],
    gate
  }
}

const kinds: [FaultKind, number][] = [
  ['throttle', 4],
  ['accessDenied', 3],
  ['timeout', 3],
  ['slow', 3],
  ['stall', 1],
  ['html', 2],
  ['emptyJson', 2],
  ['isoDates', 1],
  ['serverErrorBefore', 2],
  ['dropBefore', 2],
  ['expiredToken', 1]
]

function someFault(chance: Chance): FaultSchedule[number] {
  const kind = chance.weighted(kinds)
  return {
    operation: chance.weighted([
      ['GetMetricData', 5],
      ['DescribeAlarms', 1]
    ]),
    kind,
    skip: chance.is(0.4) ? 0 : chance.between(1, 6),
    times: chance.weighted([
      [1, 3],
      [chance.between(2, 12), 3],
      [Number.POSITIVE_INFINITY, 2]
    ]),
    ...(kind === 'timeout' && { ms: requestTimeoutMs }),
    ...(kind === 'slow' && { ms: chance.spread(100, 25_000) })
  }
}

function someGate(chance: Chance): StepInputs {
  const limit = chance.weighted<StepInputs>([
    [{ 'max-error-rate': '5' }, 4],
    [{ 'max-error-rate': '0' }, 1],
    [{ 'max-error-rate': '+2' }, 3],
    [{}, 2]
  ])
  return {
    ...limit,
    ...(limit['max-error-rate'] !== undefined &&
      chance.is(0.4) && { 'min-invocations': String(chance.spread(1, 200)) }),
    ...(chance.is(0.5) && { 'if-no-traffic': chance.pick(['fail', 'fail', 'ignore', 'warn']) })
  }
}

/** The clients of one function. */
export function someClients(
  chance: Chance,
  { isTelling = false }: Pick<MetricsScene, 'isTelling'>
): NonNullable<PaymentsOptions['clients']> {
  const rate = () => (chance.is(isTelling ? 0.1 : 0.45) ? 0 : chance.pick([0.01, 0.04, 0.1, 0.3, 1]))
  const before = rate()
  const errors = Object.fromEntries(['3', '5', '6', '8', '9', '10'].map(version => [version, rate()]))
  return {
    live: chance.weighted([
      [chance.spread(200, 2_000), isTelling ? 20 : 0],
      [200, 4],
      [chance.spread(1, 2_000), 4],
      [chance.spread(1, 20), 2],
      [0, 1]
    ]),
    ...(chance.is(0.2) && { latest: chance.spread(1, 300) }),
    errors: { 7: before, ...errors, ...(chance.is(0.2) && { 8: before }) }
  }
}

/** The gate makes sense only where the step watches traffic that is shared for a while; elsewhere it is refused, which is drawn seldom. */
export const gateFor = (inputs: StepInputs, { gate }: MetricsScene, chance: Chance): StepInputs => {
  const { 'codedeploy-deployment-config': strategy = '', functions = '', wait, 'deployment-id': id } = inputs
  const isShift = /Canary|Linear/.test(strategy) && !functions.includes('AllAtOnce') && wait !== 'false'
  return isShift || id !== undefined || chance.is(0.05) ? gate : {}
}
