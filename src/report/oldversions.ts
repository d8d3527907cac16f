import type { OldVersionsRecord } from '../deployment/record.ts'
import { aliasesText } from '../text/aliases.ts'
import { plain } from '../text/safe.ts'

/** `12 deleted (1–5, 7–13); 1 stays, because Lambda refused (6); 30 more the next time`. Safe for the log. */
export function oldVersionsText(record: OldVersionsRecord): string {
  const { deleted, refused, unsure, durable, left, isPlan } = record
  const list = (versions: readonly string[]) => `${versions.length} ${listed(versions)}`
  const parts = [
    ...(deleted.length > 0
      ? [
          isPlan
            ? `${deleted.length} would be deleted (${ranges(deleted)})`
            : `${deleted.length} deleted (${ranges(deleted)})`
        ]
      : []),
    ...(unsure.length > 0 ? [`${list(unsure)} may have been deleted: there was no answer`] : []),
    ...(refused.length > 0 ? [`Lambda kept ${list(refused)}`] : []),
    ...(durable.length > 0
      ? [
          `${list(durable)} stay${durable.length === 1 ? 's' : ''}: durable executions may run on ${durable.length === 1 ? 'it' : 'them'}`
        ]
      : []),
    ...(left > 0 ? [`${left} ${deleted.length > 0 ? 'more ' : ''}left for the next release`] : [])
  ]
  return parts.length > 0 ? parts.join('; ') : 'none to delete'
}

const listed = (versions: readonly string[]): string => `(${ranges(versions)})`

/** `1–5, 7, 9–12` */
export function ranges(versions: readonly string[]): string {
  const runs: string[][] = []
  for (const version of versions) {
    const run = runs.at(-1)
    if (run && Number(version) === Number(run.at(-1)) + 1) run.push(version)
    else runs.push([version])
  }
  return runs
    .flatMap(run => (run.length > 2 ? [`${plain(run[0] ?? '')}–${plain(run.at(-1) ?? '')}`] : run.map(plain)))
    .join(', ')
}

/** Why more versions stay: no deployment tells what these aliases served before. Safe for the log. */
export function unseenText(aliases: readonly string[], keep: number): string {
  const each = aliases.length === 1 ? 'the one that it serves' : 'the one that each of them serves'
  return `no deployment tells what ${aliasesText(aliases)} served before, so the newest ${keep} up to ${each} stay, too`
}
