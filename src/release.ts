import { appSpec } from './appspec.ts'
import { deploymentUrl } from './console.ts'
import { isWhollyOn, type Subject } from './deployment/observation.ts'
import type { Cause, Outcome } from './deployment/outcome.ts'
import type { ReleaseRecord } from './deployment/record.ts'
import { durationMs } from './deployment/schedule.ts'
import { causeOfFailure, Failure } from './errors.ts'
import type { Request } from './inputs.ts'
import { type Decision, decide, type FunctionVersion, type Holdings, type Plan } from './plan.ts'
import { publish, whenActive } from './publish.ts'
import { planLines } from './report/planning.ts'
import { plain } from './report/text.ts'
import { soughtBy, start } from './start.ts'
import { describeStrategy, scheduleOf } from './strategy.ts'
import { survey } from './survey.ts'
import type { World } from './world.ts'

/** The release of one function on its way from a request to a deployment. It is over once its record has an outcome. */
export interface Release {
  readonly request: Request
  readonly record: ReleaseRecord
  held?: Holdings
  decision?: Decision
  target?: FunctionVersion
  /** What to watch, once there is a deployment. */
  subject?: Subject
}

export const open = (request: Request): Release => ({
  request,
  record: {
    functionName: request.functionName,
    alias: request.alias,
    application: request.application,
    group: request.group,
    events: [],
    warnings: []
  }
})

export const isOpen = ({ record }: Release): boolean => !record.outcome

/** Reads what AWS holds and decides what to do; changes nothing. */
export const surveyAndDecide = stage(async (release, world) => {
  const { request } = release
  release.held = await survey(request, world)
  const target = request.targetVersion === undefined ? undefined : release.held.source
  note(release, decide(request, release.held, target), world)
})

/** Tells the plan. `waitMs` is how long the step would wait, in ms. */
export function tellPlan(
  { decision, held, request }: Release,
  waitMs: number | undefined,
  world: World
): void {
  if (decision?.kind === 'shift')
    world.reporter.plan(
      'Plan',
      planLines(decision.plan, world.region, waitMs, held?.source?.codeSha256 ?? '')
    )
  if (decision?.kind === 'create-alias')
    world.reporter.plan('Plan', [
      `${plain(request.functionName)} has no alias ${plain(request.alias)} yet: it is created on ${
        decision.targetVersion === undefined
          ? 'the version published from $LATEST'
          : `v${plain(decision.targetVersion)}`
      }, and no traffic is shifted`
    ])
}

/** Ends a dry run: the AppSpec as it would be sent, and nothing changed. */
export function endDryRun(release: Release, world: World): void {
  const { decision, record } = release
  if (decision?.kind === 'shift') {
    // What `$LATEST` will be numbered is only known once it is published.
    record.appSpec = specOf(decision.plan, decision.plan.targetVersion ?? '$LATEST').content
    world.reporter.appSpec(record.appSpec)
  }
  record.outcome = {
    kind: 'planned',
    ...(decision?.kind === 'shift' && { serving: decision.plan.alias })
  }
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
  if (published.kind === 'refused') return refuse(release, published.cause)
  release.target = published.version
  release.record.version = published.version.version
  release.record.functionArn = published.version.arn
  if (!request.targetVersion)
    world.reporter.say(
      `$LATEST of ${plain(request.functionName)} is published as version ${plain(published.version.version)}`
    )
  // CurrentVersion must be what the alias serves at this moment, or CodeDeploy fails the deployment.
  const alias = await world.lambda.alias(request.functionName, request.alias)
  release.held = { ...held, alias }
  note(release, decide(request, release.held, published.version), world)
})

/** Creates the alias, or the deployment; the deployment's id is told, set and saved before anything else happens. */
export const create = stage(async (release, world) => {
  const { decision, target, request } = release
  if (decision?.kind === 'create-alias' && target) return await createAlias(release, target.version, world)
  if (decision?.kind !== 'shift' || !target) return
  const { plan } = decision
  const { record } = release
  const revision = specOf(plan, target.version)
  record.appSpec = revision.content
  world.reporter.appSpec(revision.content)
  const { hooks } = request
  const watched = {
    functionName: request.functionName,
    alias: request.alias,
    currentVersion: plan.currentVersion,
    targetVersion: target.version,
    hooks,
    alarms: plan.alarms,
    ...(plan.rollbackEvents && { rollbackEvents: plan.rollbackEvents })
  }
  const sought = soughtBy(request, revision, world.clock.now())
  world.reporter.creating({ record, subject: watched, sought })
  const deploymentId = await start(plan, revision, sought, {
    codedeploy: world.codedeploy,
    clock: world.clock,
    cancelled: world.cancelled,
    tell: line => world.reporter.say(plain(line))
  })
  record.deploymentId = deploymentId
  record.consoleUrl = deploymentUrl(world.region, deploymentId)
  record.startedAt = world.clock.now()
  release.subject = { ...watched, deploymentId, ...(record.schedule && { schedule: record.schedule }) }
  world.reporter.created(record, release.subject)
})

