/** A version of a function, as Lambda lists it. */
export interface PublishedVersion {
  version: string
  /** LastModified, epoch ms; undefined when Lambda does not say, or not in a way that can be understood. */
  modifiedAt?: number
  /** It has a DurableConfig. */
  isDurable?: true
}

/** Versions that are neither needed nor young, oldest first. */
export interface OldVersions {
  /** They may be deleted. */
  old: string[]
  /**
   * They stay: a durable execution goes on with the version that it has started on, for up to a year, and what Lambda does when that is
   * deleted is not documented (https://docs.aws.amazon.com/durable-execution/getting-started/manage-executions/).
   */
  durable: string[]
}

/** What is younger may still be on its way to be used, ms. */
const youngMs = 24 * 3_600_000

/**
 * The versions that are neither among the newest `keep`, nor in use, nor less than a day old.
 * Whether LastModified is when a version was published, or when `$LATEST` was updated before that, is not documented. But between two
 * publications `$LATEST` is updated, so a version was certainly published before the date of the next one.
 */
export function oldVersions(
  published: readonly PublishedVersion[],
  keep: number,
  inUse: ReadonlySet<string>,
  now: number
): OldVersions {
  const ordered = byNumber(published)
  const isOld = (each: PublishedVersion | undefined) =>
    each?.modifiedAt !== undefined && each.modifiedAt <= now - youngMs
  const found = ordered.filter(
    (each, index) =>
      isOld(each) && isOld(ordered[index + 1]) && index < ordered.length - keep && !inUse.has(each.version)
  )
  const versions = (are: readonly PublishedVersion[]) => are.map(({ version }) => version)
  return {
    old: versions(found.filter(each => !each.isDurable)),
    durable: versions(found.filter(each => each.isDurable))
  }
}

/** Of the versions up to this one, the newest `keep`. */
export const newestUpTo = (published: readonly PublishedVersion[], version: string, keep: number): string[] =>
  byNumber(published)
    .map(each => each.version)
    .filter(each => Number(each) <= Number(version))
    .slice(-keep)

const byNumber = (published: readonly PublishedVersion[]): PublishedVersion[] =>
  [...published].sort((a, b) => Number(a.version) - Number(b.version))
