import type { Event } from '../deployment/event.ts'
import { qualifiedName } from '../deployment/names.ts'
import { type Cause, causeOf, type OutcomeKind, passes, worst } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { code, fenced, markdown, plain, shortened } from '../text/safe.ts'
import { servingText, versionText } from '../text/traffic.ts'
import { elapsed } from '../text/units.ts'
import { deploymentLink, facts, lookAt } from './facts.ts'
import { figuresSection } from './figures.ts'
import { gantt } from './gantt.ts'
import { parts } from './lines.ts'
import { headline, leftBehind, logTitle, mostNamed, rank } from './words.ts'

/** GitHub drops a summary of more than 1 MiB entirely. A summary covers the releases of one step; these bound its lists. */
const mostBytes = 1_000_000
const mostEvents = 200
/** A longer table of events is folded: the chart above it says the same. */
const mostOpen = 24
const longestBlock = 20_000

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

/** A step may pass although its release is not complete. */
const marks: Partial<Record<OutcomeKind, string>> = { planned: '📋', started: '▶️' }

const markOf = (kind: OutcomeKind | undefined): string =>
  kind && passes(kind) ? (marks[kind] ?? '✅') : '❌'

/** Several functions: one table with all of them, and the details of each folded below. */
function overview(records: readonly ReleaseRecord[], region: string | undefined): string {
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
    ].join(' | ')
  )
  return [
    `### ${markOf(worst(kinds))} ${records.length} functions: ${worst(kinds)}${culprit ? `, because of ${code(qualifiedName(culprit))}` : ''}`,
    ...(culprit && cause ? [reason(culprit, cause, region)] : []),
    ...drawn(records),
    [
      '| | Function | Outcome | Serving now | Before | Target | Deployment |',
      `|${' :--- |'.repeat(7)}`,
      ...rows.map(row => row.trim())
    ].join('\n')
  ].join('\n\n')
}

function drawn(records: readonly ReleaseRecord[]): string[] {
  const shown = gantt(records)
  return shown === undefined ? [] : [shown]
}

const versionCell = (version: string | undefined): string =>
  version === undefined ? '–' : markdown(versionText(version))

/** One release. `between` comes after the reason and before the facts: the chart, if this release has its own. */
function section(record: ReleaseRecord, region: string | undefined, between: readonly string[] = []): string {
  const { outcome } = record
  const cause = outcome && causeOf(outcome)
  return [
    `### ${markOf(outcome?.kind)} ${markdown(headline(record))}`,
    ...(cause ? [reason(record, cause, region)] : []),
    ...leftBehind(record).map(markdown),
    ...between,
    facts(record, region),
    ...figuresSection(record),
    ...(record.warnings.length > 0
      ? [record.warnings.map(each => `> ⚠️ ${markdown(each)}`).join('\n>\n')]
      : []),
    ...(record.events.length > 0 ? [timeline(record)] : []),
    ...(record.appSpec ? [folded('AppSpec', fenced(record.appSpec.slice(0, longestBlock), 'json'))] : [])
  ].join('\n\n')
}

function reason(record: ReleaseRecord, cause: Cause, region: string | undefined): string {
  return [
    `**Why** ${markdown(cause.what)} ${code(cause.code)}`,
    ...(cause.problems ? [cause.problems.map(each => `- ${code(each)}`).join('\n')] : []),
    ...(cause.answer === undefined
      ? []
      : [`**It answered**\n\n${fenced(shortened(cause.answer, longestBlock), 'json')}`]),
    ...(cause.message ? [`**AWS says** ${code(cause.message)}`] : []),
    `**What to do next** ${withCommands(cause.next)}`,
    ...lookAt(record, cause, region),
    ...(cause.log && cause.log.length > 0
      ? [`**${logTitle(cause)}**\n\n${fenced(cause.log.join('\n').slice(-longestBlock), 'text')}`]
      : [])
  ].join('\n\n')
}

/** Shows commands to copy as code. */
const withCommands = (text: string): string =>
  plain(text)
    .split(/(\baws (?:deploy|lambda) .*?(?=\. |$))/)
    .map((part, index) => (index % 2 === 1 ? code(part) : markdown(part)))
    .join('')

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
