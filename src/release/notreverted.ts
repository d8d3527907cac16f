import { giveAllTo, giveBackRemedy, manualRemedy, servingWords } from '../deployment/alias.ts'
import { qualifiedName } from '../deployment/names.ts'
import { isOver, isWhollyOn, type Subject, shares } from '../deployment/observation.ts'
import type { Cause, Outcome } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { unlessUnforeseen } from '../failure.ts'
import { named } from '../operations/conflict.ts'
import { type DeploymentDescription, takesBack } from '../operations/existing.ts'
import { Sights } from '../operations/sights.ts'
import type { World } from '../world.ts'
import { seenWithin } from './arrivals.ts'

/** Why a function could not be reverted. */
interface Reason {
  /** A sentence; it may lack its full stop. */
  what: string
  /** AWS's own words, when they add something. */
  message?: string
  /** CodeDeploy has refused the revert because of another deployment. */
  isBusy?: boolean
  /** The deployment that was to revert it. */
  deploymentId?: string
  /** What the alias serves, if that could be read. */
  serving: Outcome['serving']
}

/**
 * The outcome of a function that could not be reverted, and what to do. If somebody's deployment is running in the group, that one comes
 * first: weights that are set by hand would fight it.
 */
export async function notReverted(
  { record, subject }: { record: ReleaseRecord; subject: Subject },
  because: string,
  reason: Reason,
  world: World
): Promise<Outcome> {
  const { serving, message, deploymentId } = reason
  const name = qualifiedName(subject)
  const by = deploymentId === undefined ? '' : ` by deployment ${deploymentId}`
  const others = (await runningIn(record, world))?.filter(
    id => id !== subject.deploymentId && id !== deploymentId
  )
  const [id] = others ?? []
  const other = id === undefined ? undefined : await describedSoon(id, record, world)
  // A list may be some seconds old.
  const hasEnded = other !== undefined && isOver(other.status)
  const next =
    id === undefined || hasEnded
      ? nextStep(others !== undefined, reason, record, subject)
      : afterOther(id, other, subject)
  const cause: Cause = {
    code: 'NOT_TAKEN_BACK',
    what: `${because}, but ${name} could not be reverted${by}: ${sentence(reason.what)} It serves ${serving ? servingWords(serving) : 'a version that could not be read'}.`,
    next,
    ...(message !== undefined && { message })
  }
  return serving ? { kind: 'failed', serving, cause } : { kind: 'lost', cause }
}

/** What the alias serves at this moment says nothing: the deployment may be about to move it. */
export const perhapsReverted = (subject: Subject, because: string, reason: string): Outcome => ({
  kind: 'lost',
  cause: {
    code: 'NOT_TAKEN_BACK',
    what: `${because}, and it is not known whether ${qualifiedName(subject)} is being reverted: ${sentence(reason)} CodeDeploy may have created the deployment anyway.`,
    next: `Look at the deployment group in the console. When nothing is running there, alias ${subject.alias} should serve version ${subject.currentVersion}. If it does not: ${giveAllTo(subject, subject.currentVersion)}`
  }
})

/** What runs in the group; undefined when that could not be seen. */
async function runningIn(
  { application, group }: ReleaseRecord,
  { codedeploy, cancelled }: Pick<World, 'codedeploy' | 'cancelled'>
): Promise<readonly string[] | undefined> {
  if (!application || !group || cancelled.aborted) return undefined
  return await codedeploy.running(application, group, true).catch(unlessUnforeseen)
}

/** How long what is known of a deployment is waited for, ms. */
const limitMs = 5_000

/** What it does may be unknown; undefined when nothing is known. */
const describedSoon = (
  id: string,
  record: ReleaseRecord,
  world: World
): Promise<DeploymentDescription | undefined> =>
  seenWithin(limitMs, id, { sights: new Sights(), record }, world).catch(unlessUnforeseen)

/** It may be the release that is to serve next, so nobody is told to stop it who does not learn what it is. */
function afterOther(id: string, other: DeploymentDescription | undefined, subject: Subject): string {
  const what = other ? named(other) : `deployment ${id}`
  const described = other?.description ? `, described as '${other.description}',` : ''
  const { functionName, alias, currentVersion, targetVersion } = other?.target ?? {}
  const isElsewhere =
    functionName !== undefined &&
    qualifiedName({ functionName, alias: alias ?? '?' }) !== qualifiedName(subject)
  if (isElsewhere)
    return `In the group, which takes one deployment at a time, ${what}${described} is running. When it has ended (watch it with deployment-id: ${id} and if-interrupted: continue), release version ${subject.currentVersion} with target-version: ${subject.currentVersion}`
  const wait = `In the group, ${what}${described} is running and moves the alias itself: let it end (watch it with deployment-id: ${id} and if-interrupted: continue). ${thenRelease(subject)}`
  if (!other || takesBack(other) || !currentVersion || !targetVersion) return wait
  return `${wait}. Stop it only if version ${targetVersion} is not to serve either, which leaves version ${currentVersion}: aws deploy stop-deployment --deployment-id ${id} --auto-rollback-enabled`
}

const thenRelease = ({ currentVersion }: Subject): string =>
  `If version ${currentVersion} is to serve then, release it with target-version: ${currentVersion}`

/**
 * When no other deployment is seen. A list that is some seconds old may lack what CodeDeploy has just begun: it shows in a refusal, or in
 * an alias that is split. `isListed`: what runs in the group could be read.
 */
function nextStep(
  isListed: boolean,
  { isBusy = false, serving }: Reason,
  { group = '' }: ReleaseRecord,
  subject: Subject
): string {
  if (isBusy)
    return `Another deployment is running in group ${group}, and moves the alias itself: find it in the CodeDeploy console. It may be the next release, so let it end unless you know that it is not to serve. ${thenRelease(subject)}`
  const isSplit = serving !== undefined && shares(serving).length > 1
  if (isListed && !isSplit) return remedy(serving, subject)
  const then = isSplit ? giveBackRemedy(serving, subject) : remedy(serving, subject)
  return `Look in the CodeDeploy console whether another deployment is running in group ${group}. Only if none is: ${then}`
}

/** Whoever has moved the alias since may have meant it. */
const remedy = (serving: Outcome['serving'], subject: Subject): string =>
  serving && !isWhollyOn(serving, subject.targetVersion)
    ? manualRemedy(serving, subject)
    : `To give all traffic back to version ${subject.currentVersion}: ${giveAllTo(subject, subject.currentVersion)}`

/** A message from AWS may lack its full stop. */
const sentence = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`)
