import type { Fault } from '../../simulator/faults.ts'
import { paymentsNames } from '../../simulator/setting.ts'
import type { Actor } from '../draw/actors.ts'
import { alarm, mover, stopper } from '../draw/actors.ts'
import { requestTimeoutMs } from '../draw/faultschedule.ts'
import { release } from '../draw/inputs.ts'
import { calmMetrics } from '../draw/metrics.ts'
import type { Moment } from '../draw/moment.ts'
import type { Scene, Signal } from '../draw/scene.ts'

/** A phase of a release, and when in it something happens. */
export interface Phase {
  name: string
  at: Moment
  /** What a fault hits: which requests, from when on (ms from the start). */
  strikes: { operation: string; fromMs: number }
}

export const phases: readonly Phase[] = [
  {
    name: 'Before the deployment is created',
    at: { after: 'start', ms: 120 },
    strikes: { operation: '*', fromMs: 0 }
  },
  {
    name: 'While it is being created',
    at: { after: 'ask', ms: 0 },
    strikes: { operation: 'CreateDeployment', fromMs: 0 }
  },
  {
    name: 'During the shift',
    at: { after: 'create', ms: 120_000 },
    strikes: { operation: '*', fromMs: 120_000 }
  },
  {
    name: 'At the end, when all traffic has moved and the last hook runs',
    at: { after: 'flip', ms: 10_000 },
    strikes: { operation: '*', fromMs: 325_000 }
  }
]

/** Something that goes wrong, or that somebody does. */
export interface Trouble {
  name: string
  fault?: Pick<Fault, 'kind' | 'ms' | 'status'> & { forMs: number; timesAtCreate?: number }
  actor?: (at: Moment) => Actor
  signal?: Signal['kind']
}

const halfAMinute = 30_000
const always = Number.POSITIVE_INFINITY

export const troubles: readonly Trouble[] = [
  { name: 'AWS throttles requests', fault: { kind: 'throttle', forMs: halfAMinute } },
  { name: 'AWS responds with 5xx', fault: { kind: 'serverErrorAfter', forMs: halfAMinute } },
  {
    name: 'connections break before AWS gets the request',
    fault: { kind: 'dropBefore', forMs: halfAMinute }
  },
  { name: 'connections break after AWS has acted', fault: { kind: 'dropAfter', forMs: halfAMinute } },
  { name: 'requests time out', fault: { kind: 'timeout', ms: requestTimeoutMs, forMs: halfAMinute } },
  { name: 'a proxy responds with its own page', fault: { kind: 'html', forMs: halfAMinute } },
  { name: 'responses are empty', fault: { kind: 'emptyJson', forMs: halfAMinute } },
  { name: 'dates are malformed', fault: { kind: 'isoDates', forMs: halfAMinute } },
  { name: 'the deployment has an unknown status', fault: { kind: 'unknownStatus', forMs: halfAMinute } },
  {
    name: 'no connection for 15 minutes',
    fault: { kind: 'dropBefore', forMs: 900_000, timesAtCreate: always }
  },
  { name: 'the credentials expire', fault: { kind: 'expiredToken', forMs: always, timesAtCreate: always } },
  { name: 'access is denied', fault: { kind: 'accessDenied', forMs: always, timesAtCreate: always } },
  { name: 'an alarm goes off', actor: at => alarm('ALARM', at) },
  { name: 'somebody moves the alias to version 5', actor: at => mover('5', at, false) },
  { name: 'somebody stops the deployment', actor: at => stopper(undefined, at) },
  { name: 'the job is cancelled', signal: 'SIGINT' },
  { name: "the step's process is killed", signal: 'SIGKILL' }
]

/** The release in the tables: a canary with a hook after it, and one trouble in one phase. */
export function sceneOf({ fault, actor, signal }: Trouble, { at, strikes }: Phase): Scene {
  return {
    seed: 1,
    functions: [{ names: paymentsNames, options: { before: {}, after: { seconds: 30 } } }],
    uncertain: {},
    latency: { lowMs: 25, highMs: 25 },
    faults: fault ? [faultIn(fault, strikes)] : [],
    actors: actor ? [actor(at)] : [],
    metrics: calmMetrics,
    steps: [
      {
        run: '4711',
        afterMs: 0,
        inputs: { ...release, 'after-allow-traffic-hook': 'CodeDeployHook_after' },
        skewMs: 0,
        signals: signal ? [{ kind: signal, at }] : []
      }
    ]
  }
}

function faultIn(
  { forMs, timesAtCreate = 1, ...fault }: NonNullable<Trouble['fault']>,
  { operation, fromMs }: Phase['strikes']
): Fault {
  // While it is being created, the first attempt is what matters.
  if (operation === 'CreateDeployment') return { ...fault, operation, times: timesAtCreate }
  const when = { from: fromMs, ...(forMs !== always && { to: fromMs + forMs }) }
  return { ...fault, operation, when, times: always }
}
