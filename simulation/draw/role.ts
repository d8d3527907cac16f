import type { Fault, FaultKind } from '../../simulator/faults.ts'
import type { Chance } from './chance.ts'
import { hostileText } from './hostile.ts'
import type { TokenTrouble } from './tokentrouble.ts'

/** The role that the step assumes by itself, and how GitHub and STS take part in it. */
export interface RoleScene {
  arn: string
  /** How long its sessions last, seconds. */
  sessionSeconds: number
  /** How GitHub answers when it is asked for an id token: the first so many times it does, then `failing` times it does not. */
  idTokens: { ms: number; given: number; failing: number }
  /** What passes by itself. Undefined: nothing. */
  tokenTrouble?: TokenTrouble
  /** What goes wrong with AssumeRoleWithWebIdentity. */
  faults: readonly Fault[]
}

const always = Number.POSITIVE_INFINITY

const kinds: [FaultKind, number][] = [
  ['slow', 4],
  ['throttle', 3],
  ['accessDenied', 3],
  ['serverErrorBefore', 2],
  ['timeout', 2],
  ['dropBefore', 2],
  ['dropAfter', 1],
  ['html', 1],
  ['emptyJson', 1],
  ['custom', 1]
]

/** An eighth of the jobs have no credentials of their own. */
export function someRole(chance: Chance): RoleScene | undefined {
  if (!chance.is(0.125)) return undefined
  return {
    arn: 'arn:aws:iam::123456789012:role/release',
    sessionSeconds: chance.is(0.7) ? 900 : chance.spread(900, 3_600),
    idTokens: {
      ms: chance.is(0.9) ? chance.spread(20, 2_000) : chance.spread(2_000, 60_000),
      ...chance.weighted([
        [{ given: always, failing: 0 }, 88],
        // Without permissions: id-token: write.
        [{ given: 0, failing: always }, 4],
        [{ given: 1, failing: chance.between(1, 30) }, 5],
        [{ given: 1, failing: always }, 3]
      ])
    },
    faults: chance.is(0.6) ? [] : [stsFault(chance)]
  }
}

function stsFault(chance: Chance): Fault {
  const kind = chance.weighted(kinds)
  return {
    operation: 'AssumeRoleWithWebIdentity',
    kind,
    // What goes wrong at once only refuses the release.
    skip: chance.is(0.3) ? 0 : 1,
    times: chance.weighted([
      [1, 3],
      [chance.between(2, 40), 5],
      [always, 2]
    ]),
    ...(kind === 'slow' && { ms: chance.spread(1_000, 25_000) }),
    ...(kind === 'timeout' && { ms: 20_000 }),
    ...(kind === 'html' && { status: chance.pick([200, 403, 502]) }),
    ...(kind === 'custom' && {
      error: { name: 'IDPCommunicationError', message: hostileText(chance), status: 400 }
    })
  }
}
