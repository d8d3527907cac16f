import { servingVersion } from '../deployment/observation.ts'
import { durationMs } from '../deployment/schedule.ts'
import { scheduleOf } from '../deployment/strategy.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { goesBack } from '../inputs/request.ts'
import { survey } from '../operations/survey.ts'
import { strategyOf } from '../plan/holdings.ts'
import { decide } from '../plan/plan.ts'
import { setUpOf } from '../plan/setup.ts'
import { waitMsOf } from '../plan/wait.ts'
import { planText, setUpFact, testsFact, weightText } from '../report/planning.ts'
import { plain } from '../text/safe.ts'
import { duration, timeOfDay } from '../text/units.ts'
import { unlessCancelled } from '../unlesscancelled.ts'
import type { World } from '../world.ts'
import { judgeLive } from './judge.ts'
import { readAgain, settled } from './readagain.ts'
import { note, type Release, stage } from './release.ts'
import { makeReady, publishingOnce, targetOf } from './target.ts'

/** Reads the current state from AWS and decides what to do. Changes nothing. */
export const surveyAndDecide = stage(async (release, world) => {
  if (world.cancelled.aborted) return
  const { request, record } = release
  const begun = world.elapsed()
  let readAt: number | undefined
  const surveyed = survey(request, world, {
    aliasWasRead: () => {
      // Not sooner: a clock that is ahead until the first answer would make this seem recent for as long.
      readAt = world.clock.now()
    }
  })
  const held = await unlessCancelled(surveyed, world.cancelled)
  if (!held) return
  release.held = held
  if (readAt !== undefined) record.confirmedAt = readAt
  // By AWS's time, which was not known before its answers.
  release.surveyedAt = world.clock.now() - (world.elapsed() - begun)
  const decision = await settled(decide(request, held, targetOf(release)), release, world)
  note(release, decision, world)
  if (decision.kind === 'shift' || decision.kind === 'busy' || decision.kind === 'weigh')
    await judgeLive(release, world)
})

/** How long to wait for others, and then once more for our own deployment, ms. */
export const waitMsFor = (
  { held, request }: Release,
  { waitForMinutes }: Pick<Inputs, 'waitForMinutes'>
): number =>
  waitForMinutes === undefined ? waitMsOf(held && strategyOf(held), request.hooks) : waitForMinutes * 60_000

/** Prints the plan. `waitMs` is how long the step would wait, in ms. */
export function tellPlan(release: Release, waitMs: number | undefined, world: World): void {
  const { decision, held, record, request } = release
  const setUp = held && setUpOf(request, held)
  if (waitMs !== undefined) {
    warnOfExpiry(release, world)
    warnOfJobLimit(release, world)
  }
  release.planTold = decision?.kind !== 'busy'
  if (decision?.kind === 'shift')
    world.reporter.plan(
      planText(decision.plan, world.region, {
        ...(waitMs !== undefined && { waitMs }),
        codeSha256: digestOf(release),
        ...(world.jobLimitMs !== undefined && { jobLimitMs: world.jobLimitMs }),
        gate: request.gate,
        ...(record.code && !release.uploaded && { code: record.code.what }),
        ...(release.figuresDenied && { figuresDenied: true }),
        ...(setUp && { setUp }),
        ...(record.inTheWay && { inTheWay: record.inTheWay })
      })
    )
  if (decision?.kind === 'weigh')
    world.reporter.plan(
      weightText(decision.plan, world.region, {
        codeSha256: digestOf(release),
        tests: request.tests,
        ...(record.code && !release.uploaded && { code: record.code.what })
      })
    )
  if (decision?.kind === 'busy') {
    world.reporter.say(
      `Group ${plain(request.group)} is busy with deployment ${decision.deploymentIds.map(plain).join(', ')}; if-in-progress is '${request.ifInProgress}'`,
      record
    )
    if (record.code && !release.uploaded) world.reporter.say(`The code: ${record.code.what}`, record)
  }
  if (decision?.kind === 'create-alias')
    world.reporter.plan({
      title: `${plain(request.functionName)} has no alias ${plain(request.alias)} yet: it will be created on ${
        decision.targetVersion === undefined
          ? 'the version published from $LATEST'
          : `v${plain(decision.targetVersion)}`
      }, and no traffic will be shifted`,
      facts: [
        ...(record.code ? [`  code       ${record.code.what}`] : []),
        ...setUpFact(setUp),
        ...testsFact(request.tests)
      ]
    })
}

/** Of the code that will be published, as far as it is known. */
function digestOf({ held, package: made, request, uploaded }: Release): string {
  if (made) return made.sha256
  return request.code && !uploaded ? '' : (held?.source?.codeSha256 ?? '')
}

/** Ambient credentials, which the workflow obtained for the job, are never renewed. */
function warnOfExpiry({ decision, record }: Release, world: World): void {
  const { credentialsExpireAt } = world
  if (credentialsExpireAt === undefined || decision?.kind !== 'shift') return
  const { strategy } = decision.plan
  const endsAt = world.clock.now() + (strategy ? durationMs(scheduleOf(strategy)) : 0)
  if (credentialsExpireAt > endsAt) return
  world.reporter.warn(
    record,
    `The AWS credentials expire at ${timeOfDay(credentialsExpireAt, world.clock.now())}, before all traffic has moved (about ${timeOfDay(endsAt, world.clock.now())}): the step would lose sight of the deployment. Give the role a longer session, or let the step assume the role itself with role-to-assume.`
  )
}

/** Hooks may take an hour but usually take seconds, so only the shift itself counts. */
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

/** Publishes `$LATEST` (or takes the requested version), waits until it is Active, and decides again. */
export async function publishAndDecide(releases: readonly Release[], world: World): Promise<void> {
  const publishing = publishingOnce()
  await stage(release => publishAndDecideOne(release, publishing, world))(releases, world)
}

async function publishAndDecideOne(
  release: Release,
  publishing: ReturnType<typeof publishingOnce>,
  world: World
): Promise<void> {
  const { request, held, uploaded } = release
  if (world.cancelled.aborted) return
  // Only what this step has uploaded is published.
  if (request.code && !uploaded) return
  // To which version to go back is known only once the running deployment has ended.
  if (goesBack(request) && release.decision?.kind === 'busy') return
  if (!held || !(await makeReady(release, world, publishing)) || !release.target) return
  const { version } = release.target
  if (!request.targetVersion)
    world.reporter.say(
      version === held.alias?.version
        ? `$LATEST of ${plain(request.functionName)} has not changed since version ${plain(version)} was published`
        : `$LATEST of ${plain(request.functionName)} is published as version ${plain(version)}`
    )
  if (world.cancelled.aborted) return
  // CurrentVersion must be the version that the alias serves now, or CodeDeploy fails the deployment.
  const alias = await world.lambda.alias(request.functionName, request.alias)
  // Taken after the answer: with many functions, the request may have been queued before it was sent.
  release.record.confirmedAt = world.clock.now()
  const isMoved = !alias || !held.alias || servingVersion(alias) !== servingVersion(held.alias)
  // Another version served before what serves now; or nothing has been read yet about what serves.
  if (isMoved && (goesBack(request) || !held.alias)) return await readAgain(release, world)
  release.held = { ...held, alias }
  note(release, await settled(decide(request, release.held, release.target), release, world), world)
}
