import { durationMs } from '../deployment/schedule.ts'
import { scheduleOf } from '../deployment/strategy.ts'
import { publish, whenActive } from '../operations/publish.ts'
import { survey } from '../operations/survey.ts'
import { appSpecOf, decide } from '../plan/plan.ts'
import { planText } from '../report/planning.ts'
import { plain } from '../text/safe.ts'
import { duration, timeOfDay } from '../text/units.ts'
import type { World } from '../world.ts'
import { end, note, type Release, refuse, stage } from './release.ts'

/** Reads what AWS holds and decides what to do; changes nothing. */
export const surveyAndDecide = stage(async (release, world) => {
  const { request } = release
  release.record.confirmedAt = world.clock.now()
  release.held = await survey(request, world)
  const target = request.targetVersion === undefined ? undefined : release.held.source
  const decision = decide(request, release.held, target)
  note(release, decision, world)
  if (decision.kind !== 'shift' && decision.kind !== 'busy') return
  const judging = judge(release, world)
  // A warning is not worth waiting for; a release that may be called off is.
  if (world.github?.policy === 'warn') release.judging = judging
  else await judging
})

/** Whether the live commit is newer than ours. Going back to a version that was asked for is on purpose. */
async function judge(release: Release, world: World): Promise<void> {
  const { request, record, held } = release
  if (!world.github || request.targetVersion !== undefined) return
  const { standing, verdict } = await world.github.judge(held?.live?.description, world.github.policy)
  if (standing.live) {
    const { live: liveUrl, brings: bringsUrl } = world.github.links(standing.live)
    record.commits = { live: standing.live.sha, liveUrl, bringsUrl }
  }
  switch (verdict.kind) {
    case 'go':
      break
    case 'warn':
      world.reporter.warn(record, verdict.message)
      break
    case 'refuse':
      refuse(release, verdict.cause)
      break
    case 'skip':
      world.reporter.warn(record, verdict.message)
      record.skipped = verdict.message
      end(release, { kind: 'unchanged', ...(held?.alias && { serving: held.alias }) })
  }
}

/** Tells the plan. `waitMs` is how long the step would wait, in ms. */
export function tellPlan(release: Release, waitMs: number | undefined, world: World): void {
  const { decision, held, request } = release
  if (waitMs !== undefined) {
    warnOfExpiry(release, world)
    warnOfJobLimit(release, world)
  }
  release.planTold = decision?.kind !== 'busy'
  if (decision?.kind === 'shift')
    world.reporter.plan(
      planText(decision.plan, world.region, waitMs, held?.source?.codeSha256 ?? '', world.jobLimitMs)
    )
  if (decision?.kind === 'busy')
    world.reporter.say(
      `Group ${plain(request.group)} is busy with deployment ${decision.deploymentIds.map(plain).join(', ')}; if-in-progress is '${request.ifInProgress}'`
    )
  if (decision?.kind === 'create-alias')
    world.reporter.plan({
      title: `${plain(request.functionName)} has no alias ${plain(request.alias)} yet: it is created on ${
        decision.targetVersion === undefined
          ? 'the version published from $LATEST'
          : `v${plain(decision.targetVersion)}`
      }, and no traffic is shifted`,
      facts: []
    })
}

/** Ambient credentials that the workflow got for the job are never renewed. */
function warnOfExpiry({ decision, record }: Release, world: World): void {
  const { credentialsExpireAt } = world
  if (credentialsExpireAt === undefined || decision?.kind !== 'shift') return
  const { strategy } = decision.plan
  const endsAt = world.clock.now() + (strategy ? durationMs(scheduleOf(strategy)) : 0)
  if (credentialsExpireAt > endsAt) return
  world.reporter.warn(
    record,
    `The AWS credentials expire at ${timeOfDay(credentialsExpireAt, world.clock.now())}, before all traffic has moved (about ${timeOfDay(endsAt, world.clock.now())}): the step would lose sight of the deployment. Give the role a longer session, or let the step assume it by itself with role-to-assume.`
  )
}

/** Hooks mostly take seconds of the hour that they may take, so that only the traffic's own time counts. */
function warnOfJobLimit({ decision, record }: Release, { jobLimitMs, reporter }: World): void {
  const strategy = decision?.kind === 'shift' && decision.plan.strategy
  if (jobLimitMs === undefined || !strategy) return
  const takesMs = durationMs(scheduleOf(strategy))
  if (takesMs < jobLimitMs) return
  reporter.warn(
    record,
    `Traffic takes ${duration(takesMs)} to move, and a job on a hosted runner is cancelled after ${duration(jobLimitMs)}. Start the release with wait: false and watch it in later jobs with deployment-id, or use a self-hosted runner.`
  )
}

/** Ends a dry run: the AppSpec as it would be sent, and nothing changed. */
export function endDryRun(release: Release, world: World): void {
  const { decision, record } = release
  if (decision?.kind === 'shift') {
    // What `$LATEST` will be numbered is only known once it is published.
    record.appSpec = appSpecOf(decision.plan, decision.plan.targetVersion ?? '$LATEST').content
    world.reporter.appSpec(record, record.appSpec)
  }
  record.outcome = { kind: 'planned', ...(release.held?.alias && { serving: release.held.alias }) }
}

/** Publishes `$LATEST` (or takes the version that was asked for), waits until it is Active, and decides anew. */
export const publishAndDecide = stage(async (release, world) => {
  const { request, held } = release
  if (!held?.source) return
  const publishing = {
    lambda: world.lambda,
    clock: world.clock,
    cancelled: world.cancelled,
    tell: (line: string) => world.reporter.say(plain(line))
  }
  const published = await (request.targetVersion
    ? whenActive(request, held.source, publishing)
    : publish(request, held.source, publishing))
  if (published.kind === 'cancelled') return
  if (published.kind === 'refused') {
    // Minutes may have passed, in which others may have moved the alias.
    release.held = { ...held, alias: await world.lambda.alias(request.functionName, request.alias) }
    return refuse(release, published.cause)
  }
  release.target = published.version
  release.record.version = published.version.version
  release.record.functionArn = published.version.arn
  if (!request.targetVersion)
    world.reporter.say(
      published.version.version === held.alias?.version
        ? `$LATEST of ${plain(request.functionName)} has not changed since version ${plain(published.version.version)} was published`
        : `$LATEST of ${plain(request.functionName)} is published as version ${plain(published.version.version)}`
    )
  // CurrentVersion must be what the alias serves at this moment, or CodeDeploy fails the deployment.
  release.record.confirmedAt = world.clock.now()
  const alias = await world.lambda.alias(request.functionName, request.alias)
  release.held = { ...held, alias }
  note(release, decide(request, release.held, published.version), world)
})
