import {
  hasHooks,
  isOver,
  type Observation,
  type Subject,
  shiftStartedAt
} from '../deployment/observation.ts'
import { isInLastHook, phaseOf, runningEvent } from '../deployment/phase.ts'
import { durationMs } from '../deployment/schedule.ts'
import { nextDueAt } from './pace.ts'

/** What a look asks for: only what may have changed since the one before. */
export interface Queries {
  status: boolean
  /** The lifecycle events. */
  lifecycle: boolean
  /** What the alias serves. */
  traffic: boolean
}

/** What the watch may not read, and why; it goes on without, and does not ask again. */
export interface Unreadable {
  lifecycle?: string
  traffic?: string
}

/** Until it has started there is nothing to list, and CodeDeploy answers with an error. */
export const notStarted: ReadonlySet<string> = new Set(['Created', 'Queued'])

/**
 * While a hook runs its event tells of every end: of the hook, and of a deployment that failed or was stopped. That is recorded, but
 * CodeDeploy does not promise it, so the status is asked for as well when it is older than this, ms.
 */
const statusMs = 15_000

/** During a shift only the schedule's moments bring news; hooks may end at any time. `now` is epoch ms. */
export function queriesFor(
  before: Observation | undefined,
  subject: Subject,
  now: number,
  unreadable: Unreadable
): Queries {
  if (unreadable.lifecycle !== undefined) return { status: true, lifecycle: false, traffic: true }
  if (!before || notStarted.has(before.deployment.status) || isOver(before.deployment.status))
    return { status: true, lifecycle: false, traffic: false }
  if (phaseOf(before) === 'shifting') return whileShifting(before, subject, now, unreadable)
  const isHookRunning = hasHooks(subject) && runningEvent(before) !== undefined
  if (isHookRunning && isFresh(before, now)) return { status: false, lifecycle: true, traffic: false }
  // The status tells of the last hook's end as well as its event does.
  return { status: true, lifecycle: !isInLastHook(before), traffic: false }
}

const isFresh = ({ statusAt }: Observation, now: number): boolean =>
  statusAt !== undefined && now - statusAt < statusMs

function whileShifting(before: Observation, subject: Subject, now: number, unreadable: Unreadable): Queries {
  const startedAt = shiftStartedAt(before)
  if (!subject.schedule || startedAt === undefined) return { status: true, lifecycle: true, traffic: true }
  const due = nextDueAt(before, subject)
  // Without a hook, the status and the alias tell the end; without the alias, CodeDeploy's events must tell of the traffic.
  const tellsMore = hasHooks(subject) || unreadable.traffic !== undefined
  const isMoved = before.traffic?.readAt !== undefined && due === undefined
  const isEndDue = now >= startedAt + durationMs(subject.schedule)
  const lifecycle = isEndDue && tellsMore
  const traffic = !isMoved && (due === undefined || now >= due)
  // What goes on as it should says that the deployment goes on: a step of traffic, or the hook that follows the last.
  const goesOn =
    traffic && unreadable.traffic === undefined && (isEndDue ? lifecycle && isFresh(before, now) : true)
  return { status: !goesOn, lifecycle, traffic }
}
