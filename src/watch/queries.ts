import {
  hasHooks,
  isOver,
  type Observation,
  type Subject,
  shiftStartedAt
} from '../deployment/observation.ts'
import { phaseOf } from '../deployment/phase.ts'
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

/** A hook's event tells when it ends: how long to ask for nothing else, ms. */
const statusMs = 10_000

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
  if (phaseOf(before) !== 'shifting') {
    const isFresh = before.statusAt !== undefined && now - before.statusAt < statusMs
    return { status: !(isFresh && hasHooks(subject)), lifecycle: true, traffic: false }
  }
  return { status: true, ...whileShifting(before, subject, now, unreadable) }
}

function whileShifting(
  before: Observation,
  subject: Subject,
  now: number,
  unreadable: Unreadable
): Omit<Queries, 'status'> {
  const startedAt = shiftStartedAt(before)
  if (!subject.schedule || startedAt === undefined) return { lifecycle: true, traffic: true }
  const due = nextDueAt(before, subject)
  // Without a hook, the status and the alias tell the end; without the alias, CodeDeploy's events must tell of the traffic.
  const tellsMore = hasHooks(subject) || unreadable.traffic !== undefined
  const isMoved = before.traffic?.readAt !== undefined && due === undefined
  return {
    lifecycle: now >= startedAt + durationMs(subject.schedule) && tellsMore,
    traffic: !isMoved && (due === undefined || now >= due)
  }
}
