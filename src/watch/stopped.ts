import { isMovedOn, manualRemedy, servingWords, whyUnread } from '../deployment/alias.ts'
import type { EndingCause, EndingReason, LeavingCause, StopResult } from '../deployment/leaving.ts'
import {
  isOver,
  isWhollyOn,
  type Observation,
  type Subject,
  type Traffic
} from '../deployment/observation.ts'
import type { Cause, Outcome } from '../deployment/outcome.ts'
import { causeOfEnd, stoppedBySomebody } from './cause.ts'
import { unlessBreached, verdictCause, verdictCodes, verdictText } from './verdict.ts'
import type { WatchedDeployment } from './watched.ts'

const codes: Record<EndingReason, string> = {
  interrupted: 'JOB_CANCELLED',
  'timed-out': 'WAIT_TIME_OVER',
  blocked: 'HELD_BACK'
}

const nexts: Record<EndingReason, string> = {
  interrupted: 'Run the step again when you mean to release.',
  'timed-out': 'Give the step more time with wait-for-minutes, then run it again.',
  blocked: 'Fix the other one, then release all of them again.'
}

export function because({ reason, by }: Pick<LeavingCause, 'reason' | 'by'>): string {
  switch (reason) {
    case 'interrupted':
      return 'The step was interrupted'
    case 'timed-out':
      return 'The wait time is over'
    case 'blocked':
      return `All or none: ${by ?? 'another function was not released'}`
    case 'judged':
      return by?.replace(/\.$/, '') ?? 'The new version was judged'
  }
}

/** A deployment that was stopped because of its own version, or because another one failed, gets the outcome that its traffic shows. */
const kindOf = (
  { reason }: LeavingCause,
  serving: Traffic | undefined,
  subject: Subject
): Unsuccessful['kind'] =>
  reason === 'interrupted' || reason === 'timed-out'
    ? reason
    : serving && isWhollyOn(serving, subject.currentVersion)
      ? 'rolled-back'
      : serving
        ? 'failed'
        : 'lost'

type Unsuccessful = Extract<Outcome, { cause: Cause }>

/** The outcome of a watch in the light of what this step did: whether its stop `wasAsked`, why, and what was judged. */
export function asStopped(
  outcome: Outcome,
  why: LeavingCause | undefined,
  wasAsked: boolean,
  watch: WatchedDeployment
): Outcome {
  // What was judged stays the reason also when nothing could be done about it, and nothing is seen any more.
  const isToTell = wasAsked || (why?.reason === 'judged' && outcome.kind === 'lost')
  const told = why && isToTell ? afterStop(outcome, why, watch.subject, watch.seen ?? {}) : outcome
  return unlessBreached(told, watch)
}

/**
 * The outcome of a deployment that ended after we asked CodeDeploy to stop it. If it ended by itself, that outcome stands: it may have
 * succeeded, or an alarm may have stopped it, before our stop took effect. `seen` is the last look.
 */
export function afterStop(
  outcome: Outcome,
  why: LeavingCause,
  subject: Subject,
  seen: Partial<Pick<Observation, 'aliasUnreadable' | 'deployment' | 'rollback'>>
): Outcome {
  if (!('cause' in outcome) || outcome.kind === 'refused') return outcome
  const { message, hook: _, log: __, ...cause } = outcome.cause
  const { serving } = outcome
  const byUs =
    cause.code === 'MANUAL_STOP' ||
    outcome.kind === 'stopped' ||
    (cause.code === 'ROLLBACK_FAILED' && !(seen.deployment && hasFailedByItself(seen.deployment)))
  if (!byUs && outcome.kind !== 'lost') return outcome
  return {
    kind: kindOf(why, serving, subject),
    ...(serving && { serving }),
    // AWS's message says that somebody stopped it, but that was us.
    cause: {
      ...cause,
      ...(outcome.kind === 'lost' && message !== undefined && { message }),
      ...(why.reason === 'judged'
        ? whatWasJudged(outcome, why, subject, seen)
        : { code: codes[why.reason], ...whatWasDone(outcome, why, subject, seen) })
    }
  }
}

/** A hook, an alarm or CodeDeploy itself has ended it. */
const hasFailedByItself = ({ status, error }: Observation['deployment']): boolean =>
  status === 'Failed' || (status === 'Stopped' && (error?.code ?? 'MANUAL_STOP') !== 'MANUAL_STOP')

