import { aliasUnreadable, servingWords } from '../deployment/alias.ts'
import { sameMap, sameShares, type Traffic } from '../deployment/observation.ts'
import type { Cause } from '../deployment/outcome.ts'
import { causeOfFailure, Failure } from '../failure.ts'
import { setWeights } from '../operations/setweights.ts'
import type { Alias } from '../plan/holdings.ts'
import type { WeightPlan } from '../plan/weight.ts'
import type { SavedRelease } from '../state.ts'
import { plain } from '../text/safe.ts'
import { shareList } from '../text/traffic.ts'
import { patience } from '../watch/patience.ts'
import type { World } from '../world.ts'
import { againMs, contradictsItself, readAgain, readUntilSettled } from './readagain.ts'
import { end, isOpen, type Release, refuse, stage } from './release.ts'

/**
 * Gives each alias its weights. What post needs to give them back is saved before. The end of the run confirms what Lambda then says, and
 * gives back all if one could not be set.
 */
export async function weighAll(releases: readonly Release[], world: World): Promise<void> {
  await refresh(releases, world)
  const planned = releases.flatMap(release => {
    const { decision } = release
    return isOpen(release) && decision?.kind === 'weigh' && decision.plan.after
      ? [{ release, plan: decision.plan, after: decision.plan.after }]
      : []
  })
  if (planned.length === 0 || world.cancelled.aborted) return
  const changing = planned.filter(({ plan, after }) => !sameMap(plan.before, after))
  if (changing.length > 0)
    world.journal.weighing(changing.map(({ release, plan, after }) => saved(release, plan, after)))
  await stage(weigh)(
    planned.map(({ release }) => release),
    world
  )
}

/**
 * The survey may be half an hour old. If a group is named, it is read again whether a deployment is running there. Whether the versions
 * can share the alias is not known yet if the alias was moved between the answers.
 */
const refresh = stage(async (release, world) => {
  if (release.decision?.kind !== 'weigh' || world.cancelled.aborted) return
  if (release.request.group) await readUntilSettled(release, world)
  else if (contradictsItself(release)) await readAgain(release, world)
  await refuseIfMoved(release, world)
})

/**
 * Lambda refuses what was changed since the alias was last read. People decided by the plan, and may have taken the traffic back while
 * the version was published and tested. If two answers about the alias contradict each other, one of them is old, and it is read until
 * no answer can be older than the plan.
 */
async function refuseIfMoved(release: Release, world: World): Promise<void> {
  const { clock, cancelled } = world
  for (;;) {
    const { decision, plannedFrom } = release
    if (decision?.kind !== 'weigh' || !plannedFrom || cancelled.aborted) return
    const { before, after } = decision.plan
    if (after && sameMap(before, after)) return
    const { firstReadAt, seen } = plannedFrom
    const isAsSeen = seen.some(each => each && sameShares(each, before))
    const isDoubtful = !seen.every(each => each && sameShares(each, before))
    if (!isDoubtful || clock.now() > firstReadAt + patience.stale)
      return isAsSeen ? undefined : refuse(release, changed(release, seen.at(-1), before))
    await clock.sleep(againMs, cancelled)
    await readAgain(release, world)
  }
}

function saved(
  { record }: Release,
  { functionName, alias, before }: WeightPlan,
  after: Traffic
): SavedRelease {
  const subject = {
    functionName,
    alias,
    currentVersion: record.previousVersion ?? before.version,
    targetVersion: record.version ?? after.version,
    hooks: {},
    alarms: []
  }
  return { record, subject, weights: { before, after } }
}

async function weigh(release: Release, world: World): Promise<void> {
  const { decision, record, request } = release
  if (decision?.kind !== 'weigh' || !decision.plan.after) return
  const { before, after } = decision.plan
  const name = plain(`${request.functionName}:${request.alias}`)
  record.asked = after
  // Whoever reads the alias after this decides whether it has them.
  delete record.confirmedAt
  if (sameMap(before, after)) {
    world.reporter.say(`${name} already has these weights: ${shareList(after)}`)
    return end(release, { kind: 'weighted', serving: before })
  }
  try {
    const result = await setWeights(request, before, after, {
      lambda: world.lambda,
      clock: world.clock,
      cancelled: world.cancelled,
      tell: line => world.reporter.say(plain(line), record)
    })
    switch (result.kind) {
      case 'cancelled':
        return
      case 'changed':
        world.journal.notCreated(record)
        refuse(release, changed(release, before, result.alias))
        if (result.alias && record.outcome) record.outcome.serving = result.alias
        return
      case 'set':
        release.isWeighted = result.isOurs
        record.weightedAt = world.clock.now()
        world.reporter.say(`${name}: ${shareList(after)}`)
        return end(release, { kind: 'weighted', serving: result.alias })
    }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    // Lambda does not say whether it misses the version or the alias.
    if (failure.kind === 'missing') await readAgain(release, world)
    if (!isOpen(release)) return world.journal.notCreated(record)
    if (!failure.mayHaveActed) throw failure
    release.isWeighted = true
    end(release, lost(release, failure, world))
  }
}

const changed = ({ request }: Release, was: Traffic | undefined, alias: Alias | undefined): Cause => ({
  code: 'ALIAS_CHANGED',
  what: `Somebody else changed alias ${request.alias} of ${request.functionName} after it had been read${alias ? `: it serves ${servingWords(alias)}, and ${was ? `served ${servingWords(was)}` : 'did not exist'}` : ''}. Nothing was overwritten.`,
  next: 'See what is live and who moves it (CloudTrail, event UpdateAlias20150331), then run the step again.'
})

/** Lambda may have set the weights. A cancelled job leaves it to post to find out. */
function lost(
  { record }: Release,
  failure: Failure,
  world: World
): NonNullable<Release['record']['outcome']> {
  const cause = causeOfFailure(failure)
  if (world.cancelled.aborted) {
    record.unfinished = true
    return {
      kind: 'interrupted',
      cause: {
        ...cause,
        code: 'JOB_CANCELLED',
        what: `${cause.what} Lambda may have set the weights anyway.`,
        next: 'The post step of this action looks, and gives back what was set.'
      }
    }
  }
  const { next } = aliasUnreadable(record, '')
  return {
    kind: 'lost',
    cause: { ...cause, what: `${cause.what} Lambda may have set the weights anyway.`, next }
  }
}
