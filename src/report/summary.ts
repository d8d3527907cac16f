import type { Event } from '../deployment/event.ts'
import { type Cause, causeOf, passes, worst } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { parts } from './lines.ts'
import { attribute, code, elapsed, fenced, markdown } from './text.ts'
import { headline, servingText } from './words.ts'

/** GitHub drops a summary of more than 1 MiB whole. A summary holds one step's releases; this bounds each list in it. */
const mostBytes = 1_000_000
const mostEvents = 200
const longestBlock = 20_000

/** The job summary of a release. Takes nothing but values; every foreign text in it is an entity or in a fence. */
export function summary(records: readonly ReleaseRecord[]): string {
  const [only, ...more] = records
  if (only && more.length === 0) return `${section(only)}\n`
  const whole = [overview(records), ...records.map(each => folded(code(nameOf(each)), section(each)))].join(
    '\n\n'
  )
  if (Buffer.byteLength(whole) < mostBytes) return `${whole}\n`
  return `${overview(records)}\n\nThe details of ${records.length} functions are too long for a job summary; they are in the log.\n`
}

const nameOf = ({ functionName, alias }: ReleaseRecord): string => `${functionName}:${alias}`

const markOf = ({ outcome }: ReleaseRecord): string => (outcome && passes(outcome.kind) ? '✅' : '❌')

/** Several functions: one table that says all, and the details of each folded away below. */
function overview(records: readonly ReleaseRecord[]): string {
  const kinds = records.flatMap(({ outcome }) => outcome?.kind ?? [])
  const failed = records.filter(({ outcome }) => outcome && causeOf(outcome))
  const cause = failed.flatMap(({ outcome }) => (outcome && causeOf(outcome)) ?? []).find(isOwn)
  const rows = records.map(record =>
    [
      '',
      markOf(record),
      code(nameOf(record)),
      code(record.outcome?.kind ?? 'none'),
      markdown(servingText(record.outcome?.serving)),
      markdown(record.previousVersion ?? '–'),
      markdown(record.version ?? '–'),
      deploymentLink(record),
      ''
    ].join(' | ')
  )
  return [
    `### ${failed.length > 0 ? '❌' : '✅'} ${records.length} functions: ${worst(kinds)}`,
    ...(cause ? [reason(cause)] : []),
    [
      '| | Function | Outcome | Serving now | Before | Target | Deployment |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      ...rows.map(row => row.trim())
    ].join('\n')
  ].join('\n\n')
}

const isOwn = ({ code }: Cause): boolean => code !== 'HELD_BACK'

function section(record: ReleaseRecord): string {
  const { outcome } = record
  const cause = outcome && causeOf(outcome)
  return [
    `### ${markOf(record)} ${markdown(headline(record))}`,
    ...(cause ? [reason(cause)] : []),
    facts(record),
    ...(record.warnings.length > 0
      ? [record.warnings.map(each => `> ⚠️ ${markdown(each)}`).join('\n>\n')]
      : []),
    ...(record.events.length > 0 ? [timeline(record)] : []),
    ...(record.appSpec ? [folded('AppSpec', fenced(record.appSpec.slice(0, longestBlock), 'json'))] : [])
  ].join('\n\n')
}

function reason(cause: Cause): string {
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
  const { outcome } = record
  const rows: [string, string][] = [
    ['Function', `${code(`${record.functionName}:${record.alias}`)}`],
    ['Outcome', code(outcome?.kind ?? 'none')],
    ['Serving now', markdown(servingText(outcome?.serving))],
    ['Version before', markdown(record.previousVersion ?? '–')],
    ['Target version', markdown(record.version ?? '–')],
    ...commits(record),
    ['Strategy', markdown(record.strategy ?? '–')],
    ['Deployment', deploymentLink(record)],
    ...(record.rollbackId ? [['Rollback', code(record.rollbackId)] as [string, string]] : [])
  ]
  return ['| | |', '| --- | --- |', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n')
}

/** Which commit was live, and which ones this release brings. */
function commits({ commits }: ReleaseRecord): [string, string][] {
  if (!commits) return []
  const live = `<a href="${attribute(commits.liveUrl)}">${code(commits.live.slice(0, 7))}</a>`
  return [
    ['Commits', `${live} was live; <a href="${attribute(commits.bringsUrl)}">what this release brings</a>`]
  ]
}

function deploymentLink({ deploymentId, consoleUrl }: ReleaseRecord): string {
  if (!deploymentId) return '–'
  return consoleUrl ? `<a href="${attribute(consoleUrl)}">${code(deploymentId)}</a>` : code(deploymentId)
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