function whatWasJudged(
  { serving, kind, cause }: Unsuccessful,
  { verdict }: LeavingCause & { reason: 'judged' },
  subject: Subject,
  seen: Partial<Pick<Observation, 'aliasUnreadable' | 'rollback'>>
): Pick<Cause, 'code' | 'what' | 'next'> {
  const judged = verdictCause(verdict, subject)
  if (kind === 'lost')
    return {
      ...judged,
      what: `${judged.what} How the deployment ended could not be seen: ${unseen(cause)}`,
      next: cause.next
    }
  if (serving && isWhollyOn(serving, subject.currentVersion)) return judged
  return {
    ...judged,
    what: `${judged.what} The deployment was stopped${leftAt(serving, subject, seen)}`,
    next: manualRemedy(serving, subject, seen)
  }
}

/** Why the end could not be seen. That it was stopped is no news, and it was by us. */
const unseen = ({ what }: Cause): string => what.replace(`${stoppedBySomebody} `, '')

function whatWasDone(
  outcome: Unsuccessful,
  why: EndingCause,
  subject: Subject,
  seen: Partial<Pick<Observation, 'aliasUnreadable' | 'rollback'>>
): Pick<Cause, 'what' | 'next'> {
  const { serving, cause } = outcome
  const { deploymentId } = subject
  // It may have ended by itself before that, even with a success.
  if (outcome.kind === 'lost')
    return {
      what: `${because(why)}, so CodeDeploy was asked to stop deployment ${deploymentId}; how it ended could not be seen: ${unseen(cause)}`,
      next: cause.next
    }
  const stopped = `${because(why)}, so deployment ${deploymentId} was stopped`
  if (serving && isWhollyOn(serving, subject.currentVersion))
    return {
      what: `${stopped} and version ${subject.currentVersion} has all the traffic.`,
      next: nexts[why.reason]
    }
  return {
    what: `${stopped}${leftAt(serving, subject, seen)}`,
    next: manualRemedy(serving, subject, seen)
  }
}

interface StopAsked {
  why: Pick<LeavingCause, 'reason' | 'by'>
  result: StopResult
}

/** What else is known of a deployment that can no longer be seen. */
interface Unseen {
  /** What came of asking CodeDeploy to stop it, if it was asked. */
  stop: StopAsked | undefined
  /** It was seen to have ended. */
  hasEnded: boolean
  /** It was asked to stop before this watch as well. */
  wasAsked: boolean
}

/** The outcome of a deployment that can no longer be seen, with what came of its stop, and how to watch it again. */
export function asOutOfSight(
  outcome: Outcome,
  { subject, lostFor }: Pick<WatchedDeployment, 'subject' | 'lostFor'>,
  unseen: Unseen
): Outcome {
  if (!('cause' in outcome)) return outcome
  const { cause } = outcome
  // Otherwise it is told already that it was asked to stop.
  const isToTell = cause === lostFor
  const { what, next } = isUnknown(lostFor)
    ? { what: '', next: `If it exists after all, run the step with deployment-id: ${subject.deploymentId}` }
    : whatIsUnseen(subject, unseen, isToTell)
  return { ...outcome, cause: { ...cause, what: cause.what + what, next: `${cause.next} ${next}` } }
}

/** CodeDeploy says that there is no such deployment. */
export const isUnknown = (lostFor: Cause | undefined): boolean =>
  lostFor?.code === 'DeploymentDoesNotExistException'

function whatIsUnseen(
  { deploymentId }: Subject,
  { stop, hasEnded, wasAsked }: Unseen,
  isToTell: boolean
): Pick<Cause, 'what' | 'next'> {
  const watchAgain = `run the step with deployment-id: ${deploymentId}`
  if (hasEnded) return { what: '', next: `To see how it ended, ${watchAgain}` }
  if (!stop)
    return {
      what: '',
      next: `Deployment ${deploymentId} continues in AWS without being watched; to watch it again, ${watchAgain} and if-interrupted: continue`
    }
  const { result, why } = stop
  const asked = ` ${because(why)}, so CodeDeploy was asked to stop deployment ${deploymentId}`
  if (result.kind !== 'failed')
    return {
      what: isToTell ? `${asked}, whose end was not seen.` : '',
      next: `To see how it ended, ${watchAgain}`
    }
  const next = `Stop it and shift back: ${stopCommand(deploymentId)}. To watch it again, ${watchAgain}`
  if (result.mayHaveActed || wasAsked)
    return {
      what: `${isToTell ? `${asked}, and has not answered.` : ''} It may continue in AWS and still move traffic.`,
      next
    }
  const failed = isToTell ? `${asked}, and that failed` : ' The stop failed'
  return { what: `${failed}: ${result.reason} It continues in AWS and may still move traffic.`, next }
}

