import { isWhollyOn } from '../deployment/observation.ts'
import type { Cause } from '../deployment/outcome.ts'
import { Failure } from '../failure.ts'
import { resolveConflict } from '../operations/conflict.ts'
import {
  type CreateDeploymentRequest,
  createDeployment,
  fingerprintOf
} from '../operations/createdeployment.ts'
import { type DeploymentDescription, findExisting } from '../operations/existing.ts'
import { appSpecOf, decide, type Plan } from '../plan/plan.ts'
import { settleAll } from '../settleall.ts'
import type { Fingerprint } from '../state.ts'
import { deploymentUrl } from '../text/links.ts'
import { plain } from '../text/safe.ts'
import type { World } from '../world.ts'
import { end, note, type Release, refuse, stage } from './release.ts'

/** How long to leave CodeDeploy alone after it refused a deployment because of another that it does not list, ms. */
const againMs = 5_000

/**
 * Deals with what runs in the deployment groups, until each release is free to begin, has joined what runs, or is refused.
 * `deadline` is epoch ms. Once one of them `hasBegun`, none waits for others any longer: what runs has to be watched.
 */
export const resolveConflicts = (deadline: number, hasBegun: () => boolean) =>
  stage(async (release, world) => {
    const { request, target } = release
    while (release.decision?.kind === 'busy' && !world.cancelled.aborted) {
      const [deploymentId] = release.decision.deploymentIds
      const way = await resolveConflict(deploymentId, request, target?.version, {
        codedeploy: world.codedeploy,
        clock: world.clock,
        cancelled: world.cancelled,
        deadline: hasBegun() ? world.clock.now() : deadline,
        tell: line => world.reporter.say(line)
      })
      if (way.kind === 'join') {
        release.joining = way.deployment
        return
      }
      if (way.kind !== 'cancelled') await readAgain(release, world)
      if (way.kind === 'refused') return refuse(release, way.cause)
      if (way.kind === 'free' && release.decision?.kind === 'busy') {
        // CodeDeploy lists as running what it says is over: its answers may lag behind each other.
        if (world.clock.now() >= deadline) return refuse(release, stillListed(deploymentId))
        await world.clock.sleep(againMs, world.cancelled)
      }
    }
  })

const stillListed = (deploymentId: string): Cause => ({
  code: 'DEPLOYMENT_IN_PROGRESS',
  what: `CodeDeploy still lists deployment ${deploymentId} as running in the group, and the wait time is over.`,
  next: 'Look at the deployment group in the console, then run the step again.'
})

/** What somebody else's deployment left is what we start from: the alias has moved. */
async function readAgain(release: Release, world: World): Promise<void> {
  const { request, held, target } = release
  if (!held) return
  release.record.confirmedAt = world.clock.now()
  const [alias, running, live] = await settleAll([
    world.lambda.alias(request.functionName, request.alias),
    world.codedeploy.running(request.application, request.group),
    held.live && world.lambda.version(request.functionName, request.alias).catch(unlessDenied)
  ])
  release.held = { ...held, alias, running, live }
  note(release, decide(request, release.held, target), world)
}

/** It was readable before, and is only good to know. */
function unlessDenied(failure: unknown): undefined {
  if (failure instanceof Failure && failure.kind === 'denied') return undefined
  throw failure
}

/** Watches a deployment that does already what this release was asked to do. */
async function join(release: Release, deployment: DeploymentDescription, world: World): Promise<void> {
  const { record } = release
  const resumed = await findExisting(deployment.id, world.codedeploy, deployment)
  if (resumed.kind === 'refused') return refuse(release, resumed.cause)
  const { subject } = resumed
  release.subject = { ...subject, hooks: { ...release.request.hooks, ...subject.hooks } }
  record.previousVersion = subject.currentVersion
  record.version = subject.targetVersion
  record.startedAt = resumed.createdAt ?? world.clock.now()
  record.deploymentId = deployment.id
  record.consoleUrl = deploymentUrl(world.region, deployment.id)
  if (resumed.appSpec !== undefined) record.appSpec = resumed.appSpec
  if (subject.schedule) record.schedule = subject.schedule
  world.reporter.say(`Joining deployment ${plain(deployment.id)}, which shifts to the same version already`)
  world.reporter.created(record, release.subject)
}

