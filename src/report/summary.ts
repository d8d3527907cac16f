import type { Event } from '../deployment/event.ts'
import { causeOf, passes } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { parts } from './lines.ts'
import { attribute, code, elapsed, fenced, markdown } from './text.ts'
import { headline, servingText } from './words.ts'

/** GitHub drops a summary of more than 1 MiB whole. A summary holds one step's releases; this bounds each list in it. */
const mostEvents = 200
const longestBlock = 20_000

/** The job summary of a release. Takes nothing but values; every foreign text in it is an entity or in a fence. */
export function summary(records: readonly ReleaseRecord[]): string {
  return `${records.map(section).join('\n\n')}\n`
}

function section(record: ReleaseRecord): string {
  const { outcome } = record
  const mark = outcome && passes(outcome.kind) ? '✅' : '❌'
  const cause = outcome && causeOf(outcome)
  return [
    `### ${mark} ${markdown(headline(record))}`,
    ...(cause ? [reason(cause)] : []),
    facts(record),
    ...(record.warnings.length > 0
      ? [record.warnings.map(each => `> ⚠️ ${markdown(each)}`).join('\n>\n')]
      : []),
    ...(record.events.length > 0 ? [timeline(record)] : []),
    ...(record.appSpec ? [folded('AppSpec', fenced(record.appSpec.slice(0, longestBlock), 'json'))] : [])
  ].join('\n\n')
}

function reason(cause: NonNullable<ReturnType<typeof causeOf>>): string {
  return [
    `**Why** ${markdown(cause.what)} ${code(cause.code)}`,
    ...(cause.problems ? [cause.problems.map(each => `- ${code(each)}`).join('\n')] : []),
    ...(cause.message ? [`**AWS says** ${code(cause.message)}`] : []),
    `**Next** ${markdown(cause.next)}`,
    ...(cause.log && cause.log.length > 0
      ? [`**End of the hook's log**\n\n${fenced(cause.log.join('\n').slice(-longestBlock), 'text')}`]
      : [])
  ].join('\n\n')
}

function facts(record: ReleaseRecord): string {
  const { outcome, consoleUrl, deploymentId } = record
  const link =
    deploymentId &&
    (consoleUrl ? `<a href="${attribute(consoleUrl)}">${code(deploymentId)}</a>` : code(deploymentId))
  const rows: [string, string][] = [
    ['Function', `${code(`${record.functionName}:${record.alias}`)}`],
    ['Outcome', code(outcome?.kind ?? 'none')],
    ['Serving now', markdown(servingText(outcome?.serving))],
    ['Version before', markdown(record.previousVersion ?? '–')],
    ['Target version', markdown(record.version ?? '–')],
    ['Strategy', markdown(record.strategy ?? '–')],
    ['Deployment', link || '–'],
    ...(record.rollbackId ? [['Rollback', code(record.rollbackId)] as [string, string]] : [])
  ]
  return ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n')
}

function timeline(record: ReleaseRecord): string {
  const subject = {
    functionName: record.functionName,
    alias: record.alias,
    deploymentId: record.deploymentId ?? '',
    targetVersion: record.version ?? ''
  }
  const begunAt = record.startedAt ?? record.events[0]?.at ?? 0
  const row = (event: Event): string => {
    const [what, about] = parts(event, subject)
    return `| ${elapsed(event.at - begunAt)} | ${markdown(what)} | ${markdown(about)} |`
  }
  const events = record.events.filter(({ kind }) => kind !== 'heartbeat')
  const head = events.slice(0, mostEvents / 2)
  const tail = events.slice(Math.max(head.length, events.length - mostEvents / 2))
  const left = events.length - head.length - tail.length
  return [
    '| After | What | |',
    '| ---: | --- | --- |',
    ...head.map(row),
    ...(left > 0 ? [`| … | ${left} events left out | |`] : []),
    ...tail.map(row)
  ].join('\n')
}

const folded = (title: string, body: string): string =>
  `<details><summary>${title}</summary>\n\n${body}\n\n</details>`
