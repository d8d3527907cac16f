import { alarmsIn } from '../deployment/alarms.ts'
import { bareName, qualifiedName } from '../deployment/names.ts'
import type { Cause } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { alarmUrl, aliasUrl, deploymentUrl, logGroupUrl, versionUrl } from '../text/links.ts'
import { attribute, code, markdown } from '../text/safe.ts'
import { servingText, versionText } from '../text/traffic.ts'
import { duration, milliseconds } from '../text/units.ts'
import { oldVersionsText } from './oldversions.ts'

/** What is known about a release, as a table whose first row is the most important. Links need a region. */
export function facts(record: ReleaseRecord, region: string | undefined): string {
  const { outcome, strategy, rollbackId, application, group, groupCreated, alarms = [] } = record
  const rows: [name: string, value: string][] = [
    ['Serving now', markdown(servingText(outcome?.serving))],
    ['Outcome', code(outcome?.kind ?? 'none')],
    ...row('Alias', record.alias && aliasLink(record, region)),
    ...row(versionsName(record), versions(record, region)),
    ...row('Weights asked for', record.weights && markdown(record.weights)),
    ...row('Code', record.code && markdown(record.code.what)),
    ...row('Tests', tests(record)),
    ...commits(record),
    ...row('Old versions', record.oldVersions && markdown(oldVersionsText(record.oldVersions))),
    ...row('Strategy', strategy && markdown(strategy)),
    ...row('Started', started(record)),
    ...row('Deployment', record.deploymentId && deploymentLink(record)),
    ...row('Rollback', rollbackId && link(region && deploymentUrl(region, rollbackId), code(rollbackId))),
    ...row(
      'Deployment group',
      application &&
        group &&
        `${code(application)} / ${code(group)}${groupCreated ? ', created by this step' : ''}`
    ),
    ...row('Alarms', alarms.map(name => alarmLink(name, region)).join(', '))
  ]
  const [[head, value] = ['', ''], ...rest] = rows
  return [`| ${head} | ${value} |`, '| :--- | :--- |', ...rest.map(cells => `| ${cells.join(' | ')} |`)].join(
    '\n'
  )
}

const row = (name: string, value: string | undefined): [string, string][] => (value ? [[name, value]] : [])

/** Where to look for what went wrong: the alarms, the hook's log of that time, the deployment. */
export function lookAt(record: ReleaseRecord, cause: Cause, region: string | undefined): string[] {
  if (!region) return []
  const { hook } = cause
  const pages = [
    ...alarmsOf(record, cause).map(name => `alarm ${alarmLink(name, region)}`),
    ...(hook ? [`log of ${link(hookLogUrl(record, hook, region), code(bareName(hook.functionName)))}`] : []),
    ...(record.deploymentId ? [`deployment ${deploymentLink(record)}`] : []),
    ...(record.rollbackId && cause.code === 'ROLLBACK_FAILED'
      ? [`rollback ${link(deploymentUrl(region, record.rollbackId), code(record.rollbackId))}`]
      : []),
    ...(record.alias ? [`alias ${aliasLink(record, region)}`] : [])
  ]
  return pages.length > 0 ? [`**Look at** ${pages.join(' · ')}`] : []
}

/** AWS names the alarms that went off only in its message; if it does not, all of them are worth a look. */
function alarmsOf({ alarms = [] }: ReleaseRecord, { code, message = '' }: Cause): readonly string[] {
  const { known: named } = alarmsIn(message, alarms)
  if (code === 'ROLLBACK_FAILED') return named
  if (code !== 'ALARM_ACTIVE') return []
  return named.length > 0 ? named : alarms
}

/** A minute more on either side: clocks differ, and logs arrive late. */
const marginMs = 60_000
/** How long CodeDeploy waits for a hook. */
const longestHookMs = 3_600_000

function hookLogUrl(
  { hookLogGroup }: ReleaseRecord,
  { functionName, startedAt, endedAt }: NonNullable<Cause['hook']>,
  region: string
): string {
  const group = hookLogGroup ?? `/aws/lambda/${bareName(functionName)}`
  if (startedAt === undefined) return logGroupUrl(region, group)
  const to = (endedAt ?? startedAt + longestHookMs) + marginMs
  return logGroupUrl(region, group, { from: startedAt - marginMs, to })
}

const alarmLink = (name: string, region: string | undefined): string =>
  link(region && alarmUrl(region, name), code(name))

function aliasLink(record: ReleaseRecord, region: string | undefined): string {
  const { functionName, alias } = record
  return link(region && aliasUrl(region, functionName, alias), code(qualifiedName(record)))
}

const versionsName = ({ previousVersion, version }: ReleaseRecord): string =>
  version === undefined
    ? 'Version before'
    : previousVersion === undefined || previousVersion === version
      ? 'Target version'
      : 'Versions'

function versions(record: ReleaseRecord, region: string | undefined): string {
  return [...new Set([record.previousVersion, record.version])]
    .flatMap(version =>
      version === undefined
        ? []
        : [link(region && versionUrl(region, record.functionName, version), markdown(versionText(version)))]
    )
    .join(record.weights === undefined ? ' → ' : ' and ')
}

/** How the target version did in its tests. */
function tests({ tests }: ReleaseRecord): string | undefined {
  if (!tests) return undefined
  const times = tests.passed
    .slice(0, mostTimes)
    .map(({ durationMs, initMs }) =>
      initMs === undefined
        ? milliseconds(durationMs)
        : `${milliseconds(durationMs)} (cold start ${milliseconds(initMs)})`
    )
  const left = tests.passed.length > mostTimes ? ', …' : ''
  return `${tests.passed.length} of ${tests.count} passed${times.length > 0 ? `: ${times.join(', ')}${left}` : ''}`
}

const mostTimes = 10

function started({ startedAt, endedAt }: ReleaseRecord): string | undefined {
  if (startedAt === undefined) return undefined
  const at = new Date(startedAt).toISOString().slice(0, 19).replace(/T/, ' ')
  return `${at} UTC${endedAt === undefined ? '' : `, took ${duration(endedAt - startedAt)}`}`
}

/** Which commit was live, and which ones this release adds. */
function commits({ commits }: ReleaseRecord): [string, string][] {
  if (!commits) return []
  const live = link(commits.liveUrl, code(commits.live.slice(0, 7)))
  return [['Commits', `${live} was live; ${link(commits.bringsUrl, 'what this release brings')}`]]
}

export function deploymentLink({ deploymentId, consoleUrl }: ReleaseRecord): string {
  return deploymentId ? link(consoleUrl, code(deploymentId)) : '–'
}

const link = (url: string | undefined, shown: string): string =>
  url ? `<a href="${attribute(url)}">${shown}</a>` : shown