/** Creates or joins the deployment; its id is told, set and saved before anything else happens. */
export const create = (deadline: number, hasBegun: () => boolean) =>
  stage(async (release, world) => {
    const { decision, target, request } = release
    if (release.subject) return
    if (release.joining) return await join(release, release.joining, world)
    if (decision?.kind !== 'shift' || !target) return
    const { plan } = decision
    const { record } = release
    const revision = appSpecOf(plan, target.version)
    record.appSpec = revision.content
    world.reporter.appSpec(record, revision.content)
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
    const fingerprint = await recognisable(release, fingerprintOf(request, revision, world.awsNow()), world)
    world.reporter.creating({ record, subject: watched, fingerprint })
    const deploymentId = await createDeployment(creationOf(plan), revision, fingerprint, {
      codedeploy: world.codedeploy,
      clock: world.clock,
      cancelled: world.cancelled,
      tell: line => world.reporter.say(plain(line))
    }).catch(failure => {
      if (failure instanceof Failure && !failure.mayHaveActed) world.reporter.notCreated(record)
      return unlessBusy(failure, release, deadline, hasBegun, world)
    })
    if (deploymentId === undefined) return
    record.deploymentId = deploymentId
    record.consoleUrl = deploymentUrl(world.region, deploymentId)
    record.startedAt = world.clock.now()
    release.subject = { ...watched, deploymentId, ...(record.schedule && { schedule: record.schedule }) }
    world.reporter.created(record, release.subject)
  })

/** Where the description is not this run's own mark, an earlier run may have created the very same a moment ago. */
async function recognisable(
  { request }: Release,
  fingerprint: Fingerprint,
  world: World
): Promise<Fingerprint> {
  if (request.isMarked) return fingerprint
  const recent = await world.codedeploy.recent(request, fingerprint.since)
  return { ...fingerprint, known: recent.map(({ id }) => id) }
}

function creationOf({
  request,
  configuration,
  strategy,
  createsConfiguration
}: Plan): CreateDeploymentRequest {
  return {
    request: request,
    configuration: request.configuration && configuration?.name,
    ...(createsConfiguration &&
      configuration &&
      strategy && { creates: { name: configuration.name, strategy } })
  }
}

/** Creates the aliases that are missing. */
export const createAliases = stage(async (release, world) => {
  const { decision, request, record, target } = release
  if (decision?.kind !== 'create-alias' || !target) return
  const { version } = target
  record.confirmedAt = world.clock.now()
  const alias = await world.lambda.createAlias(request.functionName, request.alias, version)
  record.aliasArn = alias.arn
  if (isWhollyOn(alias, version)) {
    end(release, { kind: 'created', serving: alias })
    return world.reporter.aliasCreated()
  }
  end(release, {
    kind: 'refused',
    serving: alias,
    cause: {
      code: 'ALIAS_CREATED_ELSEWHERE',
      what: `Somebody else created alias ${request.alias} meanwhile, on another version.`,
      next: 'Run the step again: it shifts the traffic from that version.'
    }
  })
})

/** Somebody was faster: CodeDeploy took their deployment, and ours has to wait its turn. */
async function unlessBusy(
  failure: unknown,
  release: Release,
  deadline: number,
  hasBegun: () => boolean,
  world: World
): Promise<undefined> {
  const busy = failure instanceof Failure && failure.code === 'DeploymentLimitExceededException'
  if (!busy || release.held?.running === 'denied' || world.clock.now() >= deadline) throw failure
  await readAgain(release, world)
  if (release.decision?.kind !== 'shift') return
  if (hasBegun()) throw failure
  await world.clock.sleep(againMs, world.cancelled)
}
