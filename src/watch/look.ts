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
import type { LifecycleView, Sight, Sights } from '../deployment/reading.ts'
import { type Barred, notStarted, wantsOf } from './queries.ts'

export interface Look {
  /** The deployment as far as it was seen. */
  sight: Sight<Observation>
  /** Parts that turned out to be barred in this look. */
  barred: { part: keyof Barred; reason: string }[]
}

/** One look, which adds to `barred` what it may not read. It asks only for what may have changed since the last one, and asks that side by side. */
export async function look(
  before: Observation | undefined,
  subject: Subject,
  sights: Sights,
  now: () => number,
  barred: Barred,
  isHurried = false
): Promise<Look> {
  const begunAt = now()
  const found: Look['barred'] = []
  let blindTo: string | undefined
  const readTraffic = async (): Promise<Observation['traffic']> => {
    const readAt = now()
    const value = await part('traffic', () => sights.traffic(subject.functionName, subject.alias))
    return value && { ...value, readAt }
  }
  const part = async <T>(name: keyof Barred, ask: () => Promise<Sight<T>>): Promise<T | undefined> => {
    if (barred[name] !== undefined) return undefined
    const sight = await ask()
    if (sight.kind === 'barred') {
      barred[name] = sight.cause.what
      found.push({ part: name, reason: sight.cause.what })
    }
    if (sight.kind === 'blind') blindTo = sight.reason
    return sight.kind === 'seen' ? sight.value : undefined
  }

  // A success has no rollback to come, and of one that failed the rollback alone is of interest.
  const isKnown =
    before?.deployment.status === 'Succeeded' ||
    (before && isOver(before.deployment.status) && before.deployment.rollbackId !== undefined)
  const wants = wantsOf(before, subject, begunAt, barred)
  const askStatus = () => sights.deployment(subject.deploymentId)
  const [asked, lifecycle, traffic] = await Promise.all([
    isKnown
      ? ({ kind: 'seen', value: before.deployment } as const)
      : wants.status || isHurried
        ? askStatus()
        : undefined,
    wants.lifecycle ? part('lifecycle', () => sights.lifecycle(subject.deploymentId)) : undefined,
    wants.traffic ? readTraffic() : undefined
  ])
  const goesOn = before && lifecycle?.lifecycle.some(({ status }) => status === 'InProgress')
  const deployment =
    asked ?? (goesOn ? ({ kind: 'seen', value: before.deployment } as const) : await askStatus())
  if (deployment.kind !== 'seen') return { sight: deployment, barred: found }

  // The verdict can arrive before the event that explains it: what was read beside it counts only if all events have ended.
  // A success without hooks explains itself.
  const { status } = deployment.value
  const isNews = status !== before?.deployment.status && !notStarted.has(status)
  const later =
    isNews && !(lifecycle && allEnded(lifecycle)) && !(status === 'Succeeded' && !hasHooks(subject))
      ? await part('lifecycle', () => sights.lifecycle(subject.deploymentId))
      : undefined
  // After a success, what was read beside the status counts: traffic does not move any more. A failure may yet be shifted back.
  const endedAt = isOver(status) ? (before?.endedAt ?? (status === 'Succeeded' ? begunAt : now())) : undefined
  const seen = combine(before, deployment.value, later ?? lifecycle, traffic, subject, {
    at: now(),
    endedAt,
    statusAt: asked || !goesOn ? begunAt : before.statusAt
  })
  if (isOver(status)) {
    const unseen = await lookAtRollback(before, seen, sights, now)
    if (unseen) return { sight: unseen, barred: found }
    const isTold = status === 'Succeeded' && traffic && isWhollyOn(traffic, subject.targetVersion)
    if (!isTold && (seen.deployment.rollbackId === undefined || seen.rollbackEndedAt !== undefined))
      Object.assign(seen, given('traffic', await readTraffic()))
  } else if (!traffic && trafficIsNews(seen, subject)) {
    Object.assign(seen, given('traffic', await readTraffic()))
  }
  if (barred.traffic !== undefined) seen.aliasBarred = barred.traffic
  // Nothing but the alias was asked for.
  const askedAliasOnly = isKnown && (seen.rollback === undefined || seen.rollback === before.rollback)
  if (askedAliasOnly && blindTo !== undefined)
    return { sight: { kind: 'blind', reason: blindTo }, barred: found }
  return { sight: { kind: 'seen', value: seen }, barred: found }
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
  sights: Sights,
  now: () => number
): Promise<Exclude<Sight<never>, { kind: 'seen' }> | undefined> {
  const { rollbackId } = seen.deployment
  if (rollbackId === undefined || (before?.rollback && isOver(before.rollback.status))) return undefined
  const sight = await sights.deployment(rollbackId)
  if (sight.kind === 'barred') {
    const isNewborn =
      sight.cause.code === 'DeploymentDoesNotExistException' && now() - (seen.endedAt ?? now()) < newbornMs
    return isNewborn ? undefined : sight
  }
  if (sight.kind === 'blind') return sight
  seen.rollback = sight.value
  if (isOver(sight.value.status)) seen.rollbackEndedAt = now()
  return undefined
}
