import type { OutcomeKind } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { goesBack, type ReleaseRequest } from '../inputs/request.ts'
import {
  type DeletedVersions,
  type DeleteVersionsOf,
  type DeleteVersionsOptions,
  deleteVersions,
  findMissed,
  findOldVersions,
  mostDeleted,
  nothingDeleted,
  troubleOf
} from '../operations/deleteversions.ts'
import { OtherAliases } from '../operations/otheraliases.ts'
import { OtherGroups } from '../operations/othergroups.ts'
import { findPrevious } from '../operations/previous.ts'
import { oldVersionsText, ranges, unseenText } from '../report/oldversions.ts'
import { plain } from '../text/safe.ts'
import { patience } from '../watch/patience.ts'
import type { World } from '../world.ts'
import { readAfterwards } from './confirm.ts'

/**
 * For how long versions are deleted, and after how long an answer that is still missing is given up, ms: the last deletion may take 25 s,
 * what others chose is looked for ten seconds later, and that look needs some time as well.
 */
const mostMs = 60_000
const atLastMs = 110_000
/** Lambda takes fifteen requests a second, and what was read about a function must not get old while others have their turns. */
const atOnce = 3

/** Afterwards, what was released serves. */
const released: readonly (OutcomeKind | undefined)[] = ['succeeded', 'unchanged', 'created']
const planned: readonly (OutcomeKind | undefined)[] = ['planned', 'unchanged']

/** One function, whose aliases may have been released together. */
interface Pruned {
  requests: readonly ReleaseRequest[]
  records: readonly [ReleaseRecord, ...ReleaseRecord[]]
  keep: number
  others: OtherAliases
  result: DeletedVersions
  /** Why all of its versions stay, although nothing is wrong. */
  stay?: string
  isDone?: true
}

/**
 * Deletes old versions of each function that has `keep-versions`, once the release has ended and everything that was to be released
 * serves. In a dry run, it only tells which. It never changes the outcome, and a cancel ends it at once.
 */
export async function prune(inputs: Inputs, world: World): Promise<void> {
  const { cancelled, clock, journal, reporter } = world
  if (inputs.kind !== 'release' || cancelled.aborted) return
  const { dryRun } = inputs
  const mayPrune = journal.records.every(
    ({ outcome, skipped }) => skipped === undefined && (dryRun ? planned : released).includes(outcome?.kind)
  )
  if (!mayPrune || inputs.requests.every(({ keepVersions }) => keepVersions === undefined)) return
  reporter.publish()
  const over = new AbortController()
  const done = new AbortController()
  const end = () => over.abort()
  const cancel = new Promise<void>(resolve => {
    cancelled.addEventListener('abort', () => resolve(), { once: true, signal: done.signal })
  }).then(end)
  void clock.sleep(atLastMs, done.signal).then(end)
  const options = {
    ...world.oldVersions(over.signal),
    clock,
    over: over.signal,
    until: clock.now() + mostMs
  }
  const functions = functionsOf(inputs.requests, journal.records, new OtherGroups(options.codedeploy))
  const work = async () => {
    await inTurns(functions, each => pruneOne(each, dryRun, options), over.signal)
    await lookAtLast(functions, options)
  }
  try {
    await Promise.race([work(), cancel])
  } finally {
    over.abort()
    done.abort()
  }
  tell(functions, dryRun, world)
  await readAfterwards(world)
}

