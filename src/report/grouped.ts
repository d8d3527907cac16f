import type { Event } from '../deployment/event.ts'
import type { Sums } from '../deployment/figures.ts'
import { shareOf } from '../deployment/observation.ts'
import { sumsText } from '../text/figures.ts'
import { plain } from '../text/safe.ts'
import { percent } from '../text/units.ts'
import type { DeploymentEvent } from '../watch/watch.ts'
import { bar, forecastText, type LineContext, line, lineOf, parts } from './lines.ts'
import type { Paint } from './paint.ts'

/** From this many functions on, those that do the same at the same moment share a line. */
const groupedFrom = 4

/** The width of the column of function names in the log: as narrow as possible, at most 24. */
export function nameWidth(names: readonly string[]): number {
  const shown = names.length < groupedFrom ? names : [...names, `${names.length} functions`]
  return Math.min(24, Math.max(...shown.map(name => plain(name).length)))
}

/**
 * The log lines for what one look found. Each function has a line for each change. Of many functions, those that did the same share
 * a line, so that a release of a hundred stays readable; they are not named when they are all the `functions` of the release.
 */
export function lines(
  told: readonly DeploymentEvent[],
  contextOf: (told: DeploymentEvent) => LineContext,
  functions = Number.POSITIVE_INFINITY
): string[] {
  const groups = new Map<string, [DeploymentEvent, ...DeploymentEvent[]]>()
  for (const each of told) {
    const key = groupKey(each)
    const group = groups.get(key)
    if (group) group.push(each)
    else groups.set(key, [each])
  }
  return [...groups.values()].flatMap(group =>
    group.length < groupedFrom
      ? group.map(each => line(each.event, contextOf(each)))
      : [groupedLine(group, contextOf, functions)]
  )
}

function groupedLine(
  group: readonly [DeploymentEvent, ...DeploymentEvent[]],
  contextOf: (told: DeploymentEvent) => LineContext,
  functions: number
): string {
  const [first] = group
  const context = contextOf(first)
  const [what, alike] = groupedParts(first, context.paint)
  const about = groupFigures(group) ?? alike
  const names = group.map(each => plain(contextOf(each).name ?? each.subject.functionName))
  const some = names.length > 3 ? `${names.slice(0, 3).join(', ')}, …` : names.join(', ')
  const who = group.length < functions && first.event.kind !== 'heartbeat' ? `   (${some})` : ''
  return lineOf(first.event, `${group.length} functions`, [what, `${about}${who}`], context)
}

/** Of many functions, all new versions together and all that served before. */
function groupFigures(group: readonly DeploymentEvent[]): string | undefined {
  const seen = group.flatMap(({ event }) => (event.kind === 'heartbeat' && event.figures) || [])
  if (seen.length === 0) return undefined
  const text = (name: string, sums: readonly (Sums | undefined)[]) => {
    const known = sums.filter(each => each !== undefined)
    const sum = (count: (sums: Sums) => number) => known.reduce((total, each) => total + count(each), 0)
    const all = { invocations: sum(each => each.invocations), errors: sum(each => each.errors) }
    return `${name}  ${sumsText(known.length > 0 ? all : undefined)}`
  }
  return `${text(
    'new versions',
    seen.map(({ target }) => target)
  )}     ${text(
    'before',
    seen.map(({ current }) => current)
  )}`
}

/** What makes two events the same to a reader. When their next steps are due does not count: the deployments began one by one. */
function groupKey(told: DeploymentEvent): string {
  const { event } = told
  const next = 'forecast' in event ? event.forecast?.next.share : undefined
  const timeless = 'forecast' in event ? { ...told, event: { ...event, forecast: undefined } } : told
  return JSON.stringify([event.kind, next, ...groupedParts(timeless as DeploymentEvent)])
}

/** Like `parts`, without what differs from function to function. */
function groupedParts({ event, subject }: DeploymentEvent, paint?: Paint): [what: string, about: string] {
  const [what] = parts(event, subject)
  switch (event.kind) {
    case 'traffic':
      return [what, moved(event, subject.targetVersion, paint)]
    case 'heartbeat':
      if (event.figures) return [what, 'figures of both versions']
      return [
        what,
        event.traffic
          ? moved({ ...event, traffic: event.traffic }, subject.targetVersion, paint)
          : 'nothing new'
      ]
    case 'rollback-found':
      return [what, 'a deployment shifts the traffic back']
    case 'hook-started':
      return [what, 'started']
    case 'hook-ended':
      return [what, plain(event.status)]
    default:
      return parts(event, subject)
  }
}

function moved(
  { traffic, forecast, at }: Pick<Extract<Event, { kind: 'traffic' }>, 'traffic' | 'forecast' | 'at'>,
  targetVersion: string,
  paint?: Paint
): string {
  const share = shareOf(traffic, targetVersion)
  return `${bar(share, paint)}  ${percent(share)} moved${forecastText(forecast, at)}`
}
