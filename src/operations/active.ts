import type { Clock } from '../clock.ts'
import { isOver } from '../deployment/observation.ts'
import { Failure } from '../failure.ts'
import type { ActiveIn } from '../inputs/inputs.ts'
import { patience } from '../watch/patience.ts'
import type { CreateDeploymentPort } from './createdeployment.ts'
import type { DeploymentDescription, ExistingPort } from './existing.ts'
import type { SurveyCodeDeployPort } from './survey.ts'

/** What looking for a group's active deployment asks of CodeDeploy. All throw Failure. */
export type ActivePort = Pick<SurveyCodeDeployPort, 'running'> &
  Pick<CreateDeploymentPort, 'recent'> &
  Pick<ExistingPort, 'describe'>

export interface ActiveOptions {
  codedeploy: ActivePort
  clock: Clock
  cancelled: AbortSignal
  /** How long to wait for a deployment to begin, ms. */
  withinMs: number
  /** Called once, when nothing runs yet. */
  tellWaiting(): void
}

export type ActiveResult = { kind: 'found'; deploymentId: string } | { kind: 'none' | 'cancelled' }

const pauseMs = 5_000
const againMs = 2_000
/** A list may not yet hold what was created a moment before: how far to look back, ms. */
const backMs = 60_000

/**
 * Finds the deployment that runs in the group, or waits for one to begin. One that begins and ends between two looks counts too. A
 * rollback counts as the end of the deployment that it rolls back. Throws Failure.
 */
export async function findActive(group: ActiveIn, options: ActiveOptions): Promise<ActiveResult> {
  const { codedeploy, clock, cancelled, withinMs, tellWaiting } = options
  const askedAt = clock.now()
  let ids = await codedeploy.running(group.application, group.group)
  // AWS's time is known from its first answer on.
  const begunAt = clock.now()
  /** Ended before we began to look. */
  const over = new Set<string>()
  for (let looks = 1; ; looks++) {
    // The first list may be some seconds old, and hold what ended before it was asked for.
    const since = looks === 1 ? Math.min(askedAt, begunAt) : begunAt
    const deploymentId = await theOne(ids, over, since, options)
    if (deploymentId !== undefined) return { kind: 'found', deploymentId }
    if (cancelled.aborted) return { kind: 'cancelled' }
    if (looks === 1) tellWaiting()
    const leftMs = begunAt + withinMs - clock.now()
    if (leftMs <= 0) return { kind: 'none' }
    await clock.sleep(Math.min(pauseMs, leftMs), cancelled)
    if (cancelled.aborted) return { kind: 'cancelled' }
    const recent = await codedeploy.recent(group, begunAt - backMs, over)
    for (const each of recent) if (endedBefore(each, begunAt)) over.add(each.id)
    ids = recent.map(({ id }) => id)
  }
}

const endedBefore = (
  {
    status,
    createdAt = 0,
    completedAt = createdAt
  }: Pick<DeploymentDescription, 'status' | 'createdAt' | 'completedAt'>,
  moment: number
): boolean => isOver(status) && completedAt < moment

/**
 * The newest, or what it rolls back; the first when none can be described, because a list has it as running. Undefined when all are
 * over; what has ended before `since` (epoch ms) is, and gets into `over`.
 */
async function theOne(
  ids: readonly string[],
  over: Set<string>,
  since: number,
  { codedeploy, clock, cancelled }: ActiveOptions
): Promise<string | undefined> {
  const until = clock.now() + patience.newborn
  for (;;) {
    const described: DeploymentDescription[] = []
    let hasFailed = false
    for (const id of ids) {
      if (over.has(id)) continue
      try {
        const each = await codedeploy.describe(id)
        if (each && endedBefore(each, since)) over.add(id)
        else if (each) described.push(each)
      } catch (failure) {
        if (!(failure instanceof Failure)) throw failure
        hasFailed = true
      }
    }
    const [newest] = described.sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))
    if (newest) return newest.rollsBack ?? newest.id
    const [first] = ids.filter(id => !over.has(id))
    if (first === undefined || hasFailed || clock.now() >= until || cancelled.aborted) return first
    await clock.sleep(againMs, cancelled)
  }
}
