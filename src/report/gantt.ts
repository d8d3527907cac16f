import type { ReleaseRecord } from '../deployment/record.ts'
import { label } from '../text/safe.ts'
import { timeToTheSecond } from '../text/units.ts'
import { type Span, spansOf } from './spans.ts'

/** How many rows are drawn at most; functions that did the same share a row. */
const mostRows = 8
/** From this many functions on, each has few lines. */
const shortFrom = 4
/** Functions that did the same within this time are drawn as one, ms. */
const similarMs = 15_000

/** Colours that suit both a light and a dark page; Mermaid's own bands are yellow or brown. */
const colours = {
  sectionBkgColor: '#80808040',
  altSectionBkgColor: '#80808018',
  sectionBkgColor2: '#80808040',
  taskBkgColor: '#1f6feb',
  taskBorderColor: '#1f6feb',
  taskTextColor: '#ffffff'
}

/** Room on the left for the longest section name, px; Mermaid leaves 75 and would write over the bars. */
const paddingFor = (names: readonly string[]): number =>
  Math.max(75, ...names.map(name => 30 + 6 * name.length))

/**
 * The traffic of all functions over time, with hooks and failures, as a fenced Mermaid block; undefined when nothing moved or ran.
 * It is a Gantt chart because its source reads as a timetable where Mermaid is not drawn, and because GitHub has drawn Gantt charts
 * for longer than most others.
 */
export function gantt(records: readonly ReleaseRecord[]): string | undefined {
  const rows = rowsOf(records)
  const sections = rows.slice(0, mostRows).map(({ records: [one, ...more], spans }) => ({
    name:
      records.length === 1
        ? versionsOf(one)
        : `${nameOf(one)}${more.length > 0 ? ` and ${more.length} more` : ''}`,
    spans
  }))
  const spans = sections.flatMap(section => section.spans)
  const [first] = records
  if (!first || spans.length === 0) return undefined
  const begin = Math.min(...spans.map(({ from }) => from))
  const end = Math.max(...spans.map(({ to }) => to))
  const day = dayOf(begin)
  const oneDay = day === dayOf(end)
  const clock = oneDay ? timeToTheSecond : (at: number) => `${dayOf(at)} ${timeToTheSecond(at)}`
  const [every, format] = ticks(end - begin)
  const left = rows.slice(mostRows).flatMap(row => row.records).length
  const leftPadding = paddingFor(sections.map(({ name }) => name))
  return [
    '```mermaid',
    'gantt',
    `title Traffic of ${records.length === 1 ? nameOf(first) : `${records.length} functions`}, ${day} (UTC)`,
    `dateFormat ${oneDay ? '' : 'YYYY-MM-DD '}HH:mm:ss`,
    `axisFormat ${format}`,
    `tickInterval ${every}`,
    'todayMarker off',
    ...sections.flatMap(({ name, spans }) => [
      `section ${name}`,
      ...spans.map(
        ({ text, tags, from, to }) => `${text} :${[...tags, clock(from), until(from, to, clock)].join(', ')}`
      )
    ]),
    `%%{init: ${JSON.stringify({ gantt: { leftPadding }, themeVariables: colours })}}%%`,
    '```',
    ...(left > 0 ? ['', `The chart leaves out ${left} ${left === 1 ? 'function' : 'functions'}.`] : [])
  ].join('\n')
}

interface Row {
  records: [ReleaseRecord, ...ReleaseRecord[]]
  spans: readonly Span[]
}

/** Functions that did the same at the same time share a row. */
function rowsOf(records: readonly ReleaseRecord[]): Row[] {
  const rows: Row[] = []
  for (const record of records) {
    const spans = spansOf(record, records.length < shortFrom)
    if (spans.length === 0) continue
    const same = records.length < shortFrom ? undefined : rows.find(row => areSimilar(row.spans, spans))
    if (same) same.records.push(record)
    else rows.push({ records: [record], spans })
  }
  return rows
}

const areSimilar = (some: readonly Span[], others: readonly Span[]): boolean =>
  some.length === others.length &&
  some.every(({ text, from, to }, index) => {
    const other = others[index]
    if (other?.text !== text) return false
    return Math.abs(other.from - from) <= similarMs && Math.abs(other.to - to) <= similarMs
  })

/** Mermaid does not draw what has no duration. */
const until = (from: number, to: number, clock: (at: number) => string): string =>
  to - from < 1_000 ? '1s' : clock(to)

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
const nameOf = ({ functionName, alias }: ReleaseRecord): string => label(`${functionName} ${alias}`)

const versionsOf = ({ previousVersion, version }: ReleaseRecord): string =>
  label(`v${previousVersion ?? '?'} to v${version ?? '?'}`)

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

const scales: readonly [upTo: number, every: string, format: string][] = [
  [30 * second, '5second', '%H:%M:%S'],
  [90 * second, '15second', '%H:%M:%S'],
  [4 * minute, '30second', '%H:%M:%S'],
  [8 * minute, '1minute', '%H:%M'],
  [16 * minute, '2minute', '%H:%M'],
  [40 * minute, '5minute', '%H:%M'],
  [2 * hour, '15minute', '%H:%M'],
  [4 * hour, '30minute', '%H:%M'],
  [8 * hour, '1hour', '%H:%M'],
  [24 * hour, '3hour', '%H:%M'],
  [48 * hour, '6hour', '%m-%d %H:%M']
]

/** At most about nine ticks on the axis. */
function ticks(lastingMs: number): [every: string, format: string] {
  const [, every = '12hour', format = '%m-%d %H:%M'] = scales.find(([upTo]) => lastingMs <= upTo) ?? []
  return [every, format]
}
