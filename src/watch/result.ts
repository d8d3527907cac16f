import { isOver, type Observation } from '../deployment/observation.ts'
import type { Outcome } from '../deployment/outcome.ts'
import type { EarlyEnd } from './earlyend.ts'
import type { Measured } from './measured.ts'
import { asOutOfSight } from './stopped.ts'
import { isStopping, isUnfinished, type Stops } from './stopping.ts'
import type { WatchedDeployment } from './watched.ts'
import type { WatchOptions } from './world.ts'

/** How the watch of one deployment ended. */
export interface WatchResult {
  outcome: Outcome
  /** The latest observation, if there is one. */
  last?: Observation
  /** CodeDeploy was asked to stop it, and its end was not seen, or not even an answer. */
  unfinished: boolean
  /** What CloudWatch had of both versions, and of the shift. */
  measured: Measured
}

/** Throws when it has no outcome yet. */
export function resultOf(
  watch: WatchedDeployment,
  how: { end: EarlyEnd | undefined; stops: Stops; world: WatchOptions }
): WatchResult {
  const { subject, outcome, seen, left, lostFor, measured } = watch
  const { end, stops, world } = how
  if (!outcome) throw new Error(`the watch of ${subject.deploymentId} ended without an outcome`)
  const { deploymentId } = subject
  const unseen = {
    stop: stops.get(watch),
    hasEnded: isOver(seen?.deployment.status ?? '') || world.hasEnded?.(deploymentId) === true,
    wasAsked: world.stopAsked?.(deploymentId) === true
  }
  const isUnderWay = left && end !== undefined && isUnfinished(watch, end, stops, world)
  return {
    outcome: lostFor ? asOutOfSight(outcome, watch, unseen) : outcome,
    ...(seen && { last: seen }),
    // Post has time to ask once more.
    unfinished: isUnderWay || (world.cancelled.aborted && isStopping(watch, stops)),
    measured
  }
}
