import type { StopResult } from '../deployment/leaving.ts'
import { qualifiedName } from '../deployment/names.ts'
import { isOver } from '../deployment/observation.ts'
import type { Cause } from '../deployment/outcome.ts'
import type { Replaced } from '../deployment/record.ts'
import type { ReleaseRequest } from '../inputs/request.ts'
import { revertedBy } from '../plan/revertmark.ts'
import { plain } from '../text/safe.ts'
import { duration } from '../text/units.ts'
import { unlessCancelled } from '../unlesscancelled.ts'
import { silenceAfter } from '../watch/heartbeat.ts'
import { patience } from '../watch/patience.ts'
import {
  type DeploymentDescription,
  type ExistingPort,
  longestPauseMs,
  pauseAfter,
  takesBack
} from './existing.ts'
import { type RollbackPort, rollbackOf } from './rollback.ts'
import type { Sights } from './sights.ts'

/** What resolving a conflict asks of AWS. `describe` throws Failure. */
export interface ConflictPort extends RollbackPort {
  codedeploy: RollbackPort['codedeploy'] & {
    appSpec: ExistingPort['appSpec']
    stop(deploymentId: string, rollBack: boolean): Promise<StopResult>
  }
}

/** For how long what takes back another deployment is waited for in a hurry, ms: usually it takes five seconds. */
const takingBackMs = 45_000

export interface ConflictOptions extends ConflictPort {
  /** Of this release, from earlier looks too. */
  sights: Sights
  /** When to stop waiting for others, epoch ms. */
  deadline: number
  /** Another function of the step has begun and has to be watched, so only what is about to end is waited for. */
  isHurried?: boolean
  /** Called once about a deployment that is not joined. False: our release has ended because of it. */
  mayGoOn(other: DeploymentDescription): Promise<boolean>
  /** Called once before a deployment is stopped (`replace`), which cannot be taken back. */
  mayReplace(other: DeploymentDescription): Promise<ReplaceResult>
  /** Called whenever more is known about what was asked to stop. Undefined: that was not stopped for us. */
  noteReplaced(deploymentId: string, replaced: Replaced | undefined): void
  /** Called before each step. True: another function has called off the release for all. */
  isCalledOff(): boolean
  tell(line: string): void
}

export type ReplaceResult =
  | { kind: 'stop' }
  /** Ours can begin only if the other one succeeds: after a rollback, it would be refused with this code. */
  | { kind: 'wait'; code: string }
  /** However it ends, ours cannot begin. */
  | { kind: 'refused'; cause: Cause }

export type ConflictResult =
  /** The deployment is over, and everything has to be read again. */
  | { kind: 'free' }
  /** The deployment does what we were asked to do. */
  | { kind: 'join'; deployment: DeploymentDescription }
  | { kind: 'refused'; cause: Cause }
  /** Our release has been called off. */
  | { kind: 'ended' }
  | { kind: 'cancelled' }

/**
 * Deals with a deployment that is running in the group, where CodeDeploy allows one at a time. If it shifts the same alias to the same
 * target, it is joined. Otherwise `if-in-progress` says whether to wait for it, stop it, or refuse. One that takes back another is never
 * stopped. Throws Failure.
 */
