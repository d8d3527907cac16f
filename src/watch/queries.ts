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

/** What the watch cannot read, and why. It continues without it and does not ask again. */
export interface Unreadable {
  lifecycle?: string
  traffic?: string
}

/** Before a deployment has started there is nothing to list, and CodeDeploy answers with an error. */
export const notStarted: ReadonlySet<string> = new Set(['Created', 'Queued'])

/**
 * While a hook runs, its event shows every end: of the hook, and of a deployment that failed or was stopped. That was observed, but
 * CodeDeploy does not promise it, so the status is also asked for when it is older than this, ms.
 */
const statusMs = 15_000

/** During a shift, only the steps of the schedule bring news; hooks may end at any time. `now` is epoch ms. */
export function queriesFor(
  before: Observation | undefined,
  subject: Subject,
  now: number,
  unreadable: Unreadable
): Queries {
  const isShifting = before !== undefined && phaseOf(before) === 'shifting'
  if (unreadable.lifecycle !== undefined && !isShifting)
    return { status: true, lifecycle: false, traffic: true }
  if (!before || notStarted.has(before.deployment.status) || isOver(before.deployment.status))
    return { status: true, lifecycle: false, traffic: false }
  if (isShifting) return whileShifting(before, subject, now, unreadable)
  const isHookRunning = hasHooks(subject) && runningEvent(before) !== undefined
  if (isHookRunning && isFresh(before, now)) return { status: false, lifecycle: true, traffic: false }
  // The status shows the end of the last hook as well as its event does.
  return { status: true, lifecycle: !isInLastHook(before), traffic: false }
}

/** How long after the last step a deployment without hooks may take to end before its traffic is news of its own, ms. */
const endMs = 5_000

const isFresh = ({ statusAt }: Observation, now: number): boolean =>
  statusAt !== undefined && now - statusAt < statusMs

function whileShifting(before: Observation, subject: Subject, now: number, unreadable: Unreadable): Queries {
  const startedAt = shiftStartedAt(before)
  const mayAsk = unreadable.lifecycle === undefined
  if (!subject.schedule || startedAt === undefined) return { status: true, lifecycle: mayAsk, traffic: true }
  const due = nextDueAt(before, subject)
  // Without a hook, the status and the alias show the end. Without the alias, CodeDeploy's events must show the traffic.
  const needsEvents = mayAsk && (hasHooks(subject) || unreadable.traffic !== undefined)
  const isMoved = before.traffic?.readAt !== undefined && due === undefined
  const endsAt = startedAt + durationMs(subject.schedule)
  const isEndDue = now >= endsAt
  // The end follows at once, and then the alias has to be read anyway.
  if (isEndDue && !needsEvents && now < endsAt + endMs)
    return { status: true, lifecycle: false, traffic: false }
  // They say more exactly when the shift began than the alias does.
  const lifecycle = (isEndDue && needsEvents) || (mayAsk && before.sharing !== undefined)
  const traffic = !isMoved && (due === undefined || now >= due)
  // A step of traffic, or the hook after the last step, shows that the deployment continues, so the status can be left out.
  const goesOn =
    traffic && unreadable.traffic === undefined && (isEndDue ? lifecycle && isFresh(before, now) : true)
  return { status: !goesOn, lifecycle, traffic }
}
