import type { Clock } from '../clock.ts'
import { causeOfFailure, Failure, isTransient, unlessUnforeseen } from '../failure.ts'
import { type OldVersions, oldVersions, type PublishedVersion } from '../plan/oldversions.ts'
import type { OtherAliases } from './otheraliases.ts'
import {
  namedBy,
  type VersionsInUseOf,
  type VersionsInUsePort,
  VersionsUnknown,
  versionsInUse
} from './versionsinuse.ts'

/** What deleting old versions asks of AWS. All throw Failure. */
export interface DeleteVersionsPort extends VersionsInUsePort {
  lambda: VersionsInUsePort['lambda'] & {
    /** All published versions of the function. */
    published(functionName: string): Promise<readonly PublishedVersion[]>
    /** Sends one request and never repeats it by itself. */
    deleteVersion(functionName: string, version: string): Promise<void>
  }
}

export interface DeleteVersionsOf {
  functionName: string
  /** It knows the groups in which the function is deployed. */
  others: OtherAliases
  /** How many of the newest versions stay. */
  keep: number
  /** Versions that stay as well. */
  spared: ReadonlySet<string>
}

export interface DeleteVersionsOptions extends DeleteVersionsPort {
  clock: Clock
  /** From then on, no further version is deleted, epoch ms. */
  until: number
  /** Once aborted, nothing more is asked. */
  over: AbortSignal
}

/** What became of the old versions of one function, as far as it is known: it is filled in as they are deleted. */
export interface DeletedVersions {
  deleted: string[]
  /** Lambda refused: an alias names it by now, or it has replicas at the edge. */
  refused: string[]
  /** Lambda may have deleted it, but has not answered, or its answer was lost. */
  unsure: string[]
  /** Those that stay because durable executions may run on them, and for nothing else. */
  durable: string[]
  /** Those that were to be deleted and were not. */
  left: string[]
  /** Those of the deleted and the unsure that somebody else chose in the same moment. */
  missed: string[]
  /** When Lambda may last have deleted one, epoch ms. */
  goneAt?: number
  /** Why something was not deleted, in words. */
  trouble?: string
}

export const nothingDeleted = (): DeletedVersions => ({
  deleted: [],
  refused: [],
  unsure: [],
  durable: [],
  left: [],
  missed: []
})

/** How many versions of a function are deleted in a run. As many refusals are enough, too. */
export const mostDeleted = 50
/** An older answer about what is in use may no longer be true, ms. */
const freshMs = 2_000
/** What took longer to read is read again: a part of it may be as old, ms. */
const slowMs = 10_000
/** Pauses after an answer was lost, ms. After as many lost ones in a row, the rest is left for the next run. */
const pauses = [500, 1_500, 4_000]
/** Refusals of a single version, which are no trouble: an alias that names it by now, and replicas at the edge. */
const refusals: readonly string[] = ['ResourceConflictException', 'InvalidParameterValueException']

/** Reads which versions may be deleted at this moment, and which only durability keeps. Throws Failure or VersionsUnknown. */
export async function findOldVersions(
  of: DeleteVersionsOf,
  options: DeleteVersionsOptions
): Promise<OldVersions> {
  const { clock, lambda } = options
  const published = await lambda.published(of.functionName)
  const found = oldVersions(published, of.keep, of.spared, clock.now())
  if (found.old.length + found.durable.length === 0) return found
  const inUse = new Set([...of.spared, ...(await neededVersions(of, published, options))])
  return oldVersions(published, of.keep, inUse, clock.now())
}

/** What is in use, and what other aliases may need: what runs where they are deployed is read after that has been found. */
async function neededVersions(
  { functionName, others }: DeleteVersionsOf,
  published: readonly PublishedVersion[],
  options: DeleteVersionsOptions
): Promise<ReadonlySet<string>> {
  const read = () => versionsInUse({ functionName, groups: others.groups }, options)
  const { versions, aliases } = await read()
  const isNew = await others.look(aliases, published)
  return new Set([...versions, ...others.versions, ...(isNew ? (await read()).versions : [])])
}

/**
 * Deletes old versions, one after the other from the oldest on. Right before, and again every two seconds, it is read what is in use:
 * others may move an alias at any time, and Lambda itself may not refuse to delete a version that only has a weight. What they chose in
 * between is found by looking again.
 */
export async function deleteVersions(
  of: DeleteVersionsOf,
  result: DeletedVersions,
  options: DeleteVersionsOptions
): Promise<void> {
  const trouble = await deleteAll(of, result, options).catch(troubleOf)
  if (trouble !== undefined) result.trouble = trouble
}