async function createAlias(release: Release, version: string, world: World): Promise<void> {
  const { request, record } = release
  const alias = await world.lambda.createAlias(request.functionName, request.alias, version)
  record.aliasArn = alias.arn
  if (isWhollyOn(alias, version)) return end(release, { kind: 'created', serving: alias })
  end(release, {
    kind: 'refused',
    serving: alias,
    cause: {
      code: 'ALIAS_CREATED_ELSEWHERE',
      what: `Somebody else created alias ${request.alias} meanwhile, on another version.`,
      next: 'Run the step again: it shifts the traffic from that version.'
    }
  })
}

/** How long the wait may take: the strategy's own duration, one hour for each hook, and ten minutes. */
export function waitMsOf({
  strategy,
  request
}: Pick<Plan, 'strategy'> & { request: Pick<Request, 'hooks'> }): number {
  // Without a strategy, what CodeDeploy allows at most for shifting.
  const shift = strategy ? durationMs(scheduleOf(strategy)) : 48 * 3_600_000
  return shift + Object.keys(request.hooks).length * 3_600_000 + 10 * 60_000
}

/** Takes a decision over into the record, and ends the release where the decision is an end. */
function note(release: Release, decision: Decision, world: World): void {
  const { record } = release
  release.decision = decision
  for (const warning of decision.warnings) world.reporter.warn(record, warning)
  const alias = release.held?.alias
  if (alias) {
    record.aliasArn = alias.arn
    record.previousVersion = alias.version
  }
  switch (decision.kind) {
    case 'shift': {
      const { strategy, targetVersion } = decision.plan
      if (strategy) {
        record.strategy = describeStrategy(strategy)
        record.schedule = scheduleOf(strategy)
      }
      if (targetVersion !== undefined) record.version = targetVersion
      break
    }
    case 'create-alias':
      break
    case 'unchanged':
      record.version = decision.alias.version
      record.functionArn = release.target?.arn ?? release.held?.source?.arn ?? ''
      end(release, { kind: 'unchanged', serving: decision.alias })
      break
    case 'refuse':
      refuse(release, decision.cause)
  }
  world.reporter.publish()
}

/** Nothing was moved, so the alias serves what it was seen to serve. */
const refuse = (release: Release, cause: Cause): void =>
  end(release, { kind: 'refused', ...(release.held?.alias && { serving: release.held.alias }), cause })

const end = (release: Release, outcome: Outcome): void => {
  release.record.outcome = outcome
}

const specOf = (plan: Plan, targetVersion: string) =>
  appSpec({
    functionName: plan.request.functionName,
    alias: plan.request.alias,
    currentVersion: plan.currentVersion,
    targetVersion,
    hooks: plan.request.hooks
  })

/**
 * A stage of several releases, side by side: only those that are still open take part, and a request that AWS did not answer
 * ends its release as refused, because no traffic has moved before the deployment exists.
 */
function stage(act: (release: Release, world: World) => Promise<void>) {
  return async (releases: readonly Release[], world: World): Promise<void> => {
    await Promise.all(
      releases.filter(isOpen).map(async release => {
        try {
          await act(release, world)
        } catch (failure) {
          if (!(failure instanceof Failure)) throw failure
          end(release, unanswered(release, failure, world.cancelled.aborted))
        }
      })
    )
    holdBack(releases)
  }
}

function unanswered({ held, record }: Release, failure: Failure, cancelled: boolean): Outcome {
  const cause = causeOfFailure(failure)
  const serving = held?.alias && { serving: held.alias }
  if (failure.action !== 'codedeploy:CreateDeployment' || !failure.mayHaveActed)
    return { kind: 'refused', ...serving, cause }
  const what = `${cause.what} CodeDeploy may have created the deployment all the same.`
  if (!cancelled)
    return {
      kind: 'lost',
      cause: {
        ...cause,
        what,
        next: 'Look at the deployment group in the console, and run the step again when nothing is running there.'
      }
    }
  record.unfinished = true
  return {
    kind: 'interrupted',
    ...serving,
    cause: {
      ...cause,
      code: 'JOB_CANCELLED',
      what,
      next: 'The post step of this action looks for it and stops it.'
    }
  }
}

/** All or none: when one release is refused, none of the others begins. */
function holdBack(releases: readonly Release[]): void {
  const refused = releases.find(({ record }) => record.outcome && 'cause' in record.outcome)
  if (!refused) return
  const cause: Cause = {
    code: 'HELD_BACK',
    what: `Not released because ${refused.record.functionName}:${refused.record.alias} could not be.`,
    next: 'Mend that one, then run the step again.'
  }
  for (const release of releases.filter(isOpen)) if (!release.subject) refuse(release, cause)
}
