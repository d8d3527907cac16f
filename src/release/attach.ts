import type { Cause } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { describeStrategy, scheduleOf } from '../deployment/strategy.ts'
import { causeOfFailure, Failure } from '../failure.ts'
import type { BeginResult } from '../observe/observe.ts'
import { type ExistingResult, findExisting } from '../operations/existing.ts'
import { waitMsOf } from '../plan/wait.ts'
import { deploymentUrl } from '../text/links.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'

/** Takes up a deployment that was started before, to watch it (`deployment-id`). */
export async function attach(deploymentId: string, world: World): Promise<BeginResult> {
  const record: ReleaseRecord = {
    functionName: '',
    alias: '',
    deploymentId,
    consoleUrl: deploymentUrl(world.region, deploymentId),
    events: [],
    warnings: []
  }
  const resumed = await found(deploymentId, world)
  world.reporter.follow([record])
  if (resumed.kind !== 'subject') {
    record.outcome = resumed
    return { watched: [] }
  }
  const { subject, strategy } = resumed
  for (const warning of resumed.warnings) world.reporter.warn(record, warning)
  record.functionName = subject.functionName
  record.alias = subject.alias
  record.previousVersion = subject.currentVersion
  record.version = subject.targetVersion
  record.startedAt = resumed.createdAt ?? world.clock.now()
  if (resumed.appSpec !== undefined) record.appSpec = resumed.appSpec
  if (strategy) {
    record.strategy = describeStrategy(strategy)
    record.schedule = scheduleOf(strategy)
  }
  const [alias, version] = await Promise.all([
    world.lambda.alias(subject.functionName, subject.alias).catch(ignored),
    world.lambda.version(subject.functionName, subject.targetVersion).catch(ignored)
  ])
  if (alias) record.aliasArn = alias.arn
  if (version) record.functionArn = version.arn
  world.reporter.created(record, subject)
  world.reporter.say(
    `Watching: v${plain(subject.currentVersion)} → v${plain(subject.targetVersion)}${record.strategy ? `, ${record.strategy}` : ''}`
  )
  const waitMs = waitMsOf(strategy, subject.hooksUnknown ? everyHook : subject.hooks)
  return { watched: [{ record, subject, waitMs, logGroups: new Map() }] }
}

/** An AppSpec in YAML or in S3 is not read: it may have both. */
const everyHook = { BeforeAllowTraffic: 'unknown', AfterAllowTraffic: 'unknown' }

/** A deployment says what it does once it has started, which takes seconds. */
const startsWithinMs = 20_000

/** As for a deployment that is watched: after this long without sight there is nothing more to wait for, ms. */
const blindnessMs = 10 * 60_000

async function found(
  deploymentId: string,
  world: World
): Promise<ExistingResult | { kind: 'lost'; cause: Cause }> {
  const { clock, codedeploy, cancelled, reporter } = world
  const begun = clock.now()
  let isTold = false
  for (;;) {
    try {
      const resumed = await findExisting(deploymentId, codedeploy)
      const mayTellLater = resumed.kind === 'refused' && resumed.cause.code === 'DEPLOYMENT_UNREADABLE'
      if (!mayTellLater || clock.now() - begun >= startsWithinMs || cancelled.aborted) return resumed
      await clock.sleep(2_000, cancelled)
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      // There can be no such deployment, so nothing goes on that is lost to sight.
      if (failure.code === 'InvalidDeploymentIdException')
        return { kind: 'refused', cause: malformedId(deploymentId, failure) }
      const passes = failure.kind === 'transient' || failure.kind === 'malformed'
      if (!passes || clock.now() - begun >= blindnessMs || cancelled.aborted)
        return { kind: 'lost', cause: unseen(deploymentId, failure) }
      if (!isTold)
        reporter.say(
          `No sight of ${plain(deploymentId)} yet (${failure.action}: ${failure.code}); looking again`
        )
      isTold = true
      await clock.sleep(15_000, cancelled)
    }
  }
}

const malformedId = (deploymentId: string, failure: Failure): Cause => ({
  ...causeOfFailure(failure),
  what: `CodeDeploy says that ${deploymentId} is no deployment id.`,
  next: 'Correct deployment-id: it looks like d-1A2B3C4D5, with capitals.'
})

/** It runs or not, whatever we may see of it. */
function unseen(deploymentId: string, failure: Failure): Cause {
  const cause = causeOfFailure(failure)
  return {
    ...cause,
    next: `${cause.next} If deployment ${deploymentId} is running, it goes on in AWS; to watch it again, run the step with deployment-id: ${deploymentId}`
  }
}

/** ARNs are good to have; the watch itself finds out whether the alias can be read. */
function ignored(failure: unknown): undefined {
  if (!(failure instanceof Failure)) throw failure
  return undefined
}
