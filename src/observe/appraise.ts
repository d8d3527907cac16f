import { minuteMs, minuteOf } from '../deployment/figures.ts'
import {
  absence,
  absenceIsJudged,
  breach,
  canStop,
  errorsAreJudged,
  type Gate,
  isSettled,
  judgedSums,
  openGate,
  type Shift
} from '../deployment/gate.ts'
import type { Subject } from '../deployment/observation.ts'
import { durationMs, isAtOnce } from '../deployment/schedule.ts'
import { counted } from '../text/figures.ts'
import { duration, timeOfDay } from '../text/units.ts'
import type { Measured } from '../watch/measured.ts'
import { noTrafficText, verdictText } from '../watch/verdict.ts'

/** What there is to say about the figures of a release that succeeded. */
export interface Appraisal {
  warnings: readonly string[]
  /** What was judged, and what could not be; for the log and the summary. */
  judgement: readonly string[]
}

/**
 * Judges the whole shift once more, by what is known at the end (`now`, epoch ms). Nothing can be stopped any more. Without a `shift`,
 * it was never seen.
 */
export function appraise(
  measured: Pick<Measured, 'figures' | 'readAt' | 'lost'>,
  shift: Shift | undefined,
  subject: Subject,
  now: number,
  gate: Gate = openGate
): Appraisal {
  const warnings: string[] = []
  const judgement: string[] = []
  if (!shift) {
    if (canStop(gate) && !isAtOnce(subject.schedule)) warnings.push(unseen(subject))
    return { warnings, judgement }
  }
  const whole = { ...shift, to: Math.min(shift.to, now) }
  if (measured.readAt === undefined) {
    if (canStop(gate)) warnings.push(unread(measured.lost?.reason))
    return { warnings, judgement }
  }
  const late = breach(measured.figures, whole, gate, now)
  if (late)
    warnings.push(
      `${verdictText(late, subject)} This was seen only when all traffic had moved, so nothing was stopped.`
    )
  else if (gate.maxErrorRate) judgement.push(...judged(measured, whole, subject, now, gate))
  if (measured.lost && canStop(gate) && !isSettled(measured.figures, whole, now))
    warnings.push(
      `CloudWatch's figures could not be read from ${timeOfDay(measured.lost.at)} on (${measured.lost.reason}): nobody judged v${subject.targetVersion} after that.`
    )
  const none = absence(measured.figures, whole, now)
  if (gate.ifNoTraffic === 'ignore' || none === 'came') return { warnings, judgement }
  const orFail = gate.ifNoTraffic === 'fail' ? warnings : judgement
  if (shift.schedule && !absenceIsJudged(shift.schedule)) orFail.push(tooShort(shift.schedule, subject))
  else if (none !== 'unknown') warnings.push(`${noTrafficText(none, subject)} ${whereToLook(none.calls)}`)
  else orFail.push(unknownText(subject, measured.lost))
  return { warnings, judgement }
}

/** Up to when the gate judged, and why not further. */
function judged(
  { figures, lost }: Pick<Measured, 'figures' | 'lost'>,
  shift: Shift,
  { targetVersion, currentVersion }: Subject,
  now: number,
  { minInvocations, maxErrorRate }: Gate
): string[] {
  const { until, target, current } = judgedSums(figures, shift, now)
  const from = minuteOf(shift.from)
  const { schedule } = shift
  if (until <= from && !lost && schedule && !errorsAreJudged(schedule))
    return [
      `No verdict: a shift of ${duration(durationMs(schedule))} is too short to judge v${targetVersion}.`
    ]
  const count = target?.invocations ?? 0
  const few = maxErrorRate?.isRelative && count >= minInvocations ? currentVersion : targetVersion
  const fewCount = few === targetVersion ? count : (current?.invocations ?? 0)
  const verdict =
    until <= from
      ? `No verdict: ${lost ? "CloudWatch's figures could not be read for long enough" : 'CloudWatch had no figures of the shift yet'}.`
      : fewCount < minInvocations
        ? `No verdict: ${fewCount === 0 ? `no invocation of v${few} is known` : `v${few} had ${counted(fewCount, 'invocation')}`} until ${timeOfDay(until)}, fewer than min-invocations (${minInvocations}).`
        : `Judged until ${timeOfDay(until)}: v${targetVersion} failed ${target?.errors ?? 0} of ${counted(count, 'invocation')}, which is allowed.`
  const end = Math.floor(shift.to / minuteMs) * minuteMs
  return until < end
    ? [
        verdict,
        `Not judged: ${timeOfDay(Math.max(from, until))} to ${timeOfDay(end)}, because CloudWatch's figures ${lost ? 'could not be read' : 'come late'}.`
      ]
    : [verdict]
}

const unread = (reason: string | undefined): string =>
  `CloudWatch's figures could never be read${reason === undefined ? '' : ` (${reason})`}: nobody judged the new version.`

const unseen = ({ targetVersion }: Subject): string =>
  `It was not seen when both versions shared the traffic: nobody judged v${targetVersion}.`

const whereToLook = (calls: number): string =>
  calls > 0
    ? 'The canary tested nothing: the shift is too short, or its first share too small, for so few calls.'
    : 'The canary tested nothing. Most often the clients invoke $LATEST or another alias.'

const tooShort = (schedule: NonNullable<Shift['schedule']>, { targetVersion }: Subject): string =>
  `No invocation of v${targetVersion} is known; a shift of ${duration(durationMs(schedule))} is too short to measure.`

const unknownText = ({ targetVersion }: Subject, lost: Measured['lost']): string =>
  `Whether anybody invoked v${targetVersion} during the shift is not known: CloudWatch's figures ${lost ? 'could not be read' : 'are late'}.`