export async function resolveConflict(
  deploymentId: string,
  request: ReleaseRequest,
  targetVersion: string | undefined,
  options: ConflictOptions
): Promise<ConflictResult> {
  const { clock, cancelled, isHurried, codedeploy, tell } = options
  const startedAt = clock.now()
  let id = deploymentId
  let toldAt: number | undefined
  let stopAsked = false
  let stopAskedFirstAt: number | undefined
  let isJudged = false
  let replacing: ReplaceResult | undefined
  let replaced: Replaced | undefined
  const noteReplaced = (known: Replaced | undefined) => {
    replaced = known
    options.noteReplaced(deploymentId, known)
  }
  for (;;) {
    const described = await unlessCancelled(codedeploy.describe(id), cancelled)
    if (options.isCalledOff()) return { kind: 'ended' }
    if (!described && cancelled.aborted) return { kind: 'cancelled' }
    if (!described) return { kind: 'free' }
    // Until it is known what it does, that may be what we were asked to do. Then it counts as somebody else's.
    const { other: seen, isKnown, line } = options.sights.see(described, clock.now())
    if (line !== undefined) tell(line)
    const other = isKnown ? await options.sights.read(seen, codedeploy, cancelled) : seen
    if (isOver(other.status)) {
      if (replaced) noteReplaced(withEnd(replaced, other))
      const rollbackId = await rollbackOf(other, request, stopAsked, options)
      if (rollbackId !== undefined && replaced)
        noteReplaced({ ...replaced, rollback: { deploymentId: rollbackId } })
      if (rollbackId === undefined) return { kind: 'free' }
      id = rollbackId
      await newborn(id, options)
      continue
    }
    const hurriedUntil = startedAt + (takesBack(other) ? takingBackMs : 0)
    const waitUntil = isHurried ? Math.min(hurriedUntil, options.deadline) : options.deadline
    // It was stopped for this release, however little of the wait was left.
    const deadline = Math.max(waitUntil, (stopAskedFirstAt ?? Number.NEGATIVE_INFINITY) + takingBackMs)
    if (!stopAsked && joins(other, request, targetVersion)) return { kind: 'join', deployment: other }
    if (isKnown && !isJudged && other.rollsBack === undefined) {
      isJudged = true
      if (!(await options.mayGoOn(other))) return { kind: 'ended' }
    }
    if (isKnown && request.ifInProgress === 'fail')
      return { kind: 'refused', cause: inProgress(other, request, isKnown) }
    const mayStop = isKnown && !takesBack(other) && !stopAsked && clock.now() < deadline
    if (mayStop && request.ifInProgress === 'replace' && !replacing) {
      replacing = await options.mayReplace(other)
      if (options.isCalledOff()) return { kind: 'ended' }
      if (cancelled.aborted) return { kind: 'cancelled' }
      if (replacing.kind === 'refused') return replacing
      if (replacing.kind === 'wait')
        tell(
          `Deployment ${plain(id)} is not stopped: only if it succeeds can this release begin (${replacing.code})`
        )
    }
    if (mayStop && replacing?.kind === 'stop') {
      if (stopAskedFirstAt === undefined) tell(`Stopping ${named(other)} with rollback, to replace it`)
      stopAskedFirstAt ??= clock.now()
      const isFirst = !replaced
      // Until it is answered, CodeDeploy may have acted on it.
      noteReplaced({ deploymentId: id })
      const stopping = await codedeploy.stop(id, true)
      if (isFirst && stopping.kind === 'failed' && !stopping.mayHaveActed) noteReplaced(undefined)
      const mayWork =
        stopping.kind === 'failed' &&
        stopping.isPassing &&
        clock.now() - stopAskedFirstAt + longestPauseMs < patience.sight
      if (stopping.kind === 'failed' && !mayWork && !cancelled.aborted)
        return { kind: 'refused', cause: notReplaced(other, stopping.reason) }
      stopAsked = stopping.kind !== 'failed'
    }
    const now = clock.now()
    if (cancelled.aborted) return { kind: 'cancelled' }
    if (now >= deadline)
      return {
        kind: 'refused',
        cause:
          request.ifInProgress === 'fail'
            ? inProgress(other, request, isKnown)
            : isHurried
              ? cannotWait(other, request)
              : stillRunning(other, now - startedAt, isKnown)
      }
    if (
      (toldAt === undefined && isKnown) ||
      (toldAt !== undefined && now - toldAt >= silenceAfter(now - startedAt))
    ) {
      const since =
        toldAt === undefined
          ? `, at most ${duration(deadline - now)}`
          : `, ${duration(now - startedAt)} so far`
      tell(`Waiting for ${named(other)} to end${since}`)
      toldAt = now
    }
    const pause = Math.min(pauseAfter(now - startedAt), deadline - now)
    await clock.sleep(Math.max(0, pause), cancelled)
    if (cancelled.aborted) return { kind: 'cancelled' }
  }
}

