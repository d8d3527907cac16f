import { aliasUnreadable, movedByOthers, servingWords } from '../deployment/alias.ts'
import { isOver, isWhollyOn, sameShares, type Traffic } from '../deployment/observation.ts'
import { type Cause, causeOf, type Outcome, type OutcomeKind } from '../deployment/outcome.ts'
import type { Reading } from '../deployment/reading.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { patience } from '../watch/patience.ts'
import { withTimeLimit } from '../watch/timelimit.ts'
import type { World } from '../world.ts'

/** An older answer from Lambda may no longer be true, ms. */
const freshMs = 30_000
const againMs = 2_500

/**
 * The functions of one step end at different times, and somebody may move the alias of one while another is still shifting. A survey
 * may also take minutes when answers are slow. So before the step passes, every alias that was not read just now is read again. A
 * cancel comes too late to change anything, and leaves time for one read. Once `late` has aborted, nothing is asked for again.
 */
export async function confirm(world: World, late?: AbortSignal): Promise<void> {
  const { journal, clock, cancelled } = world
  if (journal.records.some(({ outcome }) => outcome && causeOf(outcome))) return
  const ask = (over: Promise<undefined>) =>
    Promise.all(stale(world).map(record => confirmOne(record, over, late, world)))
  await withTimeLimit(cancelled, clock, ask)
}

/**
 * The same for what does not decide whether the step passes, and is told all the same: what serves where nothing was changed or waited
 * for, and whether what succeeded, next to a function that failed, is still there. A cancelled job has no time for that.
 */
export async function readAtTheEnd(world: World, late?: AbortSignal): Promise<void> {
  const { cancelled, clock, journal } = world
  // Otherwise it has just been confirmed, and nothing could be taken back any more.
  const hasFailed = journal.records.some(({ outcome }) => outcome && causeOf(outcome))
  const readOne = async (record: ReleaseRecord, outcome: Outcome, over: Promise<undefined>) => {
    if (isOnTarget(record)) return hasFailed ? await confirmOne(record, over, late, world) : undefined
    if (!isLeftToOthers(record) && !goesOn(record)) return
    const reading = await Promise.race([world.lambda.traffic(record.functionName, record.alias), over])
    record.outcome = reading?.kind === 'value' ? { ...outcome, serving: reading.value } : unread(outcome)
  }
  const read = stale(world).flatMap(record =>
    record.outcome?.serving ? [{ record, outcome: record.outcome }] : []
  )
  if (cancelled.aborted) {
    for (const { record, outcome } of read)
      if (isOnTarget(record) ? hasFailed : isLeftToOthers(record) && outcome.kind !== 'started')
        record.outcome = unread(outcome)
    return
  }
  const ask = (over: Promise<undefined>) =>
    Promise.all(read.map(({ record, outcome }) => readOne(record, outcome, over)))
  await withTimeLimit(cancelled, clock, ask)
}

/**
 * What serves after something that took long once the release had ended, such as deleting versions. It changes no outcome: what cannot
 * be read is left open, and what somebody has changed since is told. A cancel leaves time for one read.
 */
export async function readAfterwards(world: World): Promise<void> {
  const { cancelled, clock, reporter } = world
  const readOne = async (record: ReleaseRecord, over: Promise<undefined>) => {
    const { outcome, version = '' } = record
    if (!outcome || !isOnTarget(record)) return
    const reading = await readWithin(patience.stale, record, over, world)
    const serving = reading?.kind === 'value' ? reading.value : undefined
    record.outcome = serving ? { ...outcome, serving } : unread(outcome)
    if (reading && (serving ? !isWhollyOn(serving, version) : isMissing(reading)))
      reporter.warn(
        record,
        `${standing(record)} when the release had ended, and ${serving ? `serves ${servingWords(serving)}` : 'does not exist'} by now: somebody else has changed it since. The outcome stays as it was.`
      )
  }
  await withTimeLimit(cancelled, clock, over =>
    Promise.all(stale(world).map(record => readOne(record, over)))
  )
}

/** The first answer that is not a passing fault, as far as there is one in time; `ms` is when the last one is asked for. */
async function readWithin(
  ms: number,
  { functionName, alias }: ReleaseRecord,
  over: Promise<undefined>,
  { lambda, clock, cancelled }: World
): Promise<Reading<Traffic> | undefined> {
  const until = clock.now() + ms
  for (;;) {
    const reading = await Promise.race([lambda.traffic(functionName, alias), over])
    if (reading?.kind !== 'transient' || clock.now() >= until || cancelled.aborted) return reading
    await clock.sleep(againMs, cancelled)
  }
}

