import { newerEvents, newerStatus } from '../deployment/newer.ts'
import {
  allowTrafficStartedAt,
  type DeploymentView,
  hasEnded,
  hasHooks,
  isOver,
  isWhollyOn,
  type Observation,
  type Subject,
  shareOf,
  shiftStartedAt,
  type Traffic
} from '../deployment/observation.ts'
import { runningEvent } from '../deployment/phase.ts'
import type { LifecycleView, Reading, WatchPort } from '../deployment/reading.ts'
import { Parts } from './parts.ts'
import { patience } from './patience.ts'
import { notStarted, queriesFor, type Unreadable } from './queries.ts'
import { sharingOf, unmovedAtOf } from './sharing.ts'

export interface Look extends Pick<Parts, 'unreadable' | 'failing' | 'answered'> {
  /** What was seen of the deployment. */
  reading: Reading<Observation>
}

export interface LookOptions {
  port: WatchPort
  /** Epoch ms. */
  now(): number
  /** What earlier looks found to be unreadable; it is not asked for again. */
  unreadable: Unreadable
  /** Somebody is waiting for the end: ask for everything that can show it. */
  isHurried: boolean
}

/** AWS's answers to the first requests of a look. */
interface Answers {
  deployment: Reading<DeploymentView>
  /** When the status was asked for, epoch ms; absent when nothing can have changed it, as the events show. */
  statusAt?: number
  lifecycle: LifecycleView | undefined
  traffic: Observation['traffic']
}

/** One look: asks for what may have changed since the last one, combines it with what is known, and then asks for what is still open. */
export async function look(
  before: Observation | undefined,
  subject: Subject,
  options: LookOptions
): Promise<Look> {
  const { port, now } = options
  const begunAt = now()
  const parts = new Parts(subject, port, now, options.unreadable)
  const { unreadable, failing, answered } = parts
  const found = (reading: Look['reading']): Look => ({ reading, unreadable, failing, answered })
  const answers = await ask(before, subject, parts, options)
  if (answers.deployment.kind !== 'value') return found(answers.deployment)

  const deployment = newerStatus(before?.deployment, answers.deployment.value)
  const { status } = deployment
  const lifecycle = explains(status, before, answers.lifecycle, subject)
    ? answers.lifecycle
    : ((await parts.lifecycle()) ?? answers.lifecycle)
  const combined = combine(before, subject, {
    ...answers,
    deployment,
    lifecycle,
    begunAt,
    at: now()
  })

  const rollback = isOver(status) ? await lookAtRollback(before, combined, options) : undefined
  if (rollback?.kind === 'transient' || rollback?.kind === 'permanent') return found(rollback)
  const seen = rollback ? { ...combined, ...rollback.value } : combined
  const areHidden = parts.isHidden('lifecycle')
  const isOpen = trafficIsOpen(seen, subject, answers.traffic, areHidden)
  const traffic = isOpen ? await parts.traffic() : undefined
  const reason = parts.reason('traffic')
  // When nothing but the alias was asked for, nothing was seen.
  const isAliasOnly = isKnown(before) && (seen.rollback === undefined || seen.rollback === before?.rollback)
  if (isAliasOnly && parts.transient !== undefined) return found(parts.transient)
  const value = {
    ...seen,
    ...(traffic && { traffic }),
    ...(reason !== undefined && { aliasUnreadable: reason })
  }
  const { sharing: _, ...rest } = value
  const events = areHidden ? 'hidden' : answered.has('lifecycle') ? 'seen' : undefined
  const sharing = sharingOf(before, rest, subject, events)
  const unmovedAt = unmovedAtOf(before, rest, subject)
  const shift = { ...(sharing && { sharing }), ...(unmovedAt !== undefined && { unmovedAt }) }
  return found({ kind: 'value', value: { ...rest, ...shift } })
}

/** No rollback follows a success, and once a failed deployment has a rollback, only that can still change. */
const isKnown = (before: Observation | undefined): before is Observation =>
  before !== undefined &&
  (before.deployment.status === 'Succeeded' ||
    (isOver(before.deployment.status) && before.deployment.rollbackId !== undefined))

/** Asks in parallel. A status that is not due is asked for only if the other answers do not show that the deployment continues. */
async function ask(
  before: Observation | undefined,
  subject: Subject,
  parts: Parts,
  { port, now, unreadable, isHurried }: LookOptions
): Promise<Answers> {
  const queries = queriesFor(before, subject, now(), unreadable)
  const askStatus = async () => {
    const statusAt = now()
    const deployment = await port.deployment(subject.deploymentId)
    if (!before || !isTooOld(deployment, before, statusAt)) return { deployment, statusAt }
    return { deployment: { kind: 'value', value: before.deployment } as const }
  }
  const known = isKnown(before)
  const [status, lifecycle, traffic] = await Promise.all([
    !known && (queries.status || isHurried) ? askStatus() : undefined,
    queries.lifecycle ? parts.lifecycle() : undefined,
    queries.traffic ? parts.traffic() : undefined
  ])
  if (status) return { ...status, lifecycle, traffic }
  if (known || (before && goesOn(before, subject, lifecycle, traffic)))
    return { deployment: { kind: 'value', value: before.deployment }, lifecycle, traffic }
  return { ...(await askStatus()), lifecycle, traffic }
}

/** It does not know a deployment that was seen a moment before, so it may be older than the deployment. `askedAt` is epoch ms. */
const isTooOld = (answer: Reading<DeploymentView>, before: Observation, askedAt: number): boolean =>
  isUnknown(answer) && askedAt - (before.statusAt ?? before.at) < patience.stale

