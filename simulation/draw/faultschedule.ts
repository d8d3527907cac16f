import type { Fault, FaultKind } from '../../simulator/faults.ts'
import type { Chance } from './chance.ts'
import { hostileText } from './hostile.ts'

/** What goes wrong between the program and AWS. Times in `when` are milliseconds from the start. */
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

/** Faults that end by themselves, or do not hit the next try. */
const transient: [FaultKind, number][] = [
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

const permanent: [FaultKind, number][] = [
  ['accessDenied', 4],
  ['expiredToken', 3],
  ['invalidToken', 1]
]

/** How long the program waits for an answer before it hangs up, ms (src/aws/network.ts). */
export const requestTimeoutMs = 20_000

/** A schedule of faults; often there are none. */
export function someFaults(chance: Chance): FaultSchedule {
  if (chance.is(0.4)) return []
  const faults: Fault[] = []
  for (let left = chance.between(0, 3); left > 0; left--) faults.push(transientFault(chance))
  // What happens during CreateDeployment matters most.
  if (chance.is(0.06))
    faults.push({ operation: 'CreateDeployment', kind: 'slow', ms: chance.spread(1_000, 25_000) })
  if (chance.is(0.12)) faults.push(outage(chance))
  if (chance.is(0.08))
    faults.push({
      operation: chance.weighted(operations),
      kind: chance.weighted(permanent),
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

/** Answers that begin and never end, now and then. Drawn separately, so that the other worlds stay as they are. */
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

/** Stops that find CodeDeploy busy for longer than they are repeated at once: a hundred of them may come together. Drawn apart. */
export function someLateStops(chance: Chance): FaultSchedule {
  if (!chance.is(0.04)) return []
  const kind = chance.pick(['throttle', 'serverErrorBefore', 'dropBefore'] as const)
  return [{ operation: 'StopDeployment', kind, times: chance.between(5, 15) }]
}

/** An answer or two that do not yet know a deployment that an earlier one has shown. Drawn apart. */
export function someForgetfulAnswers(chance: Chance): FaultSchedule {
  if (!chance.is(0.04)) return []
  const answer = { ms: chance.between(5_000, 7_000), skip: chance.between(1, 2), times: chance.between(1, 2) }
  return ['GetDeployment', 'BatchGetDeployments'].map(operation => ({ operation, kind: 'stale', ...answer }))
}

/** Credentials whose parts do not fit: AWS then says what it was asked, and with what. Drawn apart, as above. */
export function someWrongSignatures(chance: Chance): FaultSchedule {
  if (!chance.is(0.03)) return []
  const skip = chance.is(0.5) ? 0 : chance.spread(1, 30)
  return [
    { operation: chance.weighted(operations), kind: 'wrongSignature', skip, times: Number.POSITIVE_INFINITY }
  ]
}

function transientFault(chance: Chance): Fault {
  const kind = chance.weighted(transient)
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
    // Beyond the time-out, the program has hung up by the time the service acts. How late AWS may act on an abandoned request is not
    // documented; without an idempotency token, no client is safe against more than it waits for.
    ...(kind === 'slow' && { ms: chance.spread(100, 25_000) }),
    ...(kind === 'html' && { status: chance.pick([200, 302, 403, 502]) }),
    ...(kind === 'custom' && { error: oddError(chance) })
  }
}

/** For a while, nothing or almost nothing gets through. */
function outage(chance: Chance): Fault {
  const from = chance.spread(100, 900_000)
  return {
    operation: '*',
    kind: chance.pick(['dropBefore', 'throttle', 'serverErrorBefore', 'dropAfter']),
    when: { from, to: from + chance.spread(1_000, 1_200_000) },
    times: Number.POSITIVE_INFINITY
  }
}

/** An undocumented error, with a hostile message. */
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

/** Now and then, or always, an answer is what was true up to seven seconds ago; the program asks for ten (src/watch/patience.ts). */
export const someStale = (operation: string, chance: Chance): Fault => ({
  operation,
  kind: 'stale',
  ms: chance.spread(200, 7_000),
  skip: chance.is(0.5) ? 0 : chance.spread(1, 10),
  times: chance.weighted([
    [1, 3],
    [3, 3],
    [Number.POSITIVE_INFINITY, 3]
  ])
})
