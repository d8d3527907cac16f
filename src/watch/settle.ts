import {
  aliasUnreadable,
  giveAllTo,
  isMovedOn,
  manualRemedy,
  movedByOthers,
  unlessDeployed,
  whyUnread
} from '../deployment/alias.ts'
import {
  type DeploymentView,
  isOver,
  isWhollyOn,
  type Observation,
  type Safeguards,
  type Subject,
  shareOf,
  shares,
  type Traffic
} from '../deployment/observation.ts'
import type { Cause, Outcome } from '../deployment/outcome.ts'
import { causeOfBrokenRollback, causeOfEnd, isRefusal, movedAfterRollback } from './cause.ts'
import { patience } from './patience.ts'

/**
 * The outcome that this observation proves, or undefined while there is something left to wait for. `isToShiftBack`: this step asked for
 * a stop with a rollback, which comes whatever the rollback events say.
 */
export function settle(seen: Observation, subject: Subject, isToShiftBack = false): Outcome | undefined {
  if (!isOver(seen.deployment.status) || seen.endedAt === undefined) return undefined
  return seen.deployment.status === 'Succeeded'
    ? settleSuccess(seen, subject, seen.endedAt)
    : settleFailure(seen, subject, seen.endedAt, isToShiftBack && seen.deployment.status === 'Stopped')
}

/** CodeDeploy's status is not enough: Lambda must confirm that the alias is wholly on the target. */
function settleSuccess(seen: Observation, subject: Subject, endedAt: number): Outcome | undefined {
  const serving = trafficSince(seen, endedAt)
  if (serving && isWhollyOn(serving, subject.targetVersion)) return { kind: 'succeeded', serving }
  if (aliasMayYetTell(seen, endedAt)) return undefined
  if (!serving)
    return unreadable(
      seen,
      subject,
      `CodeDeploy says Succeeded, but Lambda could not be asked whether alias ${subject.alias} is on version ${subject.targetVersion}.`
    )
  return { kind: 'failed', serving, cause: notOnTarget(serving, subject, seen.deployment) }
}

/** A rollback may have found the alias split or on another version, and leaves it so: what it undoes may have moved nothing. */
function notOnTarget(
  serving: Traffic,
  subject: Subject,
  { isRollback }: Pick<DeploymentView, 'isRollback'>
): Cause {
  const { alias, currentVersion, targetVersion } = subject
  const what = `CodeDeploy says Succeeded, but alias ${alias} is not wholly on version ${targetVersion}`
  const isSplit = shares(serving).length > 1
  const mayHaveBeen = isRollback || (currentVersion === targetVersion && isSplit)
  if (!mayHaveBeen) return movedByOthers(`${what}: somebody else moved it.`)
  const before = movedByOthers(`${what}: it may have been ${isSplit ? 'split' : 'on another one'} before.`)
  if (isRollback && isMovedOn(serving, subject)) return before
  const give = `To give all traffic to version ${targetVersion}: ${giveAllTo(subject, targetVersion)}`
  return { ...before, next: unlessDeployed(give) }
}

function settleFailure(
  seen: Observation,
  subject: Subject,
  endedAt: number,
  isAsked: boolean
): Outcome | undefined {
  if (seen.deployment.rollbackId !== undefined) return settleRollback(seen, subject)
  const isDue = isAsked || rollbackIsDue(seen.deployment, subject)
  const wait = isDue ? patience.rollback : patience.unaskedRollback
  if (seen.at - endedAt < wait) return undefined
  const serving = trafficSince(seen, endedAt)
  if (!serving && aliasMayYetTell(seen, endedAt)) return undefined
  const cause = causeOfEnd(seen, subject)
  const ended = serving ? { serving } : {}
  const isBack = serving !== undefined && isWhollyOn(serving, subject.currentVersion)
  if (isBack && hasMoved(seen)) return { kind: 'rolled-back', ...ended, cause }
  if (serving && isRefusal(cause.code) && !hasMoved(seen) && shareOf(serving, subject.targetVersion) === 0)
    return { kind: 'refused', ...ended, cause }
  const kind = seen.deployment.status === 'Stopped' && cause.code !== 'ALARM_ACTIVE' ? 'stopped' : 'failed'
  const left = isBack
    ? cause
    : {
        ...cause,
        what: `${cause.what}${whyUnread(serving, seen, subject)}`,
        next: `${cause.next} ${manualRemedy(serving, subject)}`
      }
  return { kind, ...ended, cause: left }
}

