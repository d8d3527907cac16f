import { causeOf } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import type { Order } from '../inputs/inputs.ts'
import type { Underway } from '../observe/observe.ts'
import type { World } from '../world.ts'
import { giveBack } from './revertone.ts'

/**
 * All or none: when a function of the release did not make it, those that had succeeded are given back the version before, each by a
 * deployment of its own. CodeDeploy rolls back only the deployment that failed.
 */
export async function takeBack(
  underway: readonly Underway[],
  { leaving }: Pick<Order, 'leaving'>,
  world: World
): Promise<void> {
  const { records } = world.reporter
  const heldBackBy = underway.find(each => each.heldBackBy !== undefined)?.heldBackBy
  // Also those that never came to a deployment.
  const failed = records.filter(({ outcome }) => outcome && causeOf(outcome))
  const isAlone = records.length === 1 && heldBackBy === undefined
  const done = underway.filter(({ record }) => isDone(record))
  if (isAlone || (failed.length === 0 && heldBackBy === undefined) || done.length === 0) return
  const byChoice = heldBackBy === undefined && failed.every(record => isByChoice(record, leaving))
  if (byChoice && leaving !== 'rollback') return
  const by = heldBackBy ?? failed.map(ended)[0]
  // What post will see for itself need not be told: a stop may have come too late for all of them.
  const isSeen = byChoice && failed.every(record => underway.some(each => each.record === record))
  world.reporter.takingBack(
    done.map(({ record }) => record),
    isSeen ? undefined : by
  )
  await Promise.all(
    done.map(async each => {
      const { record } = each
      const others = failed.filter(other => other !== record).map(ended)
      const because = heldBackBy ?? others[0] ?? `whether ${nameOf(record)} serves it could not be read`
      // Once the job is cancelled there is no time left for it: the post step does it, or goes on with it.
      const outcome = world.cancelled.aborted
        ? undefined
        : await giveBack(each, `All or none: ${because}`, world)
      if (outcome) record.outcome = outcome
      else record.unfinished = true
    })
  )
}

/** Its deployment has succeeded, be it that Lambda could not be asked in the end. */
const isDone = ({ outcome, deploymentStatus }: ReleaseRecord): boolean =>
  outcome?.kind === 'succeeded' || (outcome?.kind === 'lost' && deploymentStatus === 'Succeeded')

/** Left because the user cancelled or had no more time, and not because it had failed by itself. */
const isByChoice = ({ outcome, deploymentStatus }: ReleaseRecord, leaving: Order['leaving']): boolean =>
  (outcome?.kind === 'interrupted' || outcome?.kind === 'timed-out') &&
  !(leaving === 'continue' && (deploymentStatus === 'Failed' || deploymentStatus === 'Stopped'))

const nameOf = ({ functionName, alias }: ReleaseRecord): string => `${functionName}:${alias}`
const ended = (record: ReleaseRecord): string => `${nameOf(record)} ended ${record.outcome?.kind}`
