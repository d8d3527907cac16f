import type { Event, Part } from '../deployment/event.ts'
import { isOver, type Subject, shareOf, type Traffic } from '../deployment/observation.ts'
import type { Phase } from '../deployment/phase.ts'
import type { Forecast } from '../deployment/schedule.ts'
import { figuresText } from '../text/figures.ts'
import { plain } from '../text/safe.ts'
import { shareList } from '../text/traffic.ts'
import { duration, elapsed, percent, timeOfDay } from '../text/units.ts'
import { because } from '../watch/stopped.ts'
import { type Paint, type Tone, unpainted } from './paint.ts'

export interface LineContext {
  subject: Pick<Subject, 'targetVersion' | 'currentVersion'>
  /** Epoch ms that the first column counts from. */
  begunAt: number
  /** What the line is about, when several functions are released. */
  name?: string
  /** Width of the column of names. */
  nameWidth?: number
  /** Default: no colours. */
  paint?: Paint
}

/** One event as one line of the log: when, what, and details. */
export function line(event: Event, context: LineContext): string {
  const name = context.name === undefined ? undefined : plain(context.name)
  return lineOf(event, name, parts(event, context.subject, context.paint), context)
}

/** The columns of a line; `name` only when several functions are released. */
export function lineOf(
  event: Event,
  name: string | undefined,
  [what, about]: readonly [what: string, about: string],
  { begunAt, nameWidth = 24, paint = unpainted }: LineContext
): string {
  const tone = toneOf(event)
  const who = name === undefined ? '' : `${name.padEnd(nameWidth)}  `
  const said = `${what.padEnd(18)}  ${about}`.trimEnd()
  return `${paint('dim', elapsed(event.at - begunAt).padStart(8))}  ${who}${tone ? paint(tone, said) : said}`
}

/** Colour asks for attention: what goes as planned has none until the end. */
function toneOf(event: Event): Tone | undefined {
  switch (event.kind) {
    case 'status':
      if (event.status === 'Succeeded') return event.rollback ? 'yellow' : 'green'
      return isOver(event.status) ? 'red' : undefined
    case 'hook-ended':
      return event.status === 'Succeeded' ? undefined : 'red'
    case 'shift-ended':
    case 'stop-failed':
      return 'red'
    case 'rollback-found':
    case 'part-unreadable':
    case 'stop-asked':
    case 'sight-lost':
    case 'figures-lost':
      return 'yellow'
    case 'hook-started':
    case 'traffic':
    case 'heartbeat':
    case 'sight-regained':
    case 'figures-regained':
      return undefined
  }
}

/** What happened, and the details. Safe for the log. */
export function parts(
  event: Event,
  subject: Pick<Subject, 'targetVersion' | 'currentVersion'>,
  paint: Paint = unpainted
): [what: string, about: string] {
  switch (event.kind) {
    case 'status':
      return [event.rollback ? 'rollback' : 'deployment', statusText(event.status, event.code)]
    case 'hook-started':
      return [plain(event.hook), `${plain(event.functionName)} started`]
    case 'hook-ended':
      return [
        plain(event.hook),
        `${plain(event.functionName)} ${plain(event.status)}${event.durationMs === undefined ? '' : ` in ${duration(event.durationMs)}`}`
      ]
    case 'traffic':
      return [
        'traffic',
        `${trafficText(event.traffic, subject, paint)}${forecastText(event.forecast, event.at)}`
      ]
    case 'shift-ended':
      return ['AllowTraffic', `${plain(event.status)}: the shift was cut short`]
    case 'rollback-found':
      return ['rollback', `${plain(event.rollbackId)} shifts the traffic back`]
    case 'heartbeat':
      if (event.hook)
        return [
          plain(event.hook.hook),
          `${plain(event.hook.functionName)} still running after ${duration(event.hook.forMs)} of one hour`
        ]
      if (event.figures) return ['so far', figuresText(event.figures, subject)]
      return [
        still[event.phase],
        event.traffic
          ? `${trafficText(event.traffic, subject, paint)}${forecastText(event.forecast, event.at)}`
          : 'nothing new'
      ]
    case 'part-unreadable':
      return [
        'warning',
        `${plain(event.reason)} ${event.part === 'traffic' ? 'The traffic shown is what CodeDeploy says.' : 'Continuing without the lifecycle events.'}`
      ]
    case 'stop-asked':
      return [
        'stopping',
        `${plain(because(event))}; ${event.rollBack ? 'shifting back' : 'leaving the traffic where it is'}`
      ]
    case 'stop-failed':
      return ['not stopped', `${plain(event.reason)}${event.isPassing ? ' Asking again.' : ''}`]
    case 'sight-lost':
      return [
        'sight lost',
        `${plain(event.reason)}; ${event.part ? `${named[event.part]} not seen meanwhile` : 'the deployment goes on'}, retrying`
      ]
    case 'sight-regained':
      return [
        'sight regained',
        `${event.part ? `${named[event.part]} seen again, ` : ''}after ${duration(event.afterMs)}`
      ]
    case 'figures-lost':
      return [
        'figures lost',
        `${plain(event.reason)}; the new version is not judged ${event.isFinal ? 'from now on' : 'meanwhile'}`
      ]
    case 'figures-regained':
      return ['figures regained', `after ${duration(event.afterMs)}`]
  }
}

const named: Record<Part, string> = {
  lifecycle: 'the lifecycle events are',
  traffic: 'the alias is'
}

const statusText = (status: string, code: string | undefined): string =>
  code ? `${plain(status)}: ${plain(code)}` : plain(status)

const still: Record<Phase, string> = {
  starting: 'still starting',
  hook: 'still in a hook',
  shifting: 'still shifting',
  ending: 'still ending'
}

const barCells = 20

/** `██░░░░░░░░░░░░░░░░░░  v7 90%  v8 10%`; the bar is the target's share. */
const trafficText = (
  traffic: Traffic,
  { targetVersion }: Pick<Subject, 'targetVersion'>,
  paint: Paint
): string => `${bar(shareOf(traffic, targetVersion), paint)}  ${shareList(traffic, 3)}`

/** A share above 0 fills at least one cell, and a share below 1 leaves at least one empty. */
export function bar(share: number, paint: Paint = unpainted): string {
  const cells =
    share <= 0 ? 0 : share >= 1 ? barCells : Math.min(barCells - 1, Math.max(1, Math.round(share * barCells)))
  return paint('green', '█'.repeat(cells)) + paint('dim', '░'.repeat(barCells - cells))
}

/** What comes next, and when all should be done. */
export function forecastText(forecast: Forecast | undefined, now: number): string {
  if (!forecast) return ''
  const left = forecast.next.at - now
  const next =
    left > 0
      ? `next ${percent(forecast.next.share)} in ${duration(left)}`
      : `${percent(forecast.next.share)} is due`
  return `   ${next}, done about ${timeOfDay(forecast.doneAt, now)}`
}
