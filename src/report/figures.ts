import { type Minutes, minuteMs, minuteOf, rateOf, type Sums, sumsOf } from '../deployment/figures.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { counted } from '../text/figures.ts'
import { label, markdown } from '../text/safe.ts'
import { versionText } from '../text/traffic.ts'
import { timeOfDay } from '../text/units.ts'

/** What both versions did while they shared the traffic, as far as CloudWatch knew at the end. */
export function shiftSums({
  measured,
  outcome
}: ReleaseRecord): { target?: Sums; current?: Sums } | undefined {
  if (!measured) return undefined
  const { figures, shift } = measured
  const from = minuteOf(shift.from)
  // In the minute in which all traffic moved, most calls of the new version were made after that.
  const to = outcome?.kind === 'succeeded' ? shift.to : minuteOf(shift.to) + minuteMs
  const target = sumsOf(figures.target, from, to)
  const current = sumsOf(figures.current, from, to)
  return target || current ? { ...(target && { target }), ...(current && { current }) } : undefined
}

/** The output `metrics`; empty when nothing is known. */
export function metricsOutput(record: ReleaseRecord): string {
  const sums = shiftSums(record)
  if (!sums) return ''
  return JSON.stringify({
    target: versionFigures(record.version, sums.target),
    previous: versionFigures(record.previousVersion, sums.current)
  })
}

/** Without a point a figure is null: nothing is known, which is not zero. */
const versionFigures = (version: string | undefined, sums: Sums | undefined) => ({
  version: version ?? '',
  invocations: sums?.invocations ?? null,
  errors: sums?.errors ?? null,
  'error-rate': sums ? rounded(rateOf(sums) * 100) : null,
  p95: sums?.p95 === undefined ? null : Math.round(sums.p95)
})

const rounded = (value: number): number => Math.round(value * 100) / 100

/** For the annotation of a release that failed: `v8 failed 12 of 80 invocations, v7 1 of 700`. */
export function meanwhile(record: ReleaseRecord): string | undefined {
  const sums = shiftSums(record)
  if (!sums) return undefined
  const text = (version: string | undefined, of: Sums | undefined) =>
    of
      ? `${versionText(version ?? '?')} failed ${of.errors.toLocaleString('en-US')} of ${counted(of.invocations, 'invocation')}`
      : `no invocation of ${versionText(version ?? '?')} is known`
  return `Meanwhile ${text(record.version, sums.target)}; ${text(record.previousVersion, sums.current)} (as CloudWatch had it at the end).`
}

/** Both versions during the shift, as a table and a chart for the job summary. */
export function figuresSection(record: ReleaseRecord): string[] {
  const { measured } = record
  const sums = shiftSums(record)
  if (!measured || !sums) return record.judgement ? [markdown(record.judgement)] : []
  const row = (version: string | undefined, of: Sums | undefined) =>
    `| ${markdown(versionText(version ?? '?'))} | ${
      of
        ? `${of.invocations.toLocaleString('en-US')} | ${of.errors.toLocaleString('en-US')} | ${rounded(rateOf(of) * 100)} % | ${of.p95 === undefined ? '–' : `${Math.round(of.p95)} ms`}`
        : 'none known | – | – | –'
    } |`
  const table = [
    '| During the shift | Invocations | Errors | Error rate | p95 |',
    '| :--- | ---: | ---: | ---: | ---: |',
    row(record.version, sums.target),
    row(record.previousVersion, sums.current)
  ].join('\n')
  const known = `As CloudWatch had it at ${timeOfDay(measured.readAt)}; its figures come a minute or more late.`
  return [
    table,
    [known, ...(record.judgement ? [markdown(record.judgement)] : [])].join(' '),
    ...charts(record)
  ]
}

/** More points than these would be too narrow to see. */
const mostPoints = 60
/** Fewer are no chart. */
const leastPoints = 2
const palette = '#1f6feb, #8b949e'
/** So that the eleven labels of the vertical axis do not touch. */
const look = { height: 280, yAxis: { labelFontSize: 12 } }

/** The end of an axis that Mermaid divides into at most ten whole parts: 10, 15, 20, 35, 50, 75, 100, 150 … */
function roundTop(most: number): number {
  const unit = 10 ** Math.max(1, Math.floor(Math.log10(Math.max(1, most))))
  return ([1, 1.5, 2, 3.5, 5, 7.5].find(factor => most <= factor * unit) ?? 10) * unit
}

/**
 * Invocations and errors a minute of both versions. Only minutes that CloudWatch has got past are drawn: in them, no point is a zero.
 */
function charts({
  measured,
  functionName,
  alias,
  version = '?',
  previousVersion = '?'
}: ReleaseRecord): string[] {
  if (!measured) return []
  const { figures, shift, readAt } = measured
  const from = minuteOf(shift.from)
  const to = Math.min(minuteOf(shift.to), minuteOf(readAt), figures.reached ?? 0)
  const minutes = Math.floor((to - from) / minuteMs)
  if (minutes < leastPoints) return []
  const every = Math.ceil(minutes / mostPoints)
  const points = Math.floor(minutes / every)
  const starts = Array.from({ length: points }, (_, index) => from + index * every * minuteMs)
  const series = (of: Minutes, count: 'invocations' | 'errors') =>
    starts.map(start => rounded((sumsOf(of, start, start + every * minuteMs)?.[count] ?? 0) / every))
  const names = `${label(`v${version}`)} blue, ${label(`v${previousVersion}`)} grey`
  const chart = (count: 'invocations' | 'errors', word: string) => {
    const [target, current] = [series(figures.target, count), series(figures.current, count)]
    return [
      '```mermaid',
      `%%{init: ${JSON.stringify({ xyChart: look, themeVariables: { xyChart: { plotColorPalette: palette, backgroundColor: 'transparent' } } })}}%%`,
      'xychart-beta',
      `title "${word} a minute of ${label(`${functionName} ${alias}`)}, ${names}"`,
      `x-axis "UTC" [${starts.map(at => `"${new Date(at).toISOString().slice(11, 16)}"`).join(', ')}]`,
      `y-axis 0 --> ${roundTop(Math.max(...target, ...current))}`,
      `line [${target.join(', ')}]`,
      `line [${current.join(', ')}]`,
      '```'
    ].join('\n')
  }
  const hasErrors = [...figures.target, ...figures.current].some(({ errors }) => errors > 0)
  return [chart('invocations', 'Invocations'), ...(hasErrors ? [chart('errors', 'Errors')] : [])]
}