/** The outcome of a deployment that is no longer watched, though its end was not seen. */
export function leave(
  { subject, seen, stoppedFor: verdict }: WatchedDeployment,
  serving: Traffic | undefined,
  why: EndingCause,
  stopping: StopResult | undefined
): Outcome {
  const status = seen?.deployment.status
  // Another run began it and continues to watch it.
  if (why.reason === 'blocked' && !stopping && !(status !== undefined && isOver(status)))
    return { kind: 'started', ...(serving && { serving }) }
  const code = verdict ? verdictCodes[verdict.kind] : codes[why.reason]
  const cause: LeavingCause = verdict ? { reason: 'judged', verdict, by: verdictText(verdict, subject) } : why
  const left = { code, ...whatIsLeft(subject, status, cause, stopping) }
  const ownEnd = seen && !verdict && hasFailedByItself(seen.deployment) && causeOfEnd(seen, subject)
  return {
    kind: why.reason === 'blocked' ? 'failed' : why.reason,
    ...(serving && { serving }),
    cause: ownEnd ? { ...ownEnd, what: `${ownEnd.what} ${left.what}`, next: left.next } : left
  }
}

function whatIsLeft(
  subject: Subject,
  status: string | undefined,
  why: LeavingCause,
  stopping: StopResult | undefined
): Pick<Cause, 'what' | 'next'> {
  const { deploymentId } = subject
  const opening = why.reason === 'judged' ? `${because(why)}. The watch was over` : because(why)
  const watchAgain = `run the step with deployment-id: ${deploymentId}`
  if (status !== undefined && isOver(status))
    return {
      what: `${opening} after deployment ${deploymentId} had ended ${status}, but before ${
        status === 'Succeeded' ? 'the alias was seen on the target' : 'its rollback was seen to end'
      }.`,
      next: `To see how it ended, ${watchAgain}`
    }
  if (stopping?.kind === 'failed' && !stopping.mayHaveActed)
    return {
      what: `${because(why)}, and deployment ${deploymentId} could not be stopped: ${stopping.reason} It continues in AWS and may still move traffic.`,
      next: `Stop it and shift back: ${stopCommand(deploymentId)}. To watch it again, ${watchAgain}`
    }
  if (stopping)
    return {
      what: `${because(why)}; CodeDeploy was asked to stop deployment ${deploymentId}, ${
        status === undefined || stopping.kind === 'over'
          ? 'whose end was not seen'
          : 'which has not ended yet'
      }.`,
      next: `To see how it ended, ${watchAgain}`
    }
  return {
    what: `${opening} while deployment ${deploymentId} is still running: it continues in AWS and may still move traffic.`,
    next: `To watch it again, ${watchAgain} and if-interrupted: continue. To stop it and shift back: ${stopCommand(deploymentId)}`
  }
}

const stopCommand = (deploymentId: string): string =>
  `aws deploy stop-deployment --deployment-id ${deploymentId} --auto-rollback-enabled`

/** The end of a sentence, and why it is not known if there is a reason. */
function leftAt(
  serving: Traffic | undefined,
  subject: Subject,
  seen: Partial<Pick<Observation, 'aliasUnreadable' | 'rollback'>>
): string {
  const why = whyUnread(serving, seen, subject)
  if (why) return `.${why}`
  if (isMovedOn(serving, subject)) {
    const back = seen.rollback?.status === 'Succeeded' ? ' and rolled back' : ''
    return `${back}, and somebody else has moved the alias to ${servingWords(serving)}.`
  }
  return `, and the alias is left at ${serving ? servingWords(serving) : 'a version that could not be read'}.`
}
