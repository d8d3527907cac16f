import type { EndingCause, LeavingCause } from '../deployment/leaving.ts'
import { qualifiedName } from '../deployment/names.ts'
import { isOver } from '../deployment/observation.ts'
import { isEnded, isStopRefused, isToStopUnseen, policyOf, type Stops } from './stopping.ts'
import { inShort } from './verdict.ts'
import type { WatchedDeployment } from './watched.ts'
import type { WatchOptions } from './world.ts'

/** The watch has to end before its deployments do: why, since when and until when. Epoch ms. */
export interface EarlyEnd extends EndingCause {
  since: number
  until: number
  /** The job was cancelled, or this is the post step: the signal has aborted, and tells nothing new. */
  isCancelled: boolean
  /** Aborts when the time until then has passed, whatever the clock says: AWS's first answer may have corrected it. */
  over: AbortController
  /** Ends the timer of `over`. */
  timer: AbortController
}

export function endEarly(why: EndingCause, { clock, graceMs, cancelled }: WatchOptions): EarlyEnd {
  const since = clock.now()
  const timer = new AbortController()
  const over = new AbortController()
  void clock.sleep(graceMs[why.reason], timer.signal).then(() => over.abort())
  return { ...why, since, until: since + graceMs[why.reason], isCancelled: cancelled.aborted, over, timer }
}

/** A cancel ends the watch at any time, even if the watch is already ending for another reason. */
export function whyLeave(
  earlyEnd: EarlyEnd | undefined,
  watches: readonly WatchedDeployment[],
  stops: Stops,
  world: WatchOptions
): EndingCause | undefined {
  if (world.cancelled.aborted && !earlyEnd?.isCancelled) return whyCancelled(world)
  if (earlyEnd) return undefined
  if (world.clock.now() >= world.deadline) return { reason: 'timed-out' }
  // One that was judged is on its way out, and is seen to its end.
  const isToBlock = watches.some(
    each =>
      (!each.outcome && !isEnded(each) && !each.stoppedFor) || isToStopUnseen(each, watches, stops, world)
  )
  const by = isToBlock ? (world.blockedBy ?? firstFailure(watches)) : undefined
  return by === undefined ? undefined : { reason: 'blocked', by }
}

/** Post tells the reason that main had, and main that the job was cancelled. */
const whyCancelled = ({ endedFor: reason = 'interrupted', blockedBy: by }: WatchOptions): EndingCause =>
  reason === 'blocked' && by !== undefined ? { reason, by } : { reason }

/** The time for that is over, or CodeDeploy has refused every stop that is left. */
export const isToGiveUp = (end: EarlyEnd, left: readonly WatchedDeployment[], stops: Stops): boolean =>
  end.over.signal.aborted || (left.length > 0 && left.every(each => isStopRefused(each, stops)))

/** What has ended before it was seen has nothing to stop. */
export function isToStop(watch: WatchedDeployment, end: EarlyEnd, world: WatchOptions): boolean {
  const hasEnded = !watch.seen && world.hasEnded?.(watch.subject.deploymentId)
  return !goesOn(watch, end, world) && !isEnded(watch) && !(hasEnded && hasTimeToSee(end, world))
}

/** What was never seen may have ended, and is looked at first. */
export const isToLeave = (watch: WatchedDeployment, end: EarlyEnd, world: WatchOptions): boolean =>
  goesOn(watch, end, world) && (watch.seen !== undefined || !hasTimeToSee(end, world))

/** One that has ended is watched on, to see its rollback, and may be the reason why the others are stopped. */
const goesOn = (watch: WatchedDeployment, end: EarlyEnd, world: WatchOptions): boolean =>
  policyOf(end, watch, world) === 'continue' && !isEnded(watch)

/** There is still time for a look at what was never seen. */
const hasTimeToSee = (end: EarlyEnd, { clock }: WatchOptions): boolean => clock.now() < marksOf(end)[0]

/** To read what a deployment serves that is left, ms. */
const leavingMs = 2_000

/** When what was never seen is stopped or left all the same, and when all is given up, epoch ms. */
export const marksOf = ({ since, until }: EarlyEnd): [unseen: number, over: number] => {
  const lasts = until - since
  // Of main's six seconds all but the last two; of minutes, a third.
  return [since + Math.max(lasts / 3, Math.min(lasts - leavingMs, 2 * leavingMs)), until]
}

/** The first deployment that is seen to have failed. How its rollback ends makes no difference to the others. */
export function firstFailure(watches: readonly WatchedDeployment[]): string | undefined {
  for (const { outcome, seen, subject, stoppedFor, left, lostFor } of watches) {
    // How it was left is no failure of its own.
    if (left) continue
    const name = qualifiedName(subject)
    if (stoppedFor) return `${name} ${inShort(stoppedFor)}`
    if (lostFor) return `${name} can no longer be seen`
    if (outcome && 'cause' in outcome) return `${name} ended ${outcome.kind}`
    const status = seen?.deployment.status
    if (status !== undefined && isOver(status) && status !== 'Succeeded') return `${name} ended ${status}`
  }
  return undefined
}

/** Why a deployment was stopped: what its own version did comes before what happened to the watch afterwards. */
export const causeOf = (
  { stoppedFor: verdict }: WatchedDeployment,
  earlyEnd: EarlyEnd | undefined
): LeavingCause | undefined => (verdict ? { reason: 'judged', verdict } : earlyEnd)