function settleRollback(seen: Observation, subject: Subject): Outcome | undefined {
  const { rollback, rollbackEndedAt } = seen
  if (!rollback || !isOver(rollback.status) || rollbackEndedAt === undefined) return undefined
  const serving = trafficSince(seen, rollbackEndedAt)
  const cause = causeOfEnd(seen, subject)
  const succeeded = rollback.status === 'Succeeded'
  const isBack = serving !== undefined && isWhollyOn(serving, subject.currentVersion)
  // Of a rollback that failed, the alias may still show what was there before the shift.
  const isCertain = succeeded || isReadSince(seen, rollbackEndedAt + patience.stale)
  if (isBack && isCertain) return { kind: 'rolled-back', serving, cause }
  // It was back, unless Lambda shows what was there before the deployment.
  if (succeeded && isMovedOn(serving, subject) && isReadSince(seen, rollbackEndedAt + patience.stale))
    return { kind: 'failed', serving, cause: movedAfterRollback(cause, rollback, serving, subject) }
  if ((succeeded || !serving || isBack) && aliasMayYetTell(seen, rollbackEndedAt)) return undefined
  if (succeeded && !serving)
    return unreadable(
      seen,
      subject,
      `${cause.what} Its rollback ${rollback.id} ended Succeeded, but Lambda could not be asked whether alias ${subject.alias} is back on version ${subject.currentVersion}.`
    )
  const broken = causeOfBrokenRollback(cause, rollback, serving, subject)
  return {
    kind: 'failed',
    ...(serving && { serving }),
    cause: { ...broken, what: `${broken.what}${whyUnread(serving, seen, subject)}` }
  }
}

/** Lambda may still confirm the end: its answers can lag, or be missing for a while. */
const aliasMayYetTell = (seen: Observation, since: number): boolean =>
  seen.aliasUnreadable === undefined && seen.at - since < patience.alias

/** The deployment ended, but it is not certain which version serves. */
const unreadable = (seen: Observation, subject: Subject, what: string): Outcome => ({
  kind: 'lost',
  cause: aliasUnreadable(
    subject,
    seen.aliasUnreadable === undefined ? what : `${what} ${seen.aliasUnreadable}`
  )
})

/** Whether a rollback event in force matches the way the deployment ended. If the events are unknown, it may. */
export function rollbackIsDue(
  { status, error }: Pick<DeploymentView, 'status' | 'error'>,
  { rollbackEvents }: Pick<Safeguards, 'rollbackEvents'>
): boolean {
  if (!rollbackEvents) return true
  const event =
    status === 'Failed'
      ? 'DEPLOYMENT_FAILURE'
      : error?.code === 'ALARM_ACTIVE'
        ? 'DEPLOYMENT_STOP_ON_ALARM'
        : 'DEPLOYMENT_STOP_ON_REQUEST'
  return rollbackEvents.includes(event)
}

/** Once the alias can no longer be read, or is gone, its earlier traffic proves nothing. */
const trafficSince = (seen: Observation, since: number): Traffic | undefined =>
  seen.aliasUnreadable === undefined && isReadSince(seen, since) ? seen.traffic : undefined

const isReadSince = ({ traffic }: Observation, since: number): boolean =>
  traffic?.readAt !== undefined && traffic.readAt >= since

/** CodeDeploy moves the first share when AllowTraffic starts. */
const hasMoved = (seen: Observation): boolean =>
  seen.lifecycle.some(
    ({ name, status, startedAt }) =>
      name === 'AllowTraffic' && startedAt !== undefined && status !== 'Skipped'
  )
