import { canStop, type Gate } from '../deployment/gate.ts'
import { leavingOf } from '../deployment/leaving.ts'
import type { Cause } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { isGradual, type Strategy } from '../deployment/strategy.ts'
import { causeOfFailure, Failure, isTransient } from '../failure.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { BeginResult } from '../observe/observe.ts'
import {
  type ExistingResult,
  findExisting,
  noteExisting,
  notYetRead,
  pauseAfter
} from '../operations/existing.ts'
import { gateWarnings } from '../plan/gatewarnings.ts'
import { causeOfRefusal, nothingToJudge } from '../plan/refusals.ts'
import { hooksOf, waitMsOf } from '../plan/wait.ts'
import { deploymentUrl } from '../text/links.ts'
import { plain } from '../text/safe.ts'
import { answeredUntil } from '../watch/answereduntil.ts'
import { patience } from '../watch/patience.ts'
import type { World } from '../world.ts'
import { findTheActive } from './active.ts'
import { whyBlind } from './sight.ts'

/** Finds an existing deployment, so that it can be watched (`deployment-id`). */
export async function attach(
  { deployment, leaving, gate, waitForMinutes }: Extract<Inputs, { kind: 'watch' }>,
  world: World
): Promise<BeginResult> {
  const record: ReleaseRecord = { functionName: '', alias: '', events: [], warnings: [] }
  world.journal.follow([record])
  const isOthers = typeof deployment !== 'string'
  if (isOthers) {
    Object.assign(record, deployment)
    const active = await findTheActive(deployment, waitForMinutes, world)
    if (active.kind !== 'found') {
      record.outcome = active
      return { watched: [] }
    }
    record.deploymentId = active.deploymentId
  } else record.deploymentId = deployment
  const { deploymentId } = record
  record.consoleUrl = deploymentUrl(world.region, deploymentId)
  const existing = await find(deploymentId, world)
  world.reporter.publish()
  if (existing.kind !== 'found') {
    record.outcome =
      existing.kind === 'lost' ? { kind: 'lost', cause: unseen(deploymentId, existing.cause) } : existing
    return { watched: [] }
  }
  const { subject, strategy } = existing
  const unjudged = await whyNotJudged(gate, strategy, world)
  if (unjudged) {
    noteExisting(record, existing, world.clock.now())
    record.unwatched = true
    const reading = await world.lambda.traffic(subject.functionName, subject.alias)
    record.outcome = {
      kind: 'refused',
      ...(reading.kind === 'value' && { serving: reading.value }),
      cause: unseen(deploymentId, unjudged)
    }
    return { watched: [] }
  }
  for (const warning of [...existing.warnings, ...gateWarnings(gate, subject.schedule)])
    world.reporter.warn(record, warning)
  noteExisting(record, existing, world.clock.now())
  world.journal.created(record, subject, isOthers)
  world.reporter.created(record, subject)
  world.reporter.say(
    `Watching: v${plain(subject.currentVersion)} → v${plain(subject.targetVersion)}${record.strategy ? `, ${record.strategy}` : ''}`
  )
  const waitMs = waitMsOf(strategy, hooksOf(subject))
  const watched = { record, subject, isOthers, leaving: leavingOf(leaving, isOthers) }
  return { watched: [{ ...watched, gate, waitMs, logGroups: new Map() }] }
}

/** Why the gate that this step was given could not judge the deployment; undefined when it can, or when it need not. */
async function whyNotJudged(
  gate: Gate,
  strategy: Strategy | undefined,
  world: Pick<World, 'metrics'>
): Promise<Cause | undefined> {
  const isAtOnce = strategy !== undefined && !isGradual(strategy)
  if (gate.maxErrorRate && isAtOnce)
    return { ...causeOfRefusal(nothingToJudge), next: 'Leave max-error-rate out to watch it.' }
  return canStop(gate) && !isAtOnce ? await whyBlind(world) : undefined
}

/** How long a cancelled step waits for what it asks then, ms. */
const lastReadMs = 3_000

async function find(
  deploymentId: string,
  world: World
): Promise<ExistingResult | { kind: 'interrupted'; cause: Cause }> {
  const { clock, codedeploy, cancelled, reporter } = world
  // AWS's time is not known before its first answer.
  let startedAt = Number.NaN
  // Since then, no fault has hidden what it does.
  let clearSince = Number.NaN
  let hasSaidSo = false
  const tellOnce = (failure: Failure) => {
    if (!hasSaidSo) reporter.say(notYetRead(deploymentId, failure))
    hasSaidSo = true
  }
  for (;;) {
    try {
      const finding = findExisting(deploymentId, codedeploy)
      const existing = cancelled.aborted
        ? await answeredUntil(finding, clock.now() + lastReadMs, undefined, clock)
        : await finding
      if (!existing) return { kind: 'interrupted', cause: unread(deploymentId) }
      const now = clock.now()
      if (Number.isNaN(startedAt)) startedAt = now
      const hiddenBy = existing.kind === 'lost' ? existing.unread : undefined
      if (hiddenBy || Number.isNaN(clearSince)) clearSince = now
      const patienceMs = patienceFor(existing)
      if (patienceMs > 0 && cancelled.aborted) return { kind: 'interrupted', cause: unread(deploymentId) }
      if (now - (hiddenBy ? startedAt : clearSince) >= patienceMs) return existing
      if (hiddenBy) tellOnce(hiddenBy)
      await clock.sleep(pauseAfter(now - startedAt), cancelled)
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      // There can be no such deployment, so nothing is running that we have lost sight of.
      if (failure.code === 'InvalidDeploymentIdException')
        return { kind: 'refused', cause: malformedId(deploymentId, failure) }
      if (cancelled.aborted && (isTransient(failure) || failure.kind === 'unsent'))
        return { kind: 'interrupted', cause: unread(deploymentId) }
      if (Number.isNaN(startedAt)) startedAt = clock.now()
      if (!isTransient(failure) || clock.now() - startedAt >= patience.sight)
        return { kind: 'lost', cause: causeOfFailure(failure), patienceMs: 0 }
      tellOnce(failure)
      await clock.sleep(15_000, cancelled)
    }
  }
}

/** How long to ask again when this is what was found, ms: an earlier step may just have created it, and a stale answer not show it yet. */
const patienceFor = (existing: ExistingResult): number =>
  existing.kind === 'lost'
    ? existing.patienceMs
    : existing.kind === 'refused' && existing.cause.code === 'DEPLOYMENT_MISSING'
      ? patience.stale
      : 0

const malformedId = (deploymentId: string, failure: Failure): Cause => ({
  ...causeOfFailure(failure),
  what: `CodeDeploy says that ${deploymentId} is not a deployment id.`,
  next: 'Correct deployment-id: it looks like d-1A2B3C4D5, in capitals.'
})

const unread = (deploymentId: string): Cause => ({
  code: 'JOB_CANCELLED',
  what: `The job was cancelled before deployment ${deploymentId} could be read, so it was not stopped.`,
  next: `If it is running, it continues in AWS. To watch it again, run the step with deployment-id: ${deploymentId} and if-interrupted: continue`
})

/** The deployment may be running even though we cannot see it. */
const unseen = (deploymentId: string, cause: Cause): Cause => ({
  ...cause,
  next: `${cause.next} If deployment ${deploymentId} is running, it continues in AWS; to watch it again, run the step with deployment-id: ${deploymentId} and if-interrupted: continue`
})