const isUnknown = (answer: Reading<DeploymentView>): boolean =>
  answer.kind === 'permanent' && answer.cause.code === 'DeploymentDoesNotExistException'

/** A deployment continues while an event is running, or when traffic has just moved and has not moved completely. */
function goesOn(
  before: Observation,
  { targetVersion }: Subject,
  lifecycle: LifecycleView | undefined,
  traffic: Observation['traffic']
): boolean {
  if (lifecycle) return runningEvent(lifecycle) !== undefined
  const was = before.traffic ? shareOf(before.traffic, targetVersion) : 0
  const is = traffic ? shareOf(traffic, targetVersion) : 0
  return is > was && is < 1
}

/**
 * Whether the events that were read together with the status explain it. A status can arrive before the event that explains it, so a
 * new status is explained only once all events have ended. A success without hooks explains itself.
 */
function explains(
  status: string,
  before: Observation | undefined,
  lifecycle: LifecycleView | undefined,
  subject: Subject
): boolean {
  const isNews = status !== before?.deployment.status && !notStarted.has(status)
  return !isNews || allEnded(lifecycle) || (status === 'Succeeded' && !hasHooks(subject))
}

const allEnded = (view: LifecycleView | undefined): boolean =>
  view !== undefined && view.lifecycle.length > 0 && view.lifecycle.every(hasEnded)

/** Whether the alias still has to be read. `traffic` is what was read together with the status. */
function trafficIsOpen(
  seen: Observation,
  subject: Subject,
  traffic: Observation['traffic'],
  areEventsHidden: boolean
): boolean {
  const { status, rollbackId } = seen.deployment
  if (!isOver(status))
    return !traffic && (trafficIsNews(seen, subject) || (areEventsHidden && isUnmoved(seen)))
  const isConfirmed = status === 'Succeeded' && traffic && isWhollyOn(traffic, subject.targetVersion)
  return !isConfirmed && (rollbackId === undefined || seen.rollbackEndedAt !== undefined)
}

/** As far as is known, no traffic has moved yet. */
const isUnmoved = (seen: Observation): boolean =>
  !notStarted.has(seen.deployment.status) && shiftStartedAt(seen) === undefined

/** Traffic has just begun to move, or should have moved completely, and the alias has not been read since. */
function trafficIsNews(seen: Observation, subject: Subject): boolean {
  const shift = seen.lifecycle.find(({ name }) => name === 'AllowTraffic')
  if (!shift || shift.status === 'Pending') return false
  if (seen.traffic?.readAt === undefined) return true
  return shift.status === 'Succeeded' && !isWhollyOn(seen.traffic, subject.targetVersion)
}

/** After a success, traffic no longer moves, so what was read together with the status counts. After a failure, it may still shift back. */
function combine(
  before: Observation | undefined,
  subject: Subject,
  now: Omit<Answers, 'deployment'> & { deployment: DeploymentView; begunAt: number; at: number }
): Observation {
  const { deployment, lifecycle, begunAt, at } = now
  const traffic = now.traffic ?? claimed(lifecycle, before?.traffic, subject) ?? before?.traffic
  const statusAt = now.statusAt ?? before?.statusAt
  const events = newerEvents(before?.lifecycle ?? [], lifecycle?.lifecycle ?? [])
  const sharing = allowTrafficStartedAt({ lifecycle: events }) === undefined ? before?.sharing : undefined
  const rollbackKnownAt = before?.rollbackKnownAt ?? (deployment.rollbackId === undefined ? undefined : at)
  const endedAt = isOver(deployment.status)
    ? (before?.endedAt ?? (deployment.status === 'Succeeded' ? begunAt : at))
    : undefined
  return {
    at,
    deployment,
    lifecycle: events,
    ...(traffic && { traffic }),
    ...(statusAt !== undefined && { statusAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(rollbackKnownAt !== undefined && { rollbackKnownAt }),
    ...(sharing && { sharing }),
    ...(before?.rollback && { rollback: before.rollback }),
    ...(before?.rollbackEndedAt !== undefined && { rollbackEndedAt: before.rollbackEndedAt })
  }
}

/** Lambda's answer always wins. CodeDeploy's is used only if Lambda's alias was never read. */
function claimed(
  lifecycle: LifecycleView | undefined,
  before: Observation['traffic'],
  subject: Subject
): Traffic | undefined {
  const { claimedShare = 0, targetVersion } = lifecycle ?? {}
  if (claimedShare === 0 || before?.readAt !== undefined) return undefined
  const share = targetVersion === subject.currentVersion ? 1 - claimedShare : claimedShare
  if (share === 0) return undefined
  return share === 1
    ? { version: subject.targetVersion, weights: {} }
    : { version: subject.currentVersion, weights: { [subject.targetVersion]: share } }
}

/** The rollback, if there may be news of it. A failed reading is returned, because the traffic cannot be known without it. */
async function lookAtRollback(
  before: Observation | undefined,
  seen: Observation,
  { port, now }: LookOptions
): Promise<Reading<Pick<Observation, 'rollback' | 'rollbackEndedAt'>> | undefined> {
  const { rollbackId } = seen.deployment
  if (rollbackId === undefined || (before?.rollback && isOver(before.rollback.status))) return undefined
  const reading = await port.deployment(rollbackId)
  if (reading.kind === 'value') {
    const rollback = newerStatus(before?.rollback, reading.value)
    return { kind: 'value', value: { rollback, ...(isOver(rollback.status) && { rollbackEndedAt: now() }) } }
  }
  const isNewborn = isUnknown(reading) && now() - (seen.rollbackKnownAt ?? now()) < patience.newborn
  return isNewborn ? undefined : reading
}
