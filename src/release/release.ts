import { qualifiedName } from '../deployment/names.ts'
import { type Subject, servingVersion, shares } from '../deployment/observation.ts'
import { type Cause, causeOf, type Outcome } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { describeStrategy, scheduleOf } from '../deployment/strategy.ts'
import { causeOfFailure, Failure } from '../failure.ts'
import { isSameRun, type ReleaseRequest } from '../inputs/request.ts'
import { Sights } from '../operations/sights.ts'
import type { CodePackage } from '../packaging/package.ts'
import type { Alias, FunctionVersion, HeldCode, Holdings } from '../plan/holdings.ts'
import type { Decision } from '../plan/plan.ts'
import { takesAway } from '../plan/weight.ts'
import { servingText } from '../text/traffic.ts'
import { patience } from '../watch/patience.ts'
import type { World } from '../world.ts'

/** The release of one function, from the request to the deployment. It is over once its record has an outcome. */
export interface Release {
  readonly request: ReleaseRequest
  readonly record: ReleaseRecord
  held?: Holdings
  /** When the survey began, epoch ms. */
  surveyedAt?: number
  decision?: Decision
  /** The package of what `code` names, until it is uploaded. */
  package?: CodePackage
  /** `$LATEST` holds what was to be uploaded. */
  uploaded?: HeldCode
  target?: FunctionVersion
  /** This step created the deployment group, or found that somebody had just done so. */
  isSetUp?: boolean
  /** The plan was printed. While the group is busy, it is not known yet. */
  planTold?: boolean
  /** Pending while GitHub is being asked about the live commit. */
  judging?: Promise<void>
  /** The live version that was judged last. */
  judgedLive?: string
  /** The other deployments of its group. */
  readonly sights: Sights
  /** The id of somebody else's deployment that was judged last. */
  judgedArriving?: string
  /** The id of somebody else's deployment that may be stopped for this release. */
  mayStop?: string
  /** Why it would have been refused, if it is skipped because it is outdated. */
  outdated?: Cause
  /** Pending while CloudWatch is being asked about the alarms. */
  checking?: Promise<void>
  /** Those in force that do not exist, once that is known. */
  missingAlarms?: readonly string[]
  /** What to watch, once there is a deployment. */
  subject?: Subject
  /** The deployment existed already, and does what was asked for. */
  isJoined?: boolean
  /** How long a deployment that was joined may take, ms. */
  waitMs?: number
  /** Another run began the deployment. */
  isOthers?: boolean
  /** The role may not read CloudWatch's figures. */
  figuresDenied?: boolean
  /** What `weight` may build on: what the alias was seen to have, at first (epoch ms) and in the seconds after that. */
  plannedFrom?: { firstReadAt: number; seen: readonly (Alias | undefined)[] }
  /** This step has given the alias its weights, or may have. */
  isWeighted?: boolean
}

export const open = (request: ReleaseRequest): Release => ({
  request,
  sights: new Sights(),
  record: {
    functionName: request.functionName,
    alias: request.alias,
    application: request.application,
    group: request.group,
    events: [],
    warnings: []
  }
})

/** Its version only loses traffic by weights that are set by hand. */
export const isTakenAway = ({ decision }: Pick<Release, 'decision'>): boolean =>
  decision?.kind === 'weigh' && takesAway(decision.plan)

export const isOpen = ({ record }: Release): boolean => !record.outcome

