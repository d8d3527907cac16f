import type { Event } from '../deployment/event.ts'
import {
  allowTrafficStartedAt,
  type DeploymentView,
  hasEnded,
  isOver,
  type LifecycleEvent,
  type Observation,
  type Subject,
  servingVersion,
  shareOf,
  shiftStartedAt
} from '../deployment/observation.ts'
import { forecast } from '../deployment/schedule.ts'

/**
 * The changes between two looks that are worth reporting, oldest first. Reporting only differences keeps the log to one line per
 * fact. A change that came and went between two looks is dated by AWS's own timestamps.
 */
export function changes(before: Observation | undefined, now: Observation, subject: Subject): Event[] {
  const status = statusChanges(before?.deployment, now.deployment, undatedAt(now), false)
  const lifecycle = now.lifecycle.flatMap(event => lifecycleChanges(before, event, now, subject))
  const shift = [...lifecycle, ...trafficChanges(before, now, subject)]
  // At the same timestamp, a stopped deployment ends the shift, whereas everything else follows from the events.
  const found = [
    ...(now.deployment.status === 'Stopped' ? [...status, ...shift] : [...shift, ...status]),
    ...rollbackChanges(before, now)
  ]
  return found
    .map((event, index) => ({ event, index }))
    .sort((a, b) => a.event.at - b.event.at || a.index - b.index)
    .map(({ event }) => event)
}

/**
 * When a status that AWS does not date was seen: it was asked for then, and other answers of the look may have come much later. It
 * follows what the look saw end.
 */
const undatedAt = ({ at, statusAt = at, lifecycle }: Observation): number =>
  Math.max(statusAt, ...lifecycle.map(({ endedAt = 0 }) => endedAt))

function statusChanges(
  before: DeploymentView | undefined,
  now: DeploymentView,
  at: number,
  rollback: boolean
): Event[] {
  if (before?.status === now.status) return []
  // The line with the id has already said that it was created. A rollback is reported when it is found and when it ends.
  if (now.status === 'Created' || (rollback && !isOver(now.status))) return []
  const when = isOver(now.status)
    ? now.completedAt
    : now.status === 'InProgress'
      ? now.startedAt
      : // It bakes after all else: AWS does not say since when.
        now.status === 'Queued'
        ? now.createdAt
        : undefined
  return [
    {
      kind: 'status',
      at: when ?? at,
      status: now.status,
      rollback,
      ...(now.error && { code: now.error.code })
    }
  ]
}

function lifecycleChanges(
  before: Observation | undefined,
  event: LifecycleEvent,
  now: Observation,
  subject: Subject
): Event[] {
  const was = before?.lifecycle.find(({ name }) => name === event.name)
  if (was?.status === event.status) return []
  const ended = hasEnded(event)
  if (event.name === 'AllowTraffic')
    return ended && event.status !== 'Succeeded' && event.status !== 'Skipped'
      ? [{ kind: 'shift-ended', at: event.endedAt ?? now.at, status: event.status }]
      : []
  const functionName = subject.hooks[event.name]
  // CodeDeploy lists both hook events for every deployment; without a hook there is nothing to report.
  if (functionName === undefined || event.status === 'Pending' || event.status === 'Skipped') return []
  const events: Event[] = []
  if (!was || was.status === 'Pending')
    events.push({ kind: 'hook-started', at: event.startedAt ?? now.at, hook: event.name, functionName })
  if (ended)
    events.push({
      kind: 'hook-ended',
      at: event.endedAt ?? now.at,
      hook: event.name,
      functionName,
      status: event.status,
      ...(event.startedAt !== undefined &&
        event.endedAt !== undefined && { durationMs: event.endedAt - event.startedAt })
    })
  return events
}

function trafficChanges(before: Observation | undefined, now: Observation, subject: Subject): Event[] {
  if (!now.traffic) return []
  const is = servingVersion(now.traffic)
  const was = before?.traffic ? servingVersion(before.traffic) : subject.currentVersion
  if (is === was) return []
  const startedAt = shiftStartedAt(now)
  const share = shareOf(now.traffic, subject.targetVersion)
  const ahead =
    subject.schedule && startedAt !== undefined && !isOver(now.deployment.status)
      ? forecast(subject.schedule, share, startedAt)
      : undefined
  // It had not moved when it was read before: somebody else may have moved it since, or Lambda's answer was old.
  const at = Math.max(movedAt(now, subject), before?.traffic?.readAt ?? 0)
  return [{ kind: 'traffic', at, traffic: now.traffic, ...(ahead && { forecast: ahead }) }]
}

/** When the traffic that was just seen had moved: the schedule is more accurate than the time of our look. */
function movedAt(now: Observation, subject: Subject): number {
  // Without Lambda's word, it is what CodeDeploy did until its end.
  const readAt = now.traffic?.readAt ?? Math.min(now.at, now.deployment.completedAt ?? now.at)
  const share = now.traffic ? shareOf(now.traffic, subject.targetVersion) : 0
  if (share === 0) return now.rollback?.completedAt ?? readAt
  if (share === 1) return shiftDoneAt(now) ?? readAt
  const startedAt = allowTrafficStartedAt(now)
  const step = subject.schedule?.find(each => Math.abs(each.share - share) < 1e-6)
  return startedAt !== undefined && step ? Math.min(startedAt + step.afterMs, readAt) : readAt
}

/** When CodeDeploy had shifted everything; undefined when it has not, and somebody else moved the alias. */
function shiftDoneAt({ lifecycle, deployment, traffic }: Observation): number | undefined {
  const shift = lifecycle.find(({ name }) => name === 'AllowTraffic')
  if (shift?.status === 'Succeeded' && shift.endedAt !== undefined) return shift.endedAt
  const { status, completedAt } = deployment
  if (status !== 'Succeeded' || completedAt === undefined) return undefined
  return Math.min(traffic?.readAt ?? completedAt, completedAt)
}

function rollbackChanges(before: Observation | undefined, now: Observation): Event[] {
  const { rollbackId } = now.deployment
  const found: Event[] =
    rollbackId !== undefined && before?.deployment.rollbackId !== rollbackId
      ? [{ kind: 'rollback-found', at: now.deployment.completedAt ?? undatedAt(now), rollbackId }]
      : []
  return now.rollback ? [...found, ...statusChanges(before?.rollback, now.rollback, now.at, true)] : found
}
