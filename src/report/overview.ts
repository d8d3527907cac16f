import { qualifiedName } from '../deployment/names.ts'
import { causeOf, worst } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { code, markdown } from '../text/safe.ts'
import { servingText, versionText } from '../text/traffic.ts'
import { deploymentLink } from './facts.ts'
import { gantt } from './gantt.ts'
import { markOf } from './marks.ts'
import { reasonBlocks } from './reason.ts'

/** Several functions: one table with all of them, and the details of each folded below. */
export const overview = (records: readonly ReleaseRecord[], region: string | undefined): string =>
  overviewBlocks(records, region).join('\n\n')

/** `mostTable` bounds the table, characters. */
export function overviewBlocks(
  records: readonly ReleaseRecord[],
  region: string | undefined,
  mostTable = Number.POSITIVE_INFINITY
): string[] {
  const kinds = records.flatMap(({ outcome }) => outcome?.kind ?? [])
  const failed = records.filter(({ outcome }) => outcome && causeOf(outcome))
  const culprit = failed.find(({ outcome }) => outcome && causeOf(outcome)?.code !== 'HELD_BACK')
  const cause = culprit?.outcome && causeOf(culprit.outcome)
  const rows = records.map(record =>
    [
      '',
      markOf(record.outcome?.kind),
      code(qualifiedName(record)),
      code(record.outcome?.kind ?? 'none'),
      markdown(servingText(record.outcome?.serving)),
      versionCell(record.previousVersion),
      versionCell(record.version),
      deploymentLink(record),
      ''
    ]
      .join(' | ')
      .trim()
  )
  return [
    `### ${markOf(worst(kinds))} ${records.length} functions: ${worst(kinds)}${culprit ? `, because of ${code(qualifiedName(culprit))}` : ''}`,
    ...(culprit && cause ? reasonBlocks(culprit, cause, region) : []),
    ...drawn(records),
    [
      '| | Function | Outcome | Serving now | Before | Target | Deployment |',
      `|${' :--- |'.repeat(7)}`,
      ...firstRows(rows, mostTable)
    ].join('\n')
  ]
}

/** As many rows as fit, and how many are left out. */
function firstRows(rows: readonly string[], most: number): string[] {
  let length = 0
  const shown = rows.filter(row => {
    length += row.length + 1
    return length <= most
  })
  const left = rows.length - shown.length
  return left > 0 ? [...shown, `| … | ${left} more${' |'.repeat(6)}`] : shown
}

/** The chart of these releases, if there is one. */
export function drawn(records: readonly ReleaseRecord[]): string[] {
  const shown = gantt(records)
  return shown === undefined ? [] : [shown]
}

const versionCell = (version: string | undefined): string =>
  version === undefined ? '–' : markdown(versionText(version))
