import { leavingOf, mayHaveStopped } from '../deployment/leaving.ts'
import type { Subject } from '../deployment/observation.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { answeredUntil } from '../watch/answereduntil.ts'
import { withTimeLimit } from '../watch/timelimit.ts'
import type { World } from '../world.ts'
import { isOpen, type Release } from './release.ts'

/** The watch begins without the answers that take longer, ms. */
const waitMs = 1_000

/**
 * From here on, a cancel stops all existing deployments at once, as `if-interrupted` says: a slow answer about one must not keep
 * another from being stopped within a second. `begun` is to be told of each deployment, because one may be created while the job is
 * cancelled. `stopped` ends that, and returns the deployments that CodeDeploy was asked to stop.
 */
export function stopWhenCancelled(
  releases: readonly Release[],
  { leaving: chosen, wait }: Pick<Inputs, 'leaving' | 'wait'>,
  { cancelled, codedeploy, clock, journal }: World
): { begun(release: Release): void; stopped(): Promise<ReadonlySet<Subject>> } {
  const stops: Promise<void>[] = []
  const stopRequested = new Set<Subject>()
  const stop = ({ subject, isOthers }: Release) => {
    const leaving = leavingOf(chosen, isOthers)
    // With `wait: false`, a deployment continues by itself once it exists.
    if (!wait || !subject || leaving === 'continue') return
    journal.stopping()
    // Until it is answered, CodeDeploy may have acted on it.
    stopRequested.add(subject)
    stops.push(
      codedeploy.stop(subject.deploymentId, leaving === 'rollback').then(result => {
        if (!mayHaveStopped(result)) stopRequested.delete(subject)
      })
    )
  }
  const stopAll = () => releases.forEach(stop)
  cancelled.addEventListener('abort', stopAll, { once: true })
  return {
    begun: release => {
      // A single one is stopped by the watch, which begins at once.
      if (cancelled.aborted && releases.length > 1) stop(release)
    },
    stopped: async () => {
      cancelled.removeEventListener('abort', stopAll)
      await answeredUntil(Promise.all(stops), clock.now() + waitMs, undefined, clock)
      return stopRequested
    }
  }
}

/**
 * Ends the releases that had no deployment yet when the job was cancelled. Others may have moved the alias while we waited for them, so
 * it is read again. But if a deployment is running, it must be stopped within a second, and no other request may come first.
 */
export async function endCancelled(releases: readonly Release[], world: World): Promise<void> {
  const left = releases.filter(each => isOpen(each) && !each.subject)
  if (left.length === 0) return
  const isHurried = releases.some(({ subject }) => subject)
  const lookAt = async ({ record, request, decision }: Release, over: Promise<undefined>) => {
    const ask = () => world.lambda.traffic(request.functionName, request.alias)
    const reading = isHurried ? undefined : await Promise.race([ask(), over])
    record.outcome = {
      kind: 'interrupted',
      ...(reading?.kind === 'value' && { serving: reading.value }),
      cause: {
        code: 'JOB_CANCELLED',
        what: `The job was cancelled before this run ${decision?.kind === 'weigh' ? 'changed the alias' : 'created a deployment'}.`,
        next: 'Run the step again when you mean to release.'
      }
    }
  }
  await withTimeLimit(world.cancelled, world.clock, over => Promise.all(left.map(each => lookAt(each, over))))
}
