import {
  allowTrafficStartedAt,
  isOver,
  type Observation,
  type Sharing,
  type Subject,
  shareOf
} from '../deployment/observation.ts'

/**
 * What the alias itself shows of the shift. CodeDeploy's events are more exact: this is only for as long as they do not say when it began,
 * and begins only when they cannot be read (`areHidden`), for somebody may give the alias weights while a hook runs.
 */
export function sharingOf(
  before: Observation | undefined,
  seen: Observation,
  subject: Subject,
  areHidden: boolean
): Sharing | undefined {
  if (allowTrafficStartedAt(seen) !== undefined) return undefined
  const known = before?.sharing
  const { deployment, traffic } = seen
  const share = traffic?.readAt === undefined ? 0 : shareOf(traffic, subject.targetVersion)
  if (traffic?.readAt === undefined || share === 0) return known
  const moved = share === 1 && { to: traffic.readAt }
  if (known) return { ...moved, ...known }
  // A rollback may begin with an alias that is split.
  if (!areHidden || isOver(deployment.status) || deployment.isRollback) return undefined
  return { from: moved ? moved.to : earliest(before, seen, subject, traffic.readAt), ...moved }
}

/** The shift had not begun at the look before, nor before the deployment. A hook before the shift may take an hour. */
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
