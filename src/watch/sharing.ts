import {
  allowTrafficStartedAt,
  isOver,
  type Observation,
  type Sharing,
  type Subject,
  shareOf
} from '../deployment/observation.ts'
import { durationMs } from '../deployment/schedule.ts'

/** A beginning that is earlier than this before it was seen may have minutes in which nobody could reach the new version, ms. */
const recentMs = 60_000

/**
 * What the alias itself shows of the shift. CodeDeploy's events are more exact: this begins only when they cannot be read, and is dropped
 * when they can, for somebody may give the alias weights while a hook runs. `events`: what this look has seen of them, if it has asked.
 */
export function sharingOf(
  before: Observation | undefined,
  seen: Observation,
  subject: Subject,
  events: 'hidden' | 'seen' | undefined
): Sharing | undefined {
  if (events === 'seen' || allowTrafficStartedAt(seen) !== undefined) return undefined
  const known = before?.sharing
  const { deployment, traffic } = seen
  const share = traffic?.readAt === undefined ? 0 : shareOf(traffic, subject.targetVersion)
  if (traffic?.readAt === undefined || share === 0) return known
  const moved = share === 1 && { to: traffic.readAt }
  if (known) return { ...(moved && { to: latest(before, known.from, subject, moved.to) }), ...known }
  // A rollback may begin with an alias that is split.
  if (events !== 'hidden' || isOver(deployment.status) || deployment.isRollback) return undefined
  if (moved) return { from: moved.to, ...moved }
  const since = earliest(before, seen, subject, traffic.readAt)
  const from = Math.max(since, before?.traffic?.readAt === undefined ? since : traffic.readAt - recentMs)
  return { from, ...(since < from && { since }) }
}

/** The alias may give no answer for minutes. Then the shift was over when it was planned to be, unless it was seen to go on after that. */
function latest(
  before: Observation | undefined,
  from: number,
  { schedule }: Subject,
  readAt: number
): number {
  if (!schedule) return readAt
  return Math.min(readAt, Math.max(from + durationMs(schedule), before?.traffic?.readAt ?? 0))
}

/**
 * The shift had not begun at the look before, nor before the deployment. A hook before the shift may take an hour.
 */
function earliest(
  before: Observation | undefined,
  { deployment: { startedAt = 0 } }: Observation,
  { targetVersion, hooks, hooksUnknown }: Subject,
  readAt: number
): number {
  const was = before?.traffic
  if (was?.readAt !== undefined && shareOf(was, targetVersion) === 0) return Math.max(was.readAt, startedAt)
  return startedAt === 0 || hooks.BeforeAllowTraffic || hooksUnknown ? readAt : startedAt
}

/** When the alias was last seen to wait for a shift that CodeDeploy says has begun, as while the version is Pending; epoch ms. */
export function unmovedAtOf(
  before: Observation | undefined,
  seen: Observation,
  { targetVersion }: Subject
): number | undefined {
  const startedAt = allowTrafficStartedAt(seen)
  const readAt = seen.traffic?.readAt
  const known = before?.unmovedAt
  if (startedAt === undefined || !seen.traffic || readAt === undefined || readAt <= startedAt) return known
  // What serves after the end says nothing of the shift.
  if (isOver(seen.deployment.status)) return known
  const was = (before && allowTrafficStartedAt(before) && before.traffic?.readAt) ?? startedAt
  // Somebody may take it all back later.
  const hasMoved = was > startedAt && was !== known
  return hasMoved || shareOf(seen.traffic, targetVersion) > 0 ? known : readAt
}
