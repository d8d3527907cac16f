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
import { Parts } from './parts.ts'
import { notStarted, queriesFor, type Unreadable } from './queries.ts'

export interface Look {
  /** The deployment as far as it was seen. */
  reading: Reading<Observation>
  /** Parts that turned out to be unreadable in this look, and why. */
  unreadable: Unreadable
}

export interface LookOptions {
  port: WatchPort
  /** Epoch ms. */
  now(): number
  /** What was unreadable in the looks before; it is not asked for again. */
  unreadable: Unreadable
  /** Somebody waits for the end: ask for everything that may tell of it. */
  isHurried: boolean
}

/** What a look was told by AWS of what it asked for first. */
interface Answers {
  deployment: Reading<DeploymentView>
  /** The status was asked for, and not concluded from the events. */
  isStatusAsked: boolean
  lifecycle: LifecycleView | undefined
  traffic: Observation['traffic']
}

/** One look: asks for what may have changed since the last one, combines it with what is known, and follows up on what that leaves open. */
export async function look(
  before: Observation | undefined,
  subject: Subject,
  options: LookOptions
): Promise<Look> {
  const { port, now } = options
  const begunAt = now()
  const parts = new Parts(subject, port, now, options.unreadable)
  const { unreadable } = parts
  const answers = await ask(before, subject, parts, options)
  if (answers.deployment.kind !== 'value') return { reading: answers.deployment, unreadable }

  const { status } = answers.deployment.value
  const lifecycle = explains(status, before, answers.lifecycle, subject)
    ? answers.lifecycle
    : ((await parts.lifecycle()) ?? answers.lifecycle)
  const combined = combine(before, subject, {
    ...answers,
    deployment: answers.deployment.value,
    lifecycle,
    begunAt,
    at: now()
  })

  const rollback = isOver(status) ? await lookAtRollback(before, combined, options) : undefined
  if (rollback?.kind === 'transient' || rollback?.kind === 'permanent')
    return { reading: rollback, unreadable }
  const seen = rollback ? { ...combined, ...rollback.value } : combined
  const traffic = trafficIsOpen(seen, subject, answers.traffic) ? await parts.traffic() : undefined
  const reason = parts.reason('traffic')
  // When nothing but the alias was asked for, nothing was seen.
  const isAliasOnly = isKnown(before) && (seen.rollback === undefined || seen.rollback === before?.rollback)
  if (isAliasOnly && parts.transient !== undefined)
    return { reading: { kind: 'transient', reason: parts.transient }, unreadable }
  const value = {
    ...seen,
    ...(traffic && { traffic }),
    ...(reason !== undefined && { aliasUnreadable: reason })
  }
  return { reading: { kind: 'value', value }, unreadable }
}

/** A success has no rollback to come, and of one that failed the rollback alone is of interest. */
const isKnown = (before: Observation | undefined): before is Observation =>
  before !== undefined &&
  (before.deployment.status === 'Succeeded' ||
    (isOver(before.deployment.status) && before.deployment.rollbackId !== undefined))

/** Asks side by side. An event that is still running says that the deployment goes on as well as its status would. */
async function ask(
  before: Observation | undefined,
  subject: Subject,
  parts: Parts,
  { port, now, unreadable, isHurried }: LookOptions
): Promise<Answers> {
  const queries = queriesFor(before, subject, now(), unreadable)
  const askStatus = () => port.deployment(subject.deploymentId)
  const known = isKnown(before) ? ({ kind: 'value', value: before.deployment } as const) : undefined
  const [asked, lifecycle, traffic] = await Promise.all([
    known ?? (queries.status || isHurried ? askStatus() : undefined),
    queries.lifecycle ? parts.lifecycle() : undefined,
    queries.traffic ? parts.traffic() : undefined
  ])
  if (asked) return { deployment: asked, isStatusAsked: true, lifecycle, traffic }
  if (before && lifecycle?.lifecycle.some(({ status }) => status === 'InProgress'))
    return {
      deployment: { kind: 'value', value: before.deployment },
      isStatusAsked: false,
      lifecycle,
      traffic
    }
  return { deployment: await askStatus(), isStatusAsked: true, lifecycle, traffic }
}

/**
 * Whether the events that were read beside the status say all about it. A status can arrive before the event that explains it, so
 * of a new one they do only when all of them have ended. A success without hooks explains itself.
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

/** Whether the alias has still to be read. `traffic` is what was read beside the status. */
function trafficIsOpen(seen: Observation, subject: Subject, traffic: Observation['traffic']): boolean {
  const { status, rollbackId } = seen.deployment
  if (!isOver(status)) return !traffic && trafficIsNews(seen, subject)
  const isTold = status === 'Succeeded' && traffic && isWhollyOn(traffic, subject.targetVersion)
  return !isTold && (rollbackId === undefined || seen.rollbackEndedAt !== undefined)
}

/** Traffic has just begun to move, or should all have moved, and the alias has not been asked since. */
function trafficIsNews(seen: Observation, subject: Subject): boolean {
  const shift = seen.lifecycle.find(({ name }) => name === 'AllowTraffic')
  if (!shift || shift.status === 'Pending') return false
  if (seen.traffic?.readAt === undefined) return true
  return shift.status === 'Succeeded' && !isWhollyOn(seen.traffic, subject.targetVersion)
}

/** After a success, what was read beside the status counts: traffic does not move any more. A failure may yet be shifted back. */
function combine(
  before: Observation | undefined,
  subject: Subject,
  now: Omit<Answers, 'deployment'> & { deployment: DeploymentView; begunAt: number; at: number }
): Observation {
  const { deployment, lifecycle, begunAt, at } = now
  const traffic = now.traffic ?? claimed(lifecycle?.claimedShare, before?.traffic, subject) ?? before?.traffic
  const statusAt = now.isStatusAsked ? begunAt : before?.statusAt
  const endedAt = isOver(deployment.status)
    ? (before?.endedAt ?? (deployment.status === 'Succeeded' ? begunAt : at))
    : undefined
  return {
    at,
    deployment,
    lifecycle: lifecycle?.lifecycle ?? before?.lifecycle ?? [],
    ...(traffic && { traffic }),
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

/** The rollback, when there is something new to see of it; without sight of it, nothing is known of the traffic. */
async function lookAtRollback(
  before: Observation | undefined,
  seen: Observation,
  { port, now }: LookOptions
): Promise<Reading<Pick<Observation, 'rollback' | 'rollbackEndedAt'>> | undefined> {
  const { rollbackId } = seen.deployment
  if (rollbackId === undefined || (before?.rollback && isOver(before.rollback.status))) return undefined
  const reading = await port.deployment(rollbackId)
  if (reading.kind === 'value') {
    const { value: rollback } = reading
    return { kind: 'value', value: { rollback, ...(isOver(rollback.status) && { rollbackEndedAt: now() }) } }
  }
  const isNewborn =
    reading.kind === 'permanent' &&
    reading.cause.code === 'DeploymentDoesNotExistException' &&
    now() - (seen.endedAt ?? now()) < newbornMs
  return isNewborn ? undefined : reading
}
