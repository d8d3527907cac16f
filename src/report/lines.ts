import type { Event } from '../deployment/event.ts'
import { because } from '../deployment/farewell.ts'
import { type Subject, shareOf, shares, type Traffic } from '../deployment/observation.ts'
import type { Phase } from '../deployment/phase.ts'
import type { Forecast } from '../deployment/schedule.ts'
import { duration, elapsed, percent, plain, timeOfDay } from './text.ts'

export interface LineContext {
  subject: Pick<Subject, 'functionName' | 'alias' | 'deploymentId' | 'targetVersion'>
  /** Epoch ms that the first column counts from. */
  begunAt: number
  /** Several functions are released: each line names its own. */
  many: boolean
}

/** One event as one line of the log: when, what, and what about it. */
export function line(event: Event, { subject, begunAt, many }: LineContext): string {
  const [what, about] = parts(event, subject)
  return lineOf(event.at - begunAt, many ? plain(subject.functionName) : undefined, what, about)
}

/** The columns of a line; `name` only where several functions are released. */
export function lineOf(afterMs: number, name: string | undefined, what: string, about: string): string {
  const who = name === undefined ? '' : `${name.padEnd(24)}  `
  return `${elapsed(afterMs).padStart(8)}  ${who}${what.padEnd(18)}  ${about}`.trimEnd()
}

/** What happened, and what about it. Safe for the log. */
export function parts(event: Event, subject: LineContext['subject']): [what: string, about: string] {
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
      return ['traffic', `${trafficText(event.traffic, subject)}${ahead(event.forecast, event.at)}`]
    case 'shift-ended':
      return ['AllowTraffic', plain(event.status)]
    case 'rollback-found':
      return ['rollback', `${plain(event.rollbackId)} gives the traffic back`]
    case 'heartbeat':
      if (event.hook)
        return [
          plain(event.hook.hook),
          `${plain(event.hook.functionName)} still running after ${duration(event.hook.forMs)}; CodeDeploy waits one hour for it`
        ]
      return [
        still[event.phase],
        event.traffic
          ? `${trafficText(event.traffic, subject)}${ahead(event.forecast, event.at)}`
          : 'nothing new'
      ]
    case 'part-barred':
      return [
        'warning',
        `${plain(event.reason)} ${event.part === 'traffic' ? "Going on with CodeDeploy's word for the traffic." : 'Going on without the lifecycle events.'}`
      ]
    case 'stop-asked':
      return [
        'stopping',
        `${plain(because(event))}; asking CodeDeploy to stop the deployment ${
          event.rollBack ? 'and shift back' : 'and leave the traffic where it is'
        }`
      ]
    case 'stop-failed':
      return ['not stopped', plain(event.reason)]
    case 'sight-lost':
      return ['no sight', `${plain(event.reason)}; the deployment goes on, looking again`]
    case 'sight-regained':
      return ['sight again', `after ${duration(event.afterMs)}`]
  }
}

const statusText = (status: string, code: string | undefined): string =>
  code ? `${plain(status)}: ${plain(code)}` : plain(status)

const still: Record<Phase, string> = {
  starting: 'still starting',
  hook: 'still in a hook',
  shifting: 'still shifting',
  ending: 'still ending'
}

/** `v8`; `$LATEST` stays what it is. */
export const versionText = (version: string): string =>
  /^\d/.test(version) ? `v${plain(version)}` : plain(version)

const barCells = 20

/** `██░░░░░░░░░░░░░░░░░░  live  v7 90%  v8 10%`; the bar is the target's share. */
function trafficText(traffic: Traffic, { alias, targetVersion }: LineContext['subject']): string {
  return `${bar(shareOf(traffic, targetVersion))}  ${plain(alias)}  ${shareList(traffic)}`
}

/** `v7 90%  v8 10%` */
export const shareList = (traffic: Traffic): string =>
  shares(traffic)
    .map(([version, share]) => `${versionText(version)} ${percent(share)}`)
    .join('  ')

/** A share that is not zero shows at least one cell, and one that is not whole leaves at least one empty. */
export function bar(share: number): string {
  const cells =
    share <= 0 ? 0 : share >= 1 ? barCells : Math.min(barCells - 1, Math.max(1, Math.round(share * barCells)))
  return '█'.repeat(cells) + '░'.repeat(barCells - cells)
}

/** What comes next, and when all should be done. */
export function ahead(forecast: Forecast | undefined, now: number): string {
  if (!forecast) return ''
  const left = forecast.next.at - now
  const next =
    left > 0
      ? `next ${percent(forecast.next.share)} in ${duration(left)}`
      : `${percent(forecast.next.share)} is due`
  return `   ${next}, done about ${timeOfDay(forecast.doneAt)}`
}
