import { giveAllTo, manualRemedy, servingWords } from '../deployment/alias.ts'
import { qualifiedName } from '../deployment/names.ts'
import { isWhollyOn, type Subject } from '../deployment/observation.ts'
import type { Cause, Outcome } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { answeredUntil } from '../watch/answereduntil.ts'
import type { World } from '../world.ts'

/** How long the end of the step waits to know what runs in the group, ms. */
const runningMs = 5_000

/** Why a function could not be reverted. */
interface Reason {
  /** A sentence; it may lack its full stop. */
  what: string
  /** AWS's own words, when they add something. */
  message?: string
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
  world: Pick<World, 'codedeploy' | 'clock' | 'cancelled'>
): Promise<Outcome> {
  const { serving, message, deploymentId } = reason
  const name = qualifiedName(subject)
  const by = deploymentId === undefined ? '' : ` by deployment ${deploymentId}`
  const running = await runningBeside([subject.deploymentId, deploymentId], record, world)
  const cause: Cause = {
    code: 'NOT_TAKEN_BACK',
    what: `${because}, but ${name} could not be reverted${by}: ${sentence(reason.what)} It serves ${serving ? servingWords(serving) : 'a version that could not be read'}.`,
    next: running === undefined ? remedy(serving, subject) : afterOther(running, subject),
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

/** Another deployment that is running in the group; undefined when there is none, or when that could not be seen in time. */
async function runningBeside(
  ours: readonly (string | undefined)[],
  { application, group }: ReleaseRecord,
  { codedeploy, clock, cancelled }: Pick<World, 'codedeploy' | 'clock' | 'cancelled'>
): Promise<string | undefined> {
  if (!application || !group) return undefined
  const asking = codedeploy.running(application, group)
  const ids = await answeredUntil(asking, clock.now() + runningMs, cancelled, clock).catch(() => undefined)
  return ids?.find(id => !ours.includes(id))
}

function afterOther(deploymentId: string, { currentVersion }: Subject): string {
  return `Deployment ${deploymentId} is running in the group, and moves the alias itself: wait until it has ended (watch it with deployment-id: ${deploymentId}), or stop it: aws deploy stop-deployment --deployment-id ${deploymentId} --auto-rollback-enabled. If version ${currentVersion} is to serve then, release it with target-version: ${currentVersion}`
}

/** Whoever has moved the alias since may have meant it. */
const remedy = (serving: Outcome['serving'], subject: Subject): string =>
  serving && !isWhollyOn(serving, subject.targetVersion)
    ? manualRemedy(serving, subject)
    : `To give all traffic back to version ${subject.currentVersion}: ${giveAllTo(subject, subject.currentVersion)}`

/** A message from AWS may lack its full stop. */
const sentence = (words: string): string => (/[.!?]$/.test(words) ? words : `${words}.`)
