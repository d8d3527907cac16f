import { causeOf } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { end, isOpen, type Release } from './release.ts'

/**
 * A missing alias, which is created after everything else has succeeded, and was not because the step was cut short. How the others are
 * left is then decided by them alone. Of an alias that exists, the version that it served before is known.
 */
export const isNotYetCreated = ({
  previousVersion,
  deploymentId,
  outcome
}: Pick<ReleaseRecord, 'previousVersion' | 'deploymentId' | 'outcome'>): boolean =>
  previousVersion === undefined &&
  deploymentId === undefined &&
  (outcome === undefined || outcome.kind === 'interrupted' || outcome.kind === 'timed-out')

/** When nothing but the end of the wait came in between, the aliases that are still missing end for that reason. */
export function endTimedOut(releases: readonly Release[]): void {
  const failed = releases.filter(({ record }) => record.outcome && causeOf(record.outcome))
  if (failed.length === 0 || failed.some(({ record }) => record.outcome?.kind !== 'timed-out')) return
  for (const release of releases.filter(each => isOpen(each) && !each.subject))
    end(release, {
      kind: 'timed-out',
      cause: {
        code: 'WAIT_TIME_OVER',
        what: `The wait time was over before alias ${release.request.alias} could be created: that comes after everything else has succeeded.`,
        next: 'Give the step more time with wait-for-minutes, then run it again.'
      }
    })
}