/** With how it has ended, or its rollback. It was not stopped if it succeeded all the same. */
function withEnd(replaced: Replaced, { id, status, error }: DeploymentDescription): Replaced | undefined {
  if (id !== replaced.deploymentId)
    return { ...replaced, rollback: { deploymentId: id, status, ...(error && { error }) } }
  return status === 'Succeeded' ? undefined : { ...replaced, status }
}

/** CodeDeploy may not yet show a rollback that it has just begun. */
async function newborn(id: string, { codedeploy, clock, cancelled }: ConflictOptions): Promise<void> {
  const until = clock.now() + patience.newborn
  while (clock.now() < until && !cancelled.aborted && !(await codedeploy.describe(id)))
    await clock.sleep(1_000, cancelled)
}

/** Whether it shifts the same alias to the same target, whoever started it: a re-run job continues what a lost runner left. */
export function joins(
  other: DeploymentDescription,
  request: ReleaseRequest,
  targetVersion: string | undefined
): boolean {
  const { target, rollsBack } = other
  return (
    rollsBack === undefined &&
    targetVersion !== undefined &&
    target?.functionName === request.functionName &&
    target.alias === request.alias &&
    target.targetVersion === targetVersion &&
    (request.currentVersion === undefined || target.currentVersion === request.currentVersion)
  )
}

/** `deployment d-1 (payments-api:live v7 → v8, InProgress)` */
export function named({ id, status, rollsBack, description, target }: DeploymentDescription): string {
  const reverted = revertedBy(description)
  const reverting = reverted === undefined ? '' : `reverting ${reverted}, `
  const what = rollsBack
    ? `rolling back ${plain(rollsBack)}, `
    : target?.functionName
      ? `${reverting}${plain(qualifiedName({ functionName: target.functionName, alias: target.alias ?? '?' }))} v${plain(target.currentVersion ?? '?')} → v${plain(target.targetVersion ?? '?')}, `
      : reverting
  return `deployment ${plain(id)} (${what}${plain(status)})`
}

export const inProgress = (
  other: DeploymentDescription,
  { group }: ReleaseRequest,
  isKnown: boolean
): Cause => ({
  code: 'DEPLOYMENT_IN_PROGRESS',
  what: `Group ${group} is busy with ${named(other)}. It takes one deployment at a time, and if-in-progress is 'fail'.${whyHidden(other, isKnown)}`,
  next: `Wait until it has ended (watch it with deployment-id: ${other.id} and if-interrupted: continue), then run the step again; or set if-in-progress to 'wait' or 'replace'.`
})

/** What has begun has to be watched. */
const cannotWait = (other: DeploymentDescription, { group }: ReleaseRequest): Cause => ({
  code: 'DEPLOYMENT_IN_PROGRESS',
  what: `Group ${group} is busy with ${named(other)}, and another function of the step has begun, so this one could not wait${takesBack(other) ? ' any longer' : ''}.`,
  next: `Run the step again when it has ended (watch it with deployment-id: ${other.id} and if-interrupted: continue).`
})

const stillRunning = (other: DeploymentDescription, waitedMs: number, isKnown: boolean): Cause => ({
  code: 'DEPLOYMENT_IN_PROGRESS',
  what: `${waitedMs < 1_000 ? named(other).replace(/^deployment/, 'Deployment') : `After ${duration(waitedMs)}, ${named(other)}`} is still running, and the wait time is over.${whyHidden(other, isKnown)}`,
  next: `Run the step again when it has ended (watch it with deployment-id: ${other.id} and if-interrupted: continue), or give this step more time with wait-for-minutes.`
})

const whyHidden = ({ unread }: DeploymentDescription, isKnown: boolean): string =>
  isKnown || !unread ? '' : ` What it does could not be read (${unread.action}: ${unread.code}).`

const notReplaced = (other: DeploymentDescription, reason: string): Cause => ({
  code: 'NOT_REPLACED',
  what: `CodeDeploy did not stop ${named(other)}: ${reason}`,
  next: `Stop it by hand (aws deploy stop-deployment --deployment-id ${other.id} --auto-rollback-enabled), then run the step again.`
})
