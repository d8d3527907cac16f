import type { Cause } from '../deployment/outcome.ts'
import { causeOfFailure, Failure, isTransient } from '../failure.ts'
import type { ActiveIn } from '../inputs/inputs.ts'
import { findActive } from '../operations/active.ts'
import { applicationMissing, causeOfRefusal, groupMissing } from '../plan/refusals.ts'
import { plain } from '../text/safe.ts'
import { duration } from '../text/units.ts'
import { unlessCancelled } from '../unlesscancelled.ts'
import type { World } from '../world.ts'

/** How long to wait for a deployment to begin in the group, ms. */
const beginsWithinMs = 5 * 60_000

/** Finds the deployment that `deployment-id: active` means, and tells while none runs. */
export async function findTheActive(
  group: ActiveIn,
  waitForMinutes: number | undefined,
  { codedeploy, clock, cancelled, reporter }: World
): Promise<{ kind: 'found'; deploymentId: string } | { kind: 'refused' | 'interrupted'; cause: Cause }> {
  const withinMs = Math.min(beginsWithinMs, (waitForMinutes ?? Number.POSITIVE_INFINITY) * 60_000)
  const told = plain(`${group.application}/${group.group}`)
  try {
    const finding = findActive(group, {
      codedeploy,
      clock,
      cancelled,
      withinMs,
      tellWaiting: () =>
        reporter.say(`Nothing runs in group ${told}; waiting ${duration(withinMs)} for a deployment to begin`)
    })
    const active = (await unlessCancelled(finding, cancelled)) ?? { kind: 'cancelled' }
    if (active.kind === 'found') return active
    return active.kind === 'cancelled'
      ? { kind: 'interrupted', cause: cancelledBeforeFound(group) }
      : { kind: 'refused', cause: noneActive(group, withinMs) }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    return cancelled.aborted && (isTransient(failure) || failure.kind === 'unsent')
      ? { kind: 'interrupted', cause: cancelledBeforeFound(group) }
      : { kind: 'refused', cause: notListed(group, failure) }
  }
}

const cancelledBeforeFound = ({ application, group }: ActiveIn): Cause => ({
  code: 'JOB_CANCELLED',
  what: `The job was cancelled before a deployment was found in group ${application}/${group}.`,
  next: 'Nothing was changed. To watch what runs there, run the step again.'
})

const noneActive = ({ application, group }: ActiveIn, withinMs: number): Cause => ({
  code: 'NO_ACTIVE_DEPLOYMENT',
  what: `No deployment was running in group ${application}/${group}, and none began within ${duration(withinMs)}.`,
  next: `If it begins later, start this step later. If it has ended already, give its id instead of active: aws deploy list-deployments --application-name ${application} --deployment-group-name ${group}`
})

function notListed({ application, group }: ActiveIn, failure: Failure): Cause {
  switch (failure.code) {
    case 'ApplicationDoesNotExistException':
      return causeOfRefusal(applicationMissing(application))
    case 'DeploymentGroupDoesNotExistException':
      return causeOfRefusal(groupMissing(application, group))
    default:
      return causeOfFailure(failure)
  }
}
