import { qualifiedName } from '../deployment/names.ts'
import { causeOf } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import type { Reporter } from '../report/reporter.ts'
import { goesOn } from './confirm.ts'

/**
 * A step takes back what it has begun itself. What an earlier attempt has released before its runner was lost, this one finds
 * unchanged; if another function fails now, the two stay apart.
 */
export function warnOfStaying(records: readonly ReleaseRecord[], reporter: Pick<Reporter, 'warn'>): void {
  const failed = records.find(record => record.outcome && causeOf(record.outcome) && !goesOn(record))
  if (!failed) return
  for (const record of records)
    if (record.outcome?.kind === 'unchanged' && record.publishedByThisRun)
      reporter.warn(
        record,
        `Version ${record.version} stays: an earlier attempt or another step of this run has published it, and now ${qualifiedName(failed)} was not released. A step takes back only what it has begun itself. To take this one back, too, release it with target-version: previous.`
      )
}