async function inTurns(
  functions: readonly Pruned[],
  act: (pruned: Pruned) => Promise<void>,
  over: AbortSignal
): Promise<void> {
  const waiting = [...functions]
  const work = async () => {
    for (let next = waiting.shift(); next && !over.aborted; next = waiting.shift()) await act(next)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

/** Lambda's lists can be stale, so what is in use is looked at once more when they must show what there was at the last deletion. */
async function lookAtLast(functions: readonly Pruned[], options: PruneOptions): Promise<void> {
  const { clock, over } = options
  const gone = functions.filter(({ result }) => result.goneAt !== undefined)
  if (gone.length === 0) return
  const until = patience.stale + Math.max(...gone.map(({ result }) => result.goneAt ?? 0))
  await clock.sleep(until - clock.now(), over)
  await inTurns(
    gone,
    ({ others: { groups }, records: [{ functionName }], result }) =>
      findMissed({ functionName, groups }, result, options),
    over
  )
}

function functionsOf(
  requests: readonly ReleaseRequest[],
  records: readonly ReleaseRecord[],
  otherGroups: OtherGroups
): Pruned[] {
  const names = [...new Set(requests.map(({ functionName }) => functionName))]
  return names.flatMap(functionName => {
    const of = requests.filter(each => each.functionName === functionName)
    const [first, ...more] = records.filter(each => each.functionName === functionName)
    const keep = of[0]?.keepVersions
    if (keep === undefined || !first) return []
    const released = of.map(({ alias }) => alias)
    const others = new OtherAliases({ functionName, groups: of, released, keep }, otherGroups)
    return [{ requests: of, records: [first, ...more], keep, others, result: nothingDeleted() }]
  })
}

type PruneOptions = DeleteVersionsOptions & ReturnType<World['oldVersions']>

async function pruneOne(pruned: Pruned, dryRun: boolean, options: PruneOptions): Promise<void> {
  const { requests, records, keep, others, result } = pruned
  try {
    const spared = await servedLately(requests, records, options)
    if (typeof spared === 'string') {
      pruned.stay = spared
      return
    }
    // A version that is still to be published will be one of the newest.
    const isComing = ({ alias, targetVersion }: ReleaseRequest) =>
      targetVersion === undefined && records.find(each => each.alias === alias)?.version === undefined
    const coming = dryRun && requests.some(isComing) ? 1 : 0
    const of: DeleteVersionsOf = {
      functionName: records[0].functionName,
      others,
      keep: keep - coming,
      spared
    }
    if (dryRun) {
      const { old, durable } = await findOldVersions(of, options)
      result.deleted = old.slice(0, mostDeleted)
      result.left = old.slice(mostDeleted)
      result.durable = durable
    } else await deleteVersions(of, result, options)
    if (!options.over.aborted) pruned.isDone = true
  } catch (failure) {
    const trouble = troubleOf(failure)
    if (trouble !== undefined) result.trouble = trouble
  }
}

/** What serves, and what served just before; in a dry run, what would. In words, why that cannot be told. Throws Failure. */
async function servedLately(
  requests: readonly ReleaseRequest[],
  records: readonly ReleaseRecord[],
  { codedeploy }: PruneOptions
): Promise<ReadonlySet<string> | string> {
  const served = new Set(records.flatMap(({ version, previousVersion }) => [version, previousVersion]))
  // While a plan is open, the record does not have it.
  for (const { targetVersion } of requests) served.add(targetVersion)
  for (const { alias, outcome, version, previousVersion } of records) {
    const request = requests.find(each => each.alias === alias)
    const isOpen = request && goesBack(request) && version === undefined
    // This run has not seen what served before.
    const serving = outcome?.kind === 'unchanged' ? version : isOpen ? previousVersion : undefined
    if (serving === undefined || !request) continue
    const previous = await findPrevious(request, serving, codedeploy)
    if (previous.kind === 'unknown')
      return `what served before version ${serving} cannot be told: ${previous.why}`
    served.add(previous.version)
    // The newest deployment was about another version: that one served until somebody moved the alias back.
    if (previous.movedOn) served.add(previous.movedOn.version)
  }
  return new Set([...served].flatMap(version => version ?? []))
}

const leftOf = ({ left, unsure }: DeletedVersions): number =>
  left.filter(version => !unsure.includes(version)).length

function missedText(functionName: string, { missed, unsure }: DeletedVersions): string[] {
  const isUnsure = (version: string) => unsure.includes(version)
  const text = (versions: readonly string[], was: string, next: string) =>
    versions.length === 0
      ? []
      : [
          `Version ${ranges(versions)} of ${functionName} ${was} deleted in the moment in which somebody else chose it: an alias or a deployment names it now. ${next}`
        ]
  return [
    ...text(
      missed.filter(each => !isUnsure(each)),
      'was',
      'Give the alias another version.'
    ),
    ...text(
      missed.filter(isUnsure),
      'may have been',
      `If it is gone (aws lambda list-versions-by-function --function-name ${functionName}), give the alias another version.`
    )
  ]
}

function tell(functions: readonly Pruned[], dryRun: boolean, { cancelled, reporter }: World): void {
  for (const { records, keep, others, result, stay, isDone } of functions) {
    const [record] = records
    const { deleted, refused, unsure, durable, trouble } = result
    const name = `Old versions of ${plain(record.functionName)}`
    if (stay !== undefined) reporter.say(`${name}: all stay, because ${plain(stay)}`)
    if ((isDone && trouble === undefined) || deleted.length > 0 || unsure.length > 0) {
      // What is still on its way when the job is cancelled must not change what was told.
      record.oldVersions = {
        deleted: [...deleted],
        refused: [...refused],
        unsure: [...unsure],
        durable: [...durable],
        left: leftOf(result),
        ...(dryRun && { isPlan: true })
      }
      reporter.say(`${name}: ${oldVersionsText(record.oldVersions)}`)
    }
    if (others.unseen.length > 0) reporter.say(`${name}: ${unseenText(others.unseen, keep)}`)
    for (const warning of missedText(record.functionName, result)) reporter.warn(record, warning, 'step')
  }
  const troubled = functions.filter(({ result }) => result.trouble !== undefined)
  const [first] = troubled
  if (first) {
    const { functionName } = first.records[0]
    const others = troubled.length > 1 ? ` and of ${troubled.length - 1} more functions` : ''
    const left = leftOf(first.result)
    const count = left > 0 ? ` (${left} left)` : ''
    reporter.warn(
      first.records[0],
      `Old versions of ${functionName}${others} were not deleted${count}: ${first.result.trouble}`,
      'step'
    )
  }
  const late = functions.filter(({ result, stay, isDone }) => !isDone && !stay && !result.trouble).length
  if (late > 0 && !cancelled.aborted)
    reporter.say(
      `The old versions of ${late} more functions are left for the next release: this took too long`
    )
}
