import type { Subject } from '../deployment/observation.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { BeginResult, WatchedRelease } from '../observe/observe.ts'
import { strategyOf } from '../plan/holdings.ts'
import { waitMsOf } from '../plan/wait.ts'
import { withTimeLimit } from '../watch/timelimit.ts'
import type { World } from '../world.ts'
import { create, createAliases, resolveConflicts } from './create.ts'
import { endDryRun, publishAndDecide, surveyAndDecide, tellPlan } from './prepare.ts'
import { blockOthers, isOpen, open, type Release } from './release.ts'

/** Stage by stage, each for all releases before the next begins: nothing is published when one of them is refused. */
export async function begin(
  inputs: Extract<Inputs, { kind: 'release' }>,
  world: World
): Promise<BeginResult> {
  const releases = inputs.requests.map(open)
  world.reporter.follow(releases.map(({ record }) => record))

  await surveyAndDecide(releases, world)
  skipTogether(releases)
  for (const each of releases.filter(isOpen))
    tellPlan(each, inputs.wait && !inputs.dryRun ? waitMs(each, inputs.waitForMinutes) : undefined, world)
  if (inputs.dryRun) {
    await Promise.all(releases.map(each => each.judging))
    for (const each of releases.filter(each => isOpen(each) && each.decision)) endDryRun(each, world)
    await cancelEarly(releases, false, world)
    return { watched: [] }
  }

  await publishAndDecide(releases, world)
  const deadline =
    world.clock.now() + Math.max(0, ...releases.map(each => waitMs(each, inputs.waitForMinutes)))
  const hasBegun = () => releases.some(each => each.subject)
  // A slow answer to one must not keep another from being stopped within a second.
  const stops: Promise<void>[] = []
  const asked = new Set<Subject>()
  const stopNow = () => {
    // When nobody waits, a deployment goes on by itself once it exists.
    if (inputs.leaving === 'continue' || !inputs.wait) return
    for (const { subject } of releases)
      if (subject)
        stops.push(
          world.codedeploy.stop(subject.deploymentId, inputs.leaving === 'rollback').then(({ kind }) => {
            if (kind === 'asked') asked.add(subject)
          })
        )
  }
  world.cancelled.addEventListener('abort', stopNow, { once: true })
  while (releases.some(isWaiting) && !world.cancelled.aborted) {
    await resolveConflicts(deadline, hasBegun)(releases, world)
    for (const each of releases.filter(isFreed))
      tellPlan(each, inputs.wait ? waitMs(each, inputs.waitForMinutes) : undefined, world)
    if (!world.cancelled.aborted) await create(deadline, hasBegun)(releases, world)
  }
  world.cancelled.removeEventListener('abort', stopNow)
  await Promise.all(stops)
  // Nobody waits for the others to succeed.
  if (!inputs.wait || world.cancelled.aborted) await finish(releases, hasBegun(), world)
  const failed = releases.find(({ record }) => record.outcome && 'cause' in record.outcome)?.record
  const blockedBy = failed && `${failed.functionName}:${failed.alias} ended ${failed.outcome?.kind}`
  if (blockedBy !== undefined && hasBegun()) world.reporter.blocked(blockedBy)
  const watched = releases.flatMap(each => {
    const found = underwayOf(each)
    if (!found) return []
    return { ...found, ...(blockedBy && { blockedBy }), stopAsked: asked.has(found.subject) }
  })
  return { watched, finish: () => finish(releases, hasBegun(), world) }
}

/** Aliases that are missing are created when everything else has gone well, because nothing takes a new alias back. */
async function finish(releases: readonly Release[], hasBegun: boolean, world: World): Promise<void> {
  if (!world.cancelled.aborted) {
    // A warning holds nothing up, but it has to be told.
    await Promise.all(releases.map(({ judging }) => judging))
    blockOthers(releases)
    await createAliases(releases, world)
  }
  // What runs already has to be stopped within a second: nothing else is asked of AWS before.
  await cancelEarly(releases, hasBegun, world)
}

/** All or none: when one is left on its newer commit, the others are left alone as well. */
function skipTogether(releases: readonly Release[]): void {
  const skipped = releases.find(({ record }) => record.skipped)?.record.skipped
  if (skipped === undefined) return
  for (const { record, held } of releases.filter(isOpen)) {
    record.skipped = skipped
    record.outcome = { kind: 'unchanged', ...(held?.alias && { serving: held.alias }) }
  }
}

/** Neither over nor under way; an alias is created when all others have succeeded. */
const isWaiting = (release: Release): boolean =>
  isOpen(release) && !release.subject && release.decision?.kind !== 'create-alias'

/** Its group was busy before, so that what will happen is only known now. */
const isFreed = (release: Release): boolean =>
  isOpen(release) && !release.planTold && !release.joining && release.decision?.kind !== 'busy'

/** How long to wait for others, and then once more for our own deployment, ms. */
const waitMs = ({ held, request }: Release, waitForMinutes: number | undefined): number =>
  waitForMinutes === undefined ? waitMsOf(held && strategyOf(held), request.hooks) : waitForMinutes * 60_000

function underwayOf({ record, subject, held, request }: Release): WatchedRelease | undefined {
  if (!subject) return undefined
  const logGroups = new Map(
    Object.values(request.hooks).flatMap(hook => {
      const found = held?.hooks.get(hook)
      return typeof found === 'object' && found.logGroup ? [[hook, found.logGroup] as const] : []
    })
  )
  return { record, subject, waitMs: waitMsOf(held && strategyOf(held), subject.hooks), logGroups }
}

/** Ends what was not begun when the job was cancelled. The alias may have been moved by others while we waited for them. */
async function cancelEarly(releases: readonly Release[], inHaste: boolean, world: World): Promise<void> {
  const left = releases.filter(each => isOpen(each) && !each.subject)
  if (left.length === 0) return
  const lookAt = async ({ record, request }: Release, over: Promise<undefined>) => {
    const ask = () => world.lambda.traffic(request.functionName, request.alias)
    const reading = inHaste ? undefined : await Promise.race([ask(), over])
    record.outcome = {
      kind: 'interrupted',
      ...(reading?.kind === 'value' && { serving: reading.value }),
      cause: {
        code: 'JOB_CANCELLED',
        what: 'The job was cancelled before this run created a deployment.',
        next: 'Run the step again when you mean to release.'
      }
    }
  }
  await withTimeLimit(true, world.clock, over => Promise.all(left.map(each => lookAt(each, over))))
}
