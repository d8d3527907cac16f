import type { Event } from '../deployment/event.ts'
import { qualifiedName } from '../deployment/names.ts'
import { causeOf } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { code, fenced, markdown } from '../text/safe.ts'
import { elapsed } from '../text/units.ts'
import { facts } from './facts.ts'
import { figuresSection } from './figures.ts'
import { parts } from './lines.ts'
import { markOf } from './marks.ts'
import { drawn, overview, overviewBlocks } from './overview.ts'
import { longestBlock, reasonBlocks } from './reason.ts'
import { headline, leftBehind, mostNamed, rank } from './words.ts'

/** GitHub drops a summary of more than 1 MiB entirely. A summary covers the releases of one step; these bound its lists. */
const mostBytes = 1_000_000
const mostEvents = 200
/** A longer table of events is folded: the chart above it says the same. */
const mostOpen = 24
/** Characters. An issue's comment may have 65,536, and a job's outputs 1 MB together. */
const mostOutput = 20_000
const leftOut = '_Shortened: the job summary has all of it._'

/**
 * The job summary of one or several releases, as Markdown. Foreign text in it is escaped, in a link, or in a fence. Without a
 * region, the only links to the console are those in the records.
 */
export function summary(records: readonly ReleaseRecord[], region?: string): string {
  const [only, ...more] = records
  if (only && more.length === 0) return `${section(only, region, drawn(records))}\n`
  const ordered = [...records].sort((a, b) => rank(a) - rank(b))
  const first = overview(ordered, region)
  const sections = ordered.map(each => folded(code(qualifiedName(each)), section(each, region))).join('\n\n')
  const details = records.length > mostNamed ? folded('Details of each', sections) : sections
  const whole = [first, details].join('\n\n')
  if (Buffer.byteLength(whole) < mostBytes) return `${whole}\n`
  return `${first}\n\nThe details of ${records.length} functions are too long for a job summary; they are in the log.\n`
}

/**
 * The same for the output `summary`, in at most `most` characters: what does not fit, such as a long log, is left out whole, and the
 * end says so.
 */
export function shortSummary(records: readonly ReleaseRecord[], region?: string, most = mostOutput): string {
  const [only, ...more] = records
  const ordered = [...records].sort((a, b) => rank(a) - rank(b))
  const blocks =
    only && more.length === 0
      ? sectionBlocks(only, region, drawn(records))
      : [
          ...overviewBlocks(ordered, region, most / 2),
          ...ordered.map(each => folded(code(qualifiedName(each)), section(each, region)))
        ]
  let left = most - leftOut.length - 3
  const kept = blocks.filter(block => {
    const fits = block.length + 2 <= left
    if (fits) left -= block.length + 2
    return fits
  })
  return `${[...kept, ...(kept.length < blocks.length ? [leftOut] : [])].join('\n\n')}\n`
}

/** One release. `between` comes after the reason and before the facts: the chart, if this release has its own. */
function section(record: ReleaseRecord, region: string | undefined, between: readonly string[] = []): string {
  return sectionBlocks(record, region, between).join('\n\n')
}

function sectionBlocks(
  record: ReleaseRecord,
  region: string | undefined,
  between: readonly string[] = []
): string[] {
  const { outcome } = record
  const cause = outcome && causeOf(outcome)
  return [
    `### ${markOf(outcome?.kind)} ${markdown(headline(record))}`,
    ...(cause ? reasonBlocks(record, cause, region) : []),
    ...leftBehind(record).map(markdown),
    ...between,
    facts(record, region),
    ...figuresSection(record),
    ...(record.warnings.length > 0
      ? [record.warnings.map(each => `> ⚠️ ${markdown(each)}`).join('\n>\n')]
      : []),
    ...(record.events.length > 0 ? [timeline(record)] : []),
    ...(record.appSpec ? [folded('AppSpec', fenced(record.appSpec.slice(0, longestBlock), 'json'))] : [])
  ]
}

function timeline(record: ReleaseRecord): string {
  const subject = { targetVersion: record.version ?? '', currentVersion: record.previousVersion ?? '' }
  const begunAt = record.startedAt ?? record.events[0]?.at ?? 0
  const row = (event: Event): string => {
    const [what, about] = parts(past(event), subject)
    return `| ${elapsed(event.at - begunAt)} | ${markdown(what)} | ${markdown(about)} |`
  }
  const events = record.events.filter(({ kind }) => kind !== 'heartbeat').sort((a, b) => a.at - b.at)
  const head = events.slice(0, mostEvents / 2)
  const tail = events.slice(Math.max(head.length, events.length - mostEvents / 2))
  const left = events.length - head.length - tail.length
  const table = [
    '| After | Event | |',
    '| ---: | :--- | :--- |',
    ...head.map(row),
    ...(left > 0 ? [`| … | ${left} events left out | |`] : []),
    ...tail.map(row)
  ].join('\n')
  return events.length > mostOpen ? folded(`${events.length} events`, table) : table
}

/** Without what was still to come: it is of no interest afterwards. */
function past(event: Event): Event {
  if (event.kind !== 'traffic') return event
  const { forecast: _, ...seen } = event
  return seen
}

const folded = (title: string, body: string): string =>
  `<details><summary>${title}</summary>\n\n${body}\n\n</details>`
