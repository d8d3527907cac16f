import { absenceIsJudged, errorsAreJudged, type Gate, judgeableMs, measurableMs } from '../deployment/gate.ts'
import { durationMs, isAtOnce, type Schedule } from '../deployment/schedule.ts'
import { duration } from '../text/units.ts'

/** What a gate cannot do in a shift with this schedule, one warning each; undefined when that is not known. */
export function gateWarnings({ maxErrorRate, ifNoTraffic }: Gate, schedule: Schedule | undefined): string[] {
  if (!schedule)
    return ifNoTraffic === 'fail'
      ? [
          'It is not known when the last step is due, so if-no-traffic: fail stops nothing: it is decided right before that step.'
        ]
      : []
  const warnings: string[] = []
  if (maxErrorRate && !errorsAreJudged(schedule))
    warnings.push(
      isAtOnce(schedule)
        ? 'All traffic moves at once, so max-error-rate has nothing to judge.'
        : `${tooShort(schedule)} for max-error-rate: all traffic may have moved before anything is judged. Choose one of ${minutes(judgeableMs)} or more.`
    )
  if (ifNoTraffic === 'fail' && !absenceIsJudged(schedule))
    warnings.push(
      isAtOnce(schedule)
        ? 'All traffic moves at once, so if-no-traffic: fail stops nothing.'
        : `${tooShort(schedule)} for if-no-traffic: fail, which stops nothing then. Choose one of ${minutes(measurableMs)} or more.`
    )
  return warnings
}

const tooShort = (schedule: Schedule): string => `A shift of ${duration(durationMs(schedule))} is too short`

/** CodeDeploy shifts in whole minutes. */
const minutes = (ms: number): string => `${Math.ceil(ms / 60_000)} minutes`
