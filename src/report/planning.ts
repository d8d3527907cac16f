import { durationMs } from '../deployment/schedule.ts'
import { describeStrategy, scheduleOf } from '../deployment/strategy.ts'
import type { Plan } from '../plan/plan.ts'
import { plain } from '../text/safe.ts'
import { duration } from '../text/units.ts'

/** What is going to happen, for people. Safe for the log. */
export interface PlanText {
  title: string
  /** Where the traffic goes and how, in short. */
  glance?: string
  /** One line a fact. */
  facts: string[]
}

export function planText(
  plan: Plan,
  region: string,
  waitMs: number | undefined,
  codeSha256: string,
  jobLimitMs = Number.POSITIVE_INFINITY
): PlanText {
  const { request, configuration, strategy } = plan
  const row = (name: string, value: string) => `  ${name.padEnd(10)} ${value}`
  const target = plan.targetVersion === undefined ? '$LATEST' : `v${plain(plan.targetVersion)}`
  const traffic = `v${plain(plan.currentVersion)} → ${target}`
  const publishes =
    plan.targetVersion === undefined ? `, published (code ${plain(codeSha256.slice(0, 12))}…)` : ''
  const hooks = Object.entries(request.hooks).map(([event, name]) => `${event} ${plain(name)}`)
  const facts = [
    row('traffic', `${traffic}${publishes}`),
    row(
      'strategy',
      `${plain(configuration?.name ?? 'chosen by CodeDeploy')}${
        strategy ? `: ${describeStrategy(strategy)}${lasting(durationMs(scheduleOf(strategy)))}` : ''
      }${plan.createsConfiguration ? ' (created first)' : ''}`
    ),
    row('group', `${plain(request.application)} / ${plain(request.group)}`),
    row('hooks', hooks.join(', ') || 'none'),
    row('alarms', alarmsText(plan)),
    row('rollback', rollbackText(plan)),
    ...(waitMs === undefined
      ? []
      : [
          row(
            'wait',
            `at most ${duration(waitMs)}${waitMs > jobLimitMs ? `; a job on a hosted runner ends after ${duration(jobLimitMs)}` : ''}`
          )
        ])
  ]
  return {
    title: `Plan for ${plain(request.functionName)}:${plain(request.alias)} in ${plain(region)}`,
    glance: `${traffic}${strategy ? `; ${describeStrategy(strategy)}` : ''}`,
    facts
  }
}

const lasting = (ms: number): string => (ms > 0 ? `; ${duration(ms)} in all` : '')

function alarmsText({ alarms, request }: Plan): string {
  if (request.alarms === 'none') return 'ignored for this deployment'
  const names = alarms.map(plain).join(', ')
  if (request.alarms === 'group') return names ? `${names} (of the group)` : 'none'
  return `${names} (instead of the group's)`
}

const eventText: Record<string, string> = {
  DEPLOYMENT_FAILURE: 'on failure',
  DEPLOYMENT_STOP_ON_ALARM: 'on an alarm',
  DEPLOYMENT_STOP_ON_REQUEST: 'when stopped'
}

function rollbackText({ rollbackEvents, request }: Plan): string {
  if (!rollbackEvents) return 'as the group says'
  if (rollbackEvents.length === 0) return 'never by itself'
  const events = rollbackEvents.map(event => eventText[event] ?? plain(event)).join(', ')
  return request.rollback === 'group' ? `${events} (of the group)` : events
}
