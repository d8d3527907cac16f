import type { LeavingPolicy } from '../deployment/leaving.ts'
import { qualifiedName } from '../deployment/names.ts'
import { causeOf, type Outcome } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { isSpared, type WatchedRelease } from '../observe/observe.ts'
import { withTimeLimit } from '../watch/timelimit.ts'
import type { World } from '../world.ts'
import { isNotYetCreated } from './lastalias.ts'
import { revertOne } from './revertone.ts'

/**
 * All or none: when one function of the release fails, those that had succeeded are reverted to their previous version, each by a
 * deployment of its own. CodeDeploy rolls back only the deployment that failed.
 */
export async function revert(watched: readonly WatchedRelease[], world: World): Promise<void> {
  const { records } = world.journal
  const blockedBy = watched.find(each => each.blockedBy !== undefined)?.blockedBy
  // Including those that never got a deployment.
  const all = records.filter(({ outcome }) => outcome && causeOf(outcome))
  const decisive = all.filter(record => !isNotYetCreated(record))
  const failed = decisive.length > 0 ? decisive : all
  const isAlone = records.length === 1 && blockedBy === undefined
  const done = watched.filter(each => isDone(each.record) && !isSpared(each))
  if (isAlone || (failed.length === 0 && blockedBy === undefined) || done.length === 0) return
  const policyOf = (record: ReleaseRecord): LeavingPolicy => {
    const of = watched.find(each => each.record === record) ?? (isNotYetCreated(record) ? done[0] : undefined)
    return of?.leaving ?? 'rollback'
  }
  const byChoice = blockedBy === undefined && failed.every(record => isByChoice(record, policyOf(record)))
  if (byChoice && !failed.some(record => policyOf(record) === 'rollback')) return
  const by = blockedBy ?? failed.map(ended)[0]
  // If post will see the reason for itself, it is not saved: a stop may have come too late for all of them.
  const isSeen = byChoice && failed.every(record => watched.some(each => each.record === record))
  world.journal.reverting(
    done.map(({ record }) => record),
    isSeen ? undefined : by
  )
  await Promise.all(
    done.map(async each => {
      const { record } = each
      const others = failed.filter(other => other !== record).map(ended)
      const because = blockedBy ?? others[0] ?? `what ${qualifiedName(record)} serves could not be read`
      // Once the job is cancelled, there is no time left: the post step reverts, or continues what was begun.
      const revertUnless = (over: Promise<undefined>) => Promise.race([revertOne(each, because, world), over])
      const { cancelled, clock } = world
      const outcome = cancelled.aborted ? undefined : await withTimeLimit(cancelled, clock, revertUnless)
      record.outcome = outcome ?? leftToPost(each, because, isSeen)
      if (!outcome) record.unfinished = true
    })
  )
}

/** It may be on its way back already, so what it serves is not told. */
const leftToPost = ({ subject }: WatchedRelease, because: string, mayYetSucceed: boolean): Outcome => ({
  kind: 'interrupted',
  cause: {
    code: 'JOB_CANCELLED',
    what: `All or none: ${because}. The job was cancelled before ${qualifiedName(subject)} was back on version ${subject.currentVersion}.`,
    next: `The post step of this action brings it back${mayYetSucceed ? ', unless all have succeeded after all' : ''}.`
  }
})

/** Its deployment has succeeded, even if the alias could not be read at the end. */
const isDone = ({ outcome, deploymentStatus }: ReleaseRecord): boolean =>
  outcome?.kind === 'succeeded' || (outcome?.kind === 'lost' && deploymentStatus === 'Succeeded')

/** Abandoned because of a cancel or the end of the wait, not because it had failed by itself. */
const isByChoice = ({ outcome, deploymentStatus }: ReleaseRecord, leaving: LeavingPolicy): boolean =>
  (outcome?.kind === 'interrupted' || outcome?.kind === 'timed-out') &&
  !(leaving === 'continue' && (deploymentStatus === 'Failed' || deploymentStatus === 'Stopped'))

const ended = (record: ReleaseRecord): string => `${qualifiedName(record)} ended ${record.outcome?.kind}`
