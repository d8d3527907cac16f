import {
  type DeploymentView,
  hasEnded,
  hasHooks,
  isOver,
  isWhollyOn,
  type Observation,
  type Subject,
  type Traffic
} from '../deployment/observation.ts'
import type { LifecycleView, Reading, WatchPort } from '../deployment/reading.ts'
import { notStarted, queriesFor, type Unreadable } from './queries.ts'

export interface Look {
  /** The deployment as far as it was seen. */
  reading: Reading<Observation>
  /** Parts that turned out to be unreadable in this look. */
  unreadable: { part: keyof Unreadable; reason: string }[]
}

/** One look, which adds to `unreadable` what it may not read. It asks only for what may have changed since the last one, side by side. */
export async function look(
  before: Observation | undefined,
  subject: Subject,
  port: WatchPort,
  now: () => number,
  unreadable: Unreadable,
  isHurried = false
): Promise<Look> {
  const begunAt = now()
  const found: Look['unreadable'] = []
  let blindTo: string | undefined
  const readTraffic = async (): Promise<Observation['traffic']> => {
    const readAt = now()
    const value = await part('traffic', () => port.traffic(subject.functionName, subject.alias))
    return value && { ...value, readAt }
  }
  const part = async <T>(name: keyof Unreadable, ask: () => Promise<Reading<T>>): Promise<T | undefined> => {
    if (unreadable[name] !== undefined) return undefined
    const reading = await ask()
    if (reading.kind === 'permanent') {
      unreadable[name] = reading.cause.what
      found.push({ part: name, reason: reading.cause.what })
    }
    if (reading.kind === 'transient') blindTo = reading.reason
    return reading.kind === 'value' ? reading.value : undefined
  }

  // A success has no rollback to come, and of one that failed the rollback alone is of interest.
  const isKnown =
    before?.deployment.status === 'Succeeded' ||
    (before && isOver(before.deployment.status) && before.deployment.rollbackId !== undefined)
  const queries = queriesFor(before, subject, begunAt, unreadable)
  const askStatus = () => port.deployment(subject.deploymentId)
  const [asked, lifecycle, traffic] = await Promise.all([
    isKnown
      ? ({ kind: 'value', value: before.deployment } as const)
      : queries.status || isHurried
        ? askStatus()
        : undefined,
    queries.lifecycle ? part('lifecycle', () => port.lifecycle(subject.deploymentId)) : undefined,
    queries.traffic ? readTraffic() : undefined
  ])
  const goesOn = before && lifecycle?.lifecycle.some(({ status }) => status === 'InProgress')
  const deployment =
    asked ?? (goesOn ? ({ kind: 'value', value: before.deployment } as const) : await askStatus())
  if (deployment.kind !== 'value') return { reading: deployment, unreadable: found }

  // The verdict can arrive before the event that explains it: what was read beside it counts only if all events have ended.
  // A success without hooks explains itself.
  const { status } = deployment.value
  const isNews = status !== before?.deployment.status && !notStarted.has(status)
  const later =
    isNews && !(lifecycle && allEnded(lifecycle)) && !(status === 'Succeeded' && !hasHooks(subject))
      ? await part('lifecycle', () => port.lifecycle(subject.deploymentId))
      : undefined
  // After a success, what was read beside the status counts: traffic does not move any more. A failure may yet be shifted back.
  const endedAt = isOver(status) ? (before?.endedAt ?? (status === 'Succeeded' ? begunAt : now())) : undefined
  const seen = combine(before, deployment.value, later ?? lifecycle, traffic, subject, {
    at: now(),
    endedAt,
    statusAt: asked || !goesOn ? begunAt : before.statusAt
  })
  if (isOver(status)) {
    const unseen = await lookAtRollback(before, seen, port, now)
    if (unseen) return { reading: unseen, unreadable: found }
    const isTold = status === 'Succeeded' && traffic && isWhollyOn(traffic, subject.targetVersion)
    if (!isTold && (seen.deployment.rollbackId === undefined || seen.rollbackEndedAt !== undefined))
      Object.assign(seen, given('traffic', await readTraffic()))
  } else if (!traffic && trafficIsNews(seen, subject)) {
    Object.assign(seen, given('traffic', await readTraffic()))
  }
  if (unreadable.traffic !== undefined) seen.aliasUnreadable = unreadable.traffic
  // Nothing but the alias was asked for.
  const askedAliasOnly = isKnown && (seen.rollback === undefined || seen.rollback === before.rollback)
  if (askedAliasOnly && blindTo !== undefined)
    return { reading: { kind: 'transient', reason: blindTo }, unreadable: found }
  return { reading: { kind: 'value', value: seen }, unreadable: found }
}

const given = <K extends string, T>(key: K, value: T | undefined) =>
  value === undefined ? {} : { [key]: value }

const allEnded = ({ lifecycle }: LifecycleView): boolean => lifecycle.length > 0 && lifecycle.every(hasEnded)

/** Traffic has just begun to move, or should all have moved, and the alias has not been asked since. */
function trafficIsNews(seen: Observation, subject: Subject): boolean {
  const shift = seen.lifecycle.find(({ name }) => name === 'AllowTraffic')
  if (!shift || shift.status === 'Pending') return false
  if (seen.traffic?.readAt === undefined) return true
  return shift.status === 'Succeeded' && !isWhollyOn(seen.traffic, subject.targetVersion)
}

function combine(
  before: Observation | undefined,
  deployment: DeploymentView,
  lifecycle: LifecycleView | undefined,
  traffic: Observation['traffic'],
  subject: Subject,
  { at, endedAt, statusAt }: { at: number; endedAt: number | undefined; statusAt: number | undefined }
): Observation {
  const known = traffic ?? claimed(lifecycle?.claimedShare, before?.traffic, subject) ?? before?.traffic
  return {
    at,
    deployment,
    lifecycle: lifecycle?.lifecycle ?? before?.lifecycle ?? [],
    ...(known && { traffic: known }),
    ...(statusAt !== undefined && { statusAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(before?.rollback && { rollback: before.rollback }),
    ...(before?.rollbackEndedAt !== undefined && { rollbackEndedAt: before.rollbackEndedAt })
  }
}

/** Lambda's own word always wins over CodeDeploy's, which is used only where Lambda was never heard. */
function claimed(
  share: number | undefined,
  before: Observation['traffic'],
  subject: Subject
): Traffic | undefined {
  if (share === undefined || share === 0 || before?.readAt !== undefined) return undefined
  return share === 1
    ? { version: subject.targetVersion, weights: {} }
    : { version: subject.currentVersion, weights: { [subject.targetVersion]: share } }
}

/** CodeDeploy may not show a rollback yet that it has just begun, ms. */
const newbornMs = 30_000

/** Adds the rollback to `seen`, or returns why it cannot be seen: without it, nothing is known of the traffic. */
async function lookAtRollback(
  before: Observation | undefined,
  seen: Observation,
  port: WatchPort,
  now: () => number
): Promise<Exclude<Reading<never>, { kind: 'value' }> | undefined> {
  const { rollbackId } = seen.deployment
  if (rollbackId === undefined || (before?.rollback && isOver(before.rollback.status))) return undefined
  const reading = await port.deployment(rollbackId)
  if (reading.kind === 'permanent') {
    const isNewborn =
      reading.cause.code === 'DeploymentDoesNotExistException' && now() - (seen.endedAt ?? now()) < newbornMs
    return isNewborn ? undefined : reading
  }
  if (reading.kind === 'transient') return reading
  seen.rollback = reading.value
  if (isOver(reading.value.status)) seen.rollbackEndedAt = now()
  return undefined
}
