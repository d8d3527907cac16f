import { type Gate, noTrafficPolicies } from '../deployment/gate.ts'
import type { Reader } from './reader.ts'

/** Reads and checks what the new version is judged by; `read` collects what is wrong. */
export function gateGiven(read: Reader): Gate {
  const limit = limitGiven(read)
  const minInvocations = read.integer('min-invocations', 1, 1_000_000)
  return {
    ...(limit && { maxErrorRate: limit }),
    minInvocations: minInvocations ?? usual,
    ifNoTraffic: read.oneOf('if-no-traffic', noTrafficPolicies)
  }
}

/** Where a minimum is given, one of `gates` has to have the limit that it is part of; by default, the same one. */
export function checkMinimum(read: Reader, gate: Gate, gates: readonly Gate[] = [gate]): void {
  const { minInvocations } = gate
  if (minInvocations === usual || gates.some(({ maxErrorRate }) => maxErrorRate)) return
  read.problem(
    'min-invocations',
    String(minInvocations),
    'nothing without max-error-rate, which it is part of'
  )
}

/** As in action.yml. */
const usual = 20

function limitGiven(read: Reader): Gate['maxErrorRate'] {
  const name = 'max-error-rate'
  const accepted = "a percentage from 0 to 100 such as '5', or points above the version before such as '+2'"
  const text = read.matching(name, /^\+?\d{1,3}(\.\d{1,2})?$/, accepted)
  if (!text) return undefined
  const percent = Number(text)
  if (percent > 100) read.problem(name, text, accepted)
  return { percent, isRelative: text.startsWith('+') }
}