/**
 * Finds what somebody chose while it was deleted, whatever earlier looks have found. Right after a deletion, an answer may be from before
 * it. Where not everything can be read, at least the aliases are, and what is known stays.
 */
export async function findMissed(
  of: VersionsInUseOf,
  result: DeletedVersions,
  options: DeleteVersionsOptions
): Promise<void> {
  try {
    noteChosen(result, (await versionsInUse(of, options)).versions)
  } catch (failure) {
    troubleOf(failure)
    if (failure instanceof Failure && failure.action === 'lambda:ListAliases') return
    const aliases = await options.lambda.aliases(of.functionName).catch(unlessUnforeseen)
    noteChosen(result, new Set([...namedBy(aliases ?? []), ...result.missed]))
  }
}

const goneOf = ({ deleted, unsure }: DeletedVersions): string[] => [...deleted, ...unsure]

/** What is in use after it was deleted, somebody chose in between. */
function noteChosen(result: DeletedVersions, inUse: ReadonlySet<string>): void {
  result.missed = goneOf(result).filter(version => inUse.has(version))
}

/** Why nothing more was deleted, in words; undefined when nothing more was asked on purpose. Throws what is unforeseen. */
export function troubleOf(failure: unknown): string | undefined {
  if (failure instanceof VersionsUnknown) return failure.message
  if (!(failure instanceof Failure)) throw failure
  if (failure.kind === 'unsent') return undefined
  const { what, next } = causeOfFailure(failure)
  const isTooMuch = failure.action === 'lambda:DeleteFunction' && /:function:[^:]+$/.test(failure.resource)
  return `${what} ${next}${isTooMuch ? ' This also allows it to delete the function itself.' : ''}`
}

/** Why an answer is still missing, if it is. */
async function deleteAll(
  of: DeleteVersionsOf,
  result: DeletedVersions,
  options: DeleteVersionsOptions
): Promise<string | undefined> {
  const { clock, lambda, until, over } = options
  const { functionName, keep } = of
  const mayGoOn = () =>
    !over.aborted &&
    clock.now() < until &&
    result.deleted.length < mostDeleted &&
    result.refused.length < mostDeleted
  const published = await lambda.published(functionName)
  const inUse = new Set(of.spared)
  const look = () => {
    const done = [...result.deleted, ...result.refused]
    const { old, durable } = oldVersions(published, keep, inUse, clock.now())
    result.durable = durable
    result.left = old.filter(version => !done.includes(version))
    return result.left[0]
  }
  const read = async () => {
    for (const version of await neededVersions(of, published, options)) inUse.add(version)
    noteChosen(result, inUse)
    return look()
  }
  let next = look()
  // Nothing is to be deleted, but what is told to stay for its durability alone is deleted by hand some day.
  if (next === undefined && result.durable.length > 0) next = await read()
  let readAt = Number.NEGATIVE_INFINITY
  let lost: Failure[] = []
  while (next !== undefined && mayGoOn()) {
    if (clock.now() - readAt >= freshMs) {
      const askedAt = clock.now()
      next = await read()
      if (clock.now() - askedAt > slowMs) continue
      readAt = askedAt
    }
    if (next === undefined || !mayGoOn()) break
    const failure = await deleteOne(functionName, next, result, lambda)
    if (goneOf(result).includes(next)) result.goneAt = clock.now()
    lost = failure ? [...lost, failure] : []
    const pause = pauses[lost.length - 1]
    if (failure && pause === undefined) throw failure
    if (pause !== undefined) await clock.sleep(pause, over)
    next = look()
  }
  const last = lost.at(-1)
  return last && troubleOf(last)
}

/** The failure when there was no answer. Throws Failure when further requests would fail as well. */
async function deleteOne(
  functionName: string,
  version: string,
  result: DeletedVersions,
  lambda: DeleteVersionsPort['lambda']
): Promise<Failure | undefined> {
  const wasUnsure = result.unsure.includes(version)
  const settle = () => {
    result.unsure = result.unsure.filter(each => each !== version)
  }
  if (!wasUnsure) result.unsure.push(version)
  try {
    await lambda.deleteVersion(functionName, version)
    settle()
    result.deleted.push(version)
    return undefined
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    const isRefused = refusals.includes(failure.code)
    if (isRefused || !(wasUnsure || failure.mayHaveActed)) settle()
    if (isRefused) result.refused.push(version)
    else if (!isTransient(failure)) throw failure
    return isRefused ? undefined : failure
  }
}
