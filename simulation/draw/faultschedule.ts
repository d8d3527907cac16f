import type { Fault, FaultKind } from '../../simulator/faults.ts'
import type { Chance } from './chance.ts'
import { hostileText } from './hostile.ts'

/** What goes wrong between the program and AWS. Moments in `when` are milliseconds from the start. */
export type FaultSchedule = readonly Fault[]

const operations: [string, number][] = [
  ['CreateDeployment', 8],
  ['GetDeployment', 8],
  ['StopDeployment', 5],
  ['GetAlias', 6],
  ['ListDeployments', 4],
  ['GetFunctionConfiguration', 3],
  ['PublishVersion', 3],
  ['GetDeploymentGroup', 1],
  ['GetDeploymentConfig', 1],
  ['CreateDeploymentConfig', 1],
  ['CreateAlias', 2],
  ['ListDeploymentTargets', 1],
  ['BatchGetDeploymentTargets', 2],
  ['GetApplicationRevision', 1],
  ['FilterLogEvents', 2],
  ['*', 6]
]

/** They pass by themselves, or are gone with the next try. */
const passing: [FaultKind, number][] = [
  ['throttle', 3],
  ['serverErrorBefore', 2],
  ['serverErrorAfter', 4],
  ['dropBefore', 2],
  ['dropAfter', 4],
  ['timeout', 2],
  ['slow', 4],
  ['html', 2],
  ['emptyJson', 2],
  ['isoDates', 1],
  ['unknownStatus', 1],
  ['custom', 2]
]

const definite: [FaultKind, number][] = [
  ['accessDenied', 4],
  ['expiredToken', 3],
  ['invalidToken', 1]
]

/** The program hangs up after so long without an answer, ms (src/aws/network.ts). */
export const requestTimeoutMs = 20_000

/** A schedule of faults; fair weather is as common as foul. */
export function someFaults(chance: Chance): FaultSchedule {
  if (chance.is(0.4)) return []
  const faults: Fault[] = []
  for (let left = chance.between(0, 3); left > 0; left--) faults.push(passingFault(chance))
  // What happens while it is under way matters most.
  if (chance.is(0.06))
    faults.push({ operation: 'CreateDeployment', kind: 'slow', ms: chance.spread(1_000, 25_000) })
  if (chance.is(0.12)) faults.push(outage(chance))
  if (chance.is(0.08))
    faults.push({
      operation: chance.weighted(operations),
      kind: chance.weighted(definite),
      skip: chance.is(0.5) ? 0 : chance.between(0, 20),
      times: Number.POSITIVE_INFINITY
    })
  if (chance.is(0.05))
    faults.push({
      operation: '*',
      kind: 'expiredToken',
      when: { from: chance.spread(1_000, 900_000) },
      times: Number.POSITIVE_INFINITY
    })
  return faults
}

/** Answers that begin and never end, now and then. They are drawn apart, so that the other worlds stay as they are. */
export function someStalls(chance: Chance): FaultSchedule {
  if (!chance.is(0.08)) return []
  return [
    {
      operation: chance.weighted(operations),
      kind: 'stall',
      skip: chance.is(0.4) ? 0 : chance.spread(1, 40),
      times: chance.weighted([
        [1, 5],
        [3, 2],
        [8, 1]
      ])
    }
  ]
}

/** Credentials whose parts do not fit: AWS then says what it was asked, and with what. Drawn apart, as above. */
export function someWrongSignatures(chance: Chance): FaultSchedule {
  if (!chance.is(0.03)) return []
  const skip = chance.is(0.5) ? 0 : chance.spread(1, 30)
  return [
    { operation: chance.weighted(operations), kind: 'wrongSignature', skip, times: Number.POSITIVE_INFINITY }
  ]
}

function passingFault(chance: Chance): Fault {
  const kind = chance.weighted(passing)
  return {
    operation: chance.weighted(operations),
    kind,
    skip: chance.is(0.6) ? 0 : chance.between(0, 12),
    times: chance.weighted([
      [1, 6],
      [2, 3],
      [5, 2],
      [12, 1]
    ]),
    ...(kind === 'timeout' && { ms: requestTimeoutMs }),
    // Beyond the time-out the program has hung up when the service acts. How late AWS may act on a request that nobody waits for any
    // longer is not documented; without an idempotency token no client is safe against more than it waits for.
    ...(kind === 'slow' && { ms: chance.spread(100, 25_000) }),
    ...(kind === 'html' && { status: chance.pick([200, 302, 403, 502]) }),
    ...(kind === 'custom' && { error: oddError(chance) })
  }
}

/** Nothing, or next to nothing, gets through for a while. */
function outage(chance: Chance): Fault {
  const from = chance.spread(100, 900_000)
  return {
    operation: '*',
    kind: chance.pick(['dropBefore', 'throttle', 'serverErrorBefore', 'dropAfter']),
    when: { from, to: from + chance.spread(1_000, 1_200_000) },
    times: Number.POSITIVE_INFINITY
  }
}

/** An error that no documentation names, with words that try to act. */
function oddError(chance: Chance): NonNullable<Fault['error']> {
  return {
    name: chance.pick([
      'ServiceUnavailable',
      'InternalFailure',
      'ThrottlingException',
      'KMSInternalException'
    ]),
    message: hostileText(chance),
    status: chance.pick([500, 503, 429])
  }
}
