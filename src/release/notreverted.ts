import { giveAllTo, manualRemedy, servingWords } from '../deployment/alias.ts'
import { qualifiedName } from '../deployment/names.ts'
import { isWhollyOn, type Subject, shares } from '../deployment/observation.ts'
import type { Cause, Outcome } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { unlessUnforeseen } from '../failure.ts'
import type { World } from '../world.ts'

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
  world: Pick<World, 'codedeploy' | 'cancelled'>
): Promise<Outcome> {
  const { serving, message, deploymentId } = reason
  const name = qualifiedName(subject)
  const by = deploymentId === undefined ? '' : ` by deployment ${deploymentId}`
  const others = (await runningIn(record, world))?.filter(
    id => id !== subject.deploymentId && id !== deploymentId
  )
  const cause: Cause = {
    code: 'NOT_TAKEN_BACK',
    what: `${because}, but ${name} could not be reverted${by}: ${sentence(reason.what)} It serves ${serving ? servingWords(serving) : 'a version that could not be read'}.`,
    next: nextStep(others, reason, record, subject),
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

/** A list that is some seconds old may lack what CodeDeploy has just begun: it shows in a refusal, or in an alias that is split. */
function nextStep(
  others: readonly string[] | undefined,
  { isBusy = false, serving }: Reason,
  { group = '' }: ReleaseRecord,
  subject: Subject
): string {
  const { currentVersion } = subject
  const thenRelease = `If version ${currentVersion} is to serve then, release it with target-version: ${currentVersion}`
  const [other] = others ?? []
  if (other !== undefined)
    return `Deployment ${other} is running in the group, and moves the alias itself: wait until it has ended (watch it with deployment-id: ${other}), or stop it: aws deploy stop-deployment --deployment-id ${other} --auto-rollback-enabled. ${thenRelease}`
  if (isBusy)
    return `Another deployment is running in group ${group}, and moves the alias itself: find it in the CodeDeploy console, and wait until it has ended, or stop it with rollback. ${thenRelease}`
  const isSplit = serving !== undefined && shares(serving).length > 1
  if (others && !isSplit) return remedy(serving, subject)
  return `Look in the CodeDeploy console whether another deployment is running in group ${group}. Only if none is: ${remedy(serving, subject)}`
}

/** Whoever has moved the alias since may have meant it. */
const remedy = (serving: Outcome['serving'], subject: Subject): string =>
  serving && !isWhollyOn(serving, subject.targetVersion)
    ? manualRemedy(serving, subject)
    : `To give all traffic back to version ${subject.currentVersion}: ${giveAllTo(subject, subject.currentVersion)}`

/** A message from AWS may lack its full stop. */
const sentence = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`)