/** Enters a decision in the record, and ends the release if the decision ends it. */
export function note(release: Release, decision: Decision, world: World): void {
  const { record } = release
  release.decision = decision
  for (const warning of decision.warnings) world.reporter.warn(record, warning)
  const alias = release.held?.alias
  if (release.request.weight !== undefined) noteSeen(release, record.confirmedAt ?? world.clock.now())
  if (alias) {
    record.aliasArn = alias.arn
    record.previousVersion = shares(alias).length === 1 ? servingVersion(alias) : alias.version
    record.foundVersion ??= record.previousVersion
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
    case 'busy':
      // The version that we start from, and so the plan, depends on how the running deployment ends.
      release.planTold = false
      break
    case 'weigh': {
      const { targetVersion, after, percent } = decision.plan
      record.weights = after ? servingText(after) : `$LATEST ${percent}%`
      if (targetVersion !== undefined) {
        record.version = targetVersion
        const other = [...(alias ? shares(alias) : []), ...(after ? shares(after) : [])].find(
          ([version]) => version !== targetVersion
        )
        if (other) record.previousVersion = other[0]
      }
      break
    }
    case 'create-alias':
      if (decision.targetVersion !== undefined) record.version = decision.targetVersion
      break
    case 'unchanged': {
      const { arn = '', codeSha256 = '', description = '' } = release.target ?? release.held?.source ?? {}
      record.version = servingVersion(decision.alias)
      record.functionArn = arn
      record.codeSha256 = codeSha256
      if (isSameRun(description, release.request.versionDescription)) record.publishedByThisRun = true
      end(release, { kind: 'unchanged', serving: decision.alias })
      break
    }
    case 'refuse':
      refuse(release, decision.cause)
  }
  world.reporter.publish()
}

/** What was read first may be some seconds old, so what is read in the seconds after that counts as well. `readAt` is epoch ms. */
function noteSeen(release: Release, readAt: number): void {
  const { firstReadAt = readAt, seen = [] } = release.plannedFrom ?? {}
  if (readAt - firstReadAt <= patience.stale)
    release.plannedFrom = { firstReadAt, seen: [...seen, release.held?.alias] }
}

/** No traffic was moved, so the alias still serves what was read last. */
export const refuse = (release: Release, cause: Cause): void =>
  end(release, { kind: 'refused', ...(release.held?.alias && { serving: release.held.alias }), cause })

export const end = (release: Release, outcome: Outcome): void => {
  release.record.outcome = outcome
}

/**
 * Runs `act` in parallel for all releases that are still open. A request that AWS did not answer ends its release as refused,
 * because no traffic moves before the deployment exists.
 */
export function stage(act: (release: Release, world: World) => Promise<void>) {
  return async (releases: readonly Release[], world: World): Promise<void> => {
    await Promise.all(
      releases.filter(isOpen).map(async release => {
        try {
          await act(release, world)
        } catch (failure) {
          if (!(failure instanceof Failure)) throw failure
          // The request was not sent because the job was cancelled, so the release stays open.
          if (failure.kind === 'unsent') return
          const hasBegun = releases.some(each => each.subject)
          end(release, await unanswered(release, failure, hasBegun, world))
        }
      })
    )
    blockOthers(releases)
  }
}

async function unanswered(
  { held, record, request }: Release,
  failure: Failure,
  hasBegun: boolean,
  world: World
): Promise<Outcome> {
  const cause = causeOfFailure(failure)
  // The survey may be minutes old, and others may have moved the alias. After a cancel, though, stopping what runs comes first.
  const isHurried = hasBegun && world.cancelled.aborted
  const reading =
    held?.alias && !isHurried ? await world.lambda.traffic(request.functionName, request.alias) : undefined
  const serving = reading?.kind === 'value' && { serving: reading.value }
  if (serving) record.confirmedAt = world.clock.now()
  if (failure.action !== 'codedeploy:CreateDeployment' || !failure.mayHaveActed)
    return { kind: 'refused', ...serving, cause }
  const what = `${cause.what} CodeDeploy may have created the deployment anyway.`
  if (!world.cancelled.aborted)
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
      next: 'The post step of this action looks for it and applies if-interrupted.'
    }
  }
}

/** All or none: when one release is refused, none of the others begins. A cancel that has cut one short ends the others by itself. */
export function blockOthers(releases: readonly Release[]): void {
  const refused = releases.find(
    ({ record: { outcome } }) => outcome && causeOf(outcome) && outcome.kind !== 'interrupted'
  )
  if (!refused) return
  const cause: Cause = {
    code: 'HELD_BACK',
    what: `Not released because ${qualifiedName(refused.record)} could not be.`,
    next: 'Fix that one, then run the step again.'
  }
  for (const release of releases.filter(isOpen)) if (!release.subject) refuse(release, cause)
}
