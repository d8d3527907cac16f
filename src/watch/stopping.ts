import type { Event } from '../deployment/event.ts'
import type { EndingCause, LeavingCause, LeavingPolicy, StopResult } from '../deployment/leaving.ts'
import { isOver } from '../deployment/observation.ts'
import { leave } from './stopped.ts'
import { withTimeLimit } from './timelimit.ts'
import { verdictText } from './verdict.ts'
import type { WatchedDeployment } from './watched.ts'
import type { DeploymentEvent, WatchOptions } from './world.ts'

/** When a deployment was first asked to stop for this reason (epoch ms), how, and what came of it. */
export type Stops = Map<WatchedDeployment, { at: number; rollBack: boolean; result: StopResult }>

/** How long after a passing fault to ask again, ms; from then on at each look. */
const againMs = 1_000

/** CodeDeploy has ended the deployment, though the watch may still wait for its rollback or for the alias. */
export const isEnded = ({ outcome, seen }: WatchedDeployment): boolean =>
  outcome !== undefined || (seen !== undefined && isOver(seen.deployment.status))

/** When one function failed, the others are rolled back whatever the user chose for a cancel: a release is never left half done. */
export const policyOf = (
  { reason }: Pick<LeavingCause, 'reason'>,
  { subject, stoppedFor }: WatchedDeployment,
  { leaving, blockedBy, isSpared }: WatchOptions
): LeavingPolicy => {
  if (stoppedFor) return 'rollback'
  const isBlocked = reason === 'blocked' || blockedBy !== undefined
  const id = subject.deploymentId
  return isBlocked && !isSpared?.(id) ? 'rollback' : leaving(id)
}

/** Reports the stop before asking for it: reporting also saves it, in case the process is killed in between. */
export async function* stopAll(
  running: readonly WatchedDeployment[],
  why: EndingCause | { reason: 'judged' },
  stops: Stops,
  world: WatchOptions
): AsyncGenerator<readonly DeploymentEvent[], void> {
  const { clock } = world
  const rollBack = (each: WatchedDeployment) => policyOf(why, each, world) === 'rollback'
  const left = running.filter(each => !isEnded(each) && stops.get(each)?.result.kind !== 'asked')
  if (left.length > 0)
    yield left.map(each => ({
      subject: each.subject,
      event: {
        kind: 'stop-asked',
        at: clock.now(),
        ...reasonFor(each, why),
        rollBack: rollBack(each)
      } as Event
    }))
  for (const each of left) each.postponeHeartbeat(clock.now())
  await Promise.all(
    left.map(async each => {
      const stop = { at: clock.now(), rollBack: rollBack(each) }
      stops.set(each, { ...stop, result: await world.stop(each.subject.deploymentId, stop.rollBack) })
    })
  )
  const failed: DeploymentEvent[] = []
  for (const each of left) {
    const stopping = stops.get(each)?.result
    each.lookAt = clock.now() + (isToAskAgain(stopping) ? againMs : 0)
    if (stopping?.kind === 'failed') {
      const { reason, isPassing } = stopping
      const event: Event = { kind: 'stop-failed', at: clock.now(), reason, ...(isPassing && { isPassing }) }
      failed.push({ subject: each.subject, event })
    }
  }
  if (failed.length > 0) yield failed
}

/**
 * Asks once more for a stop that a passing fault has hit, and gives what to report. That it has failed was told, and is told again only
 * when it has now been refused for good. No look waits for the answer.
 */
export async function stopAgain(
  watch: WatchedDeployment,
  stops: Stops,
  { stop, clock }: Pick<WatchOptions, 'stop' | 'clock'>
): Promise<DeploymentEvent[]> {
  const before = stops.get(watch)
  if (before?.result.kind !== 'failed' || !isToAskAgain(before.result) || isEnded(watch)) return []
  const { subject } = watch
  // Until it is answered, CodeDeploy may have acted on it, and it is not asked for twice.
  const asking = { ...before, result: { ...before.result, isPassing: false, mayHaveActed: true } }
  stops.set(watch, asking)
  const result = await stop(subject.deploymentId, before.rollBack, true)
  // A cancel does not wait for this answer, and has asked by itself.
  if (stops.get(watch) !== asking) return []
  stops.set(watch, { ...before, result })
  if (result.kind !== 'failed' || result.isPassing) return []
  return [{ subject, event: { kind: 'stop-failed', at: clock.now(), reason: result.reason } }]
}

const isToAskAgain = (stopping: StopResult | undefined): boolean =>
  stopping?.kind === 'failed' && stopping.isPassing

function reasonFor({ subject, stoppedFor }: WatchedDeployment, why: EndingCause | { reason: 'judged' }) {
  if (why.reason !== 'judged') return { reason: why.reason, ...(why.by && { by: why.by }) }
  return {
    reason: why.reason,
    ...(stoppedFor && { by: verdictText(stoppedFor, subject), verdict: stoppedFor })
  }
}

/** Ends the given watches, with what each alias serves at this moment. */
export async function leaveAll(
  running: readonly WatchedDeployment[],
  why: EndingCause,
  stops: Stops,
  world: WatchOptions
): Promise<void> {
  const lookAt = async (watch: WatchedDeployment, over: Promise<undefined>) => {
    const { functionName, alias } = watch.subject
    const reading = await Promise.race([world.port.traffic(functionName, alias), over])
    const serving = reading?.kind === 'value' ? reading.value : undefined
    watch.outcome = leave(watch, serving, why, stops.get(watch)?.result)
    watch.left = true
  }
  await withTimeLimit(why.reason === 'interrupted', world.clock, over =>
    Promise.all(running.map(each => lookAt(each, over)))
  )
}
