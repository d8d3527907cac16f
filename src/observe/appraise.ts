import { minuteMs, minuteOf } from '../deployment/figures.ts'
import {
  absence,
  absenceIsJudged,
  breach,
  canStop,
  errorsAreJudged,
  type Gate,
  isSettled,
  isSilent,
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
  else if (gate.maxErrorRate) {
    const found = judged(measured, whole, subject, now, gate)
    judgement.push(...found.judgement)
    warnings.push(...found.warnings)
  }
  if (measured.lost && canStop(gate) && !isSettled(measured.figures, whole, now))
    warnings.push(
      `CloudWatch's figures could not be read from ${timeOfDay(measured.lost.at)} on (${measured.lost.reason}): nobody judged v${subject.targetVersion} after that.`
    )
  const none = absence(measured.figures, whole, now)
  if (gate.ifNoTraffic === 'ignore' || none === 'came') return { warnings, judgement }
  const orFail = gate.ifNoTraffic === 'fail' ? warnings : judgement
  if (shift.schedule && !absenceIsJudged(shift.schedule)) orFail.push(tooShort(shift.schedule, subject))
  else if (none !== 'unknown')
    warnings.push(
      `${noTrafficText(none, subject)} ${whereToLook(none.calls)}${gate.ifNoTraffic === 'fail' && !shift.schedule ? unplanned : ''}`
    )
  else if (isSilent(measured.figures, now, whole.from)) warnings.push(unknownText(subject, nothingShown))
  else
    orFail.push(
      unknownText(subject, `CloudWatch's figures ${measured.lost ? 'could not be read' : 'are late'}`)
    )
  return { warnings, judgement }
}

/** Up to when the gate judged, and why not further; with a warning if it had a verdict, and then CloudWatch showed nothing for long. */
function judged(
  { figures, lost }: Pick<Measured, 'figures' | 'lost'>,
  shift: Shift,
  { targetVersion, currentVersion }: Subject,
  now: number,
  { minInvocations, maxErrorRate }: Gate
): Appraisal {
  const { until, target, current } = judgedSums(figures, shift, now)
  const from = minuteOf(shift.since ?? shift.from)
  const { schedule } = shift
  if (until <= from && !lost && schedule && !errorsAreJudged(schedule))
    return {
      judgement: [
        `No verdict: a shift of ${duration(durationMs(schedule))} is too short to judge v${targetVersion}.`
      ],
      warnings: []
    }
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
  if (until >= end) return { judgement: [verdict], warnings: [] }
  const since = timeOfDay(Math.max(from, until))
  const stoodStill = !lost && isSilent(figures, now, shift.from)
  const why = lost
    ? "CloudWatch's figures could not be read"
    : stoodStill
      ? 'CloudWatch showed nothing of any function in that time'
      : "CloudWatch's figures come late"
  return {
    judgement: [verdict, `Not judged: ${since} to ${timeOfDay(end)}, because ${why}.`],
    warnings:
      stoodStill && fewCount >= minInvocations
        ? [
            `CloudWatch showed nothing of any function after ${since}: nobody judged v${targetVersion} after that.`
          ]
        : []
  }
}

const unread = (reason: string | undefined): string =>
  `CloudWatch's figures could never be read${reason === undefined ? '' : ` (${reason})`}: nobody judged the new version.`

const unseen = ({ targetVersion }: Subject): string =>
  `It was not seen when both versions shared the traffic: nobody judged v${targetVersion}.`

const whereToLook = (calls: number): string =>
  calls > 0
    ? 'The canary tested nothing: the shift is too short, or its first share too small, for so few calls.'
    : 'The canary tested nothing. Most often the clients invoke $LATEST or another alias.'

const unplanned = ' Nothing was stopped, because it was not known when the last step was due.'

const tooShort = (schedule: NonNullable<Shift['schedule']>, { targetVersion }: Subject): string =>
  `No invocation of v${targetVersion} is known; a shift of ${duration(durationMs(schedule))} is too short to measure.`

const nothingShown = 'CloudWatch has shown nothing of any function for more than twelve minutes'

const unknownText = ({ targetVersion }: Subject, why: string): string =>
  `Whether anybody invoked v${targetVersion} during the shift is not known: ${why}.`