const isMissing = (reading: Reading<Traffic>): boolean =>
  reading.kind === 'permanent' && reading.cause.code === 'ResourceNotFoundException'

function stale({ journal, clock }: World): ReleaseRecord[] {
  const now = clock.now()
  // A time in the future is from before the clock was corrected, and says nothing.
  const isFresh = (confirmedAt = 0) => confirmedAt >= now - freshMs && confirmedAt <= now
  return journal.records.filter(({ confirmedAt }) => !isFresh(confirmedAt))
}

const onTarget: readonly (OutcomeKind | undefined)[] = ['succeeded', 'unchanged', 'created', 'weighted']

const isOnTarget = ({ outcome, skipped }: ReleaseRecord): boolean =>
  skipped === undefined && onTarget.includes(outcome?.kind)

/** What it serves belongs to no outcome of ours, and may change at any time. */
const isLeftToOthers = ({ outcome, skipped }: ReleaseRecord): boolean =>
  skipped !== undefined || ['planned', 'refused', 'started'].includes(outcome?.kind ?? '')

/** It was left while its deployment ran, which may have moved traffic since. */
export const goesOn = ({ outcome, deploymentStatus }: ReleaseRecord): boolean =>
  (outcome?.kind === 'timed-out' || outcome?.kind === 'interrupted') &&
  deploymentStatus !== undefined &&
  !isOver(deploymentStatus)

async function confirmOne(
  record: ReleaseRecord,
  over: Promise<undefined>,
  late: AbortSignal | undefined,
  world: World
): Promise<void> {
  const { outcome } = record
  if (outcome && isOnTarget(record)) record.outcome = await confirmed(record, outcome, over, late, world)
}

async function confirmed(
  record: ReleaseRecord,
  outcome: Outcome,
  over: Promise<undefined>,
  late: AbortSignal | undefined,
  world: World
): Promise<Outcome> {
  const { lambda, clock, cancelled } = world
  const { functionName, alias, version = '', asked = { version, weights: {} } } = record
  const begunAt = clock.now()
  for (;;) {
    const askedAt = clock.now()
    const reading = await Promise.race([lambda.traffic(functionName, alias), over])
    // Lambda has shown the weights since, and may give an older answer now.
    const isNew = clock.now() - (record.weightedAt ?? 0) < patience.stale
    if (!reading) return isNew ? outcome : unread(outcome)
    if (reading.kind === 'value' && sameShares(reading.value, asked)) {
      record.confirmedAt = askedAt
      return { ...outcome, serving: reading.value }
    }
    const askedForMs = clock.now() - begunAt
    const isGone = isMissing(reading)
    if (
      (reading.kind === 'value' || isGone) &&
      (askedForMs >= patience.stale || (cancelled.aborted && !isNew))
    )
      return {
        kind: 'failed',
        ...(reading.kind === 'value' && { serving: reading.value }),
        cause: moved(record)
      }
    if (reading.kind === 'permanent' && !isGone)
      return { kind: 'lost', cause: unreadable(record, reading.cause.what) }
    if (reading.kind === 'transient' && (askedForMs >= patience.alias || late?.aborted))
      return { kind: 'lost', cause: unreadable(record, reading.reason) }
    if (cancelled.aborted) return isNew ? outcome : unread(outcome)
    await clock.sleep(againMs, cancelled)
  }
}

/** What it served when it was last read may be long past. */
const unread = ({ serving: _, ...outcome }: Outcome): Outcome => outcome

const moved = (record: ReleaseRecord): Cause =>
  movedByOthers(
    `${standing(record)} and no longer ${record.asked ? 'does' : 'is'}: somebody else moved it in the meantime.`
  )

const standing = ({ functionName, alias, version, asked }: ReleaseRecord): string =>
  `Alias ${alias} of ${functionName} ${asked ? `served ${servingWords(asked)} as asked for` : `was on version ${version}`}`

const unreadable = (record: ReleaseRecord, why: string): Cause =>
  aliasUnreadable(
    record,
    `${standing(record)}, but it could not be read whether it still ${record.asked ? 'does' : 'is'}: ${why}`
  )
