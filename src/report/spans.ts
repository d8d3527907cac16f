import type { Event } from '../deployment/event.ts'
import { isOver, servingVersion, type Traffic } from '../deployment/observation.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { label } from '../text/safe.ts'
import { shareList } from '../text/traffic.ts'

/** How many shares are drawn for a function at most, among few functions and among many. */
const mostShares = 14
const fewShares = 4

/** One line of the chart; times are epoch ms. `from` and `to` are equal for what took no time. */
export interface Span {
  text: string
  tags: readonly ('done' | 'crit' | 'milestone')[]
  from: number
  to: number
}

/** What happened to one function, in order. Every text begins with a word of ours that is no keyword of Mermaid. */
export function spansOf(record: ReleaseRecord, whole: boolean): Span[] {
  const { startedAt } = record
  const events = [...record.events].sort((a, b) => a.at - b.at)
  const told = events.filter(({ kind }) => kind !== 'heartbeat')
  if (startedAt === undefined || told.length === 0) return []
  const last = events[events.length - 1]?.at ?? startedAt
  const end = Math.max(startedAt, last, record.endedAt ?? 0)
  const spans = [
    ...shortened(trafficSpans({ ...record, events }, startedAt, end), whole ? mostShares : fewShares),
    ...(whole ? hookSpans(told, end) : []),
    ...told.flatMap(breakOf)
  ]
  return spans
    .map((span, index) => ({ span, index }))
    .sort((a, b) => a.span.from - b.span.from || a.index - b.index)
    .map(({ span }) => span)
}

function trafficSpans(record: ReleaseRecord, startedAt: number, end: number): Span[] {
  const { previousVersion, outcome } = record
  const seen: { at: number; traffic: Traffic }[] = [
    ...(previousVersion === undefined
      ? []
      : [{ at: startedAt, traffic: { version: previousVersion, weights: {} } }]),
    ...record.events.flatMap(event =>
      event.kind === 'traffic' ? [{ at: Math.max(startedAt, event.at), traffic: event.traffic }] : []
    ),
    ...(outcome?.serving ? [{ at: end, traffic: outcome.serving }] : [])
  ]
  const states = seen.filter(({ traffic }, index) => {
    const before = seen[index - 1]
    return !before || servingVersion(before.traffic) !== servingVersion(traffic)
  })
  return states.map(({ at, traffic }, index) => ({
    text: sharesText(traffic),
    // Grey while the previous version has all traffic. Not `active`: on a dark page its label is black beside a short bar.
    tags: servingVersion(traffic) === previousVersion ? ['done' as const] : [],
    from: at,
    to: states[index + 1]?.at ?? end
  }))
}

function sharesText(traffic: Traffic): string {
  const text = label(shareList(traffic).replaceAll('  ', ', '))
  return /^(v\d|\$LATEST )/.test(text) ? text : `version ${text}`
}

/** Of many small steps, only the first and the last are kept. */
function shortened(spans: readonly Span[], most: number): Span[] {
  if (spans.length <= most) return [...spans]
  const head = spans.slice(0, Math.ceil((most - 1) / 2))
  const tail = spans.slice(spans.length - Math.floor((most - 1) / 2))
  const middle = spans.slice(head.length, spans.length - tail.length)
  const [from, to] = [middle[0]?.from ?? 0, middle[middle.length - 1]?.to ?? 0]
  return [...head, { text: `${middle.length} more steps`, tags: [], from, to }, ...tail]
}

function hookSpans(events: readonly Event[], end: number): Span[] {
  return events.flatMap(event => {
    if (event.kind !== 'hook-started') return []
    const over = events.find(each => each.kind === 'hook-ended' && each.hook === event.hook)
    const status = over?.kind === 'hook-ended' ? over.status : 'unfinished'
    return [
      {
        text: `Hook ${label(event.hook)}${status === 'Succeeded' ? '' : ` ${label(status)}`}`,
        tags: status === 'Succeeded' ? ['done' as const] : ['crit' as const],
        from: event.at,
        to: over?.at ?? end
      }
    ]
  })
}

/** The moment at which a deployment failed or was stopped. */
function breakOf(event: Event): Span[] {
  if (event.kind !== 'status' || event.status === 'Succeeded' || !isOver(event.status)) return []
  const what = event.rollback ? `Rollback ${event.status}` : event.status
  const text = event.code === undefined ? what : `${what} ${label(event.code)}`
  return [{ text, tags: ['crit', 'milestone'], from: event.at, to: event.at }]
}
