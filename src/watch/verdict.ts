import { manualRemedy } from '../deployment/alias.ts'
import { rateOf, type Sums } from '../deployment/figures.ts'
import type { NoTraffic, Verdict } from '../deployment/gate.ts'
import type { Subject } from '../deployment/observation.ts'
import type { Cause, Outcome } from '../deployment/outcome.ts'
import type { WatchedDeployment } from './watched.ts'

type Versions = Pick<Subject, 'functionName' | 'alias' | 'currentVersion' | 'targetVersion'>

export const verdictCodes = { 'canary-errors': 'CANARY_ERRORS', 'no-traffic': 'NO_TRAFFIC' } as const

/** The verdict in one sentence that counts. */
export function verdictText(verdict: Verdict, versions: Versions): string {
  if (verdict.kind === 'no-traffic') return noTrafficText(verdict, versions)
  const { target, current, allowed } = verdict
  const before = current ? `; ${failedText(current, versions.currentVersion)} in the same minutes` : ''
  return `${failedText(target, versions.targetVersion, 'invocation')} ${untilText(verdict)} (${aboveText(rateOf(target) * 100, allowed)})${before}.`
}

/** Tells apart whether the alias was not called at all, or too seldom. */
export function noTrafficText(
  { calls, past, chance, until }: NoTraffic & { until: number },
  versions: Versions
): string {
  const { functionName, alias, targetVersion, currentVersion } = versions
  const known = untilText({ until })
  if (calls > 0)
    return `No invocation reached v${targetVersion} ${known}: alias ${alias} was called ${times(calls)}, and v${currentVersion} got all of them${
      chance === undefined ? '' : ` (the chance of that is ${percentText(chance * 100)})`
    }.`
  const others =
    past > 0 ? ` Function ${functionName} itself was called ${times(past)}, but not through it.` : ''
  return `Nobody called ${functionName}:${alias} during the shift ${known}, so v${targetVersion} was not tried at all.${others}`
}

const nextOf = (verdict: Verdict, { alias, targetVersion }: Versions): string => {
  if (verdict.kind === 'canary-errors')
    return `Find the errors in the log of version ${targetVersion}, fix them, then release again.`
  return verdict.calls > 0
    ? 'Let the shift last longer, or give its first step a greater share, so that the new version gets calls; or set if-no-traffic: warn.'
    : `See that the clients invoke alias ${alias} and not $LATEST or another alias, then release again; or set if-no-traffic: warn.`
}

/** For the other functions of the step: why they are not released either. */
export const inShort = (verdict: Verdict): string =>
  verdict.kind === 'canary-errors' ? 'failed too often' : 'was not invoked'

export const verdictCause = (verdict: Verdict, versions: Versions): Cause => ({
  code: verdictCodes[verdict.kind],
  what: verdictText(verdict, versions),
  next: nextOf(verdict, versions)
})

/** A release does not pass over a verdict: the stop was refused, or came too late. A verdict from after the end is no verdict. */
export function unlessBreached(outcome: Outcome, watch: WatchedDeployment): Outcome {
  const { subject, seen } = watch
  const verdict = watch.stoppedFor ?? watch.measured.verdict
  const completedAt = seen?.deployment.completedAt ?? Number.POSITIVE_INFINITY
  if (outcome.kind !== 'succeeded' || !verdict || completedAt <= verdict.at) return outcome
  const { what, code } = verdictCause(verdict, subject)
  return {
    kind: 'failed',
    ...(outcome.serving && { serving: outcome.serving }),
    cause: {
      code,
      what: `${what} The deployment could not be stopped before all traffic had moved.`,
      next: manualRemedy(outcome.serving, subject)
    }
  }
}

const failedText = ({ invocations, errors }: Sums, version: string, unit = ''): string =>
  `v${version} failed ${errors} of ${invocations}${unit && ` ${invocations === 1 ? unit : `${unit}s`}`}`

const untilText = ({ until }: { until: number }): string =>
  `until ${new Date(until).toISOString().slice(11, 16)} UTC`

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

/** `15 %`, `0.4 %`: one digit after the point where it matters. */
const usualDigits = (percent: number): number => (percent >= 10 ? 0 : 1)

const percentText = (percent: number, digits = usualDigits(percent)): string =>
  `${rounded(percent, digits)} %`

/** `10.3 %, allowed 10 %`: the limit as it was given, and the rate with as many digits as that has, or as show that it is above. */
function aboveText(rate: number, allowed: number): string {
  const given = [0, 1].find(digits => rounded(allowed, digits) === rounded(allowed, 2)) ?? 2
  let digits = Math.max(given, usualDigits(rate))
  while (digits < mostDigits && rounded(rate, digits) <= rounded(allowed, digits)) digits++
  return `${percentText(rate, digits)}, allowed ${percentText(allowed, digits)}`
}

const mostDigits = 6

const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits
