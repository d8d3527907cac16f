import { type Gate, openGate } from '../deployment/gate.ts'
import { qualifiedName } from '../deployment/names.ts'
import { durationMs } from '../deployment/schedule.ts'
import { describeStrategy, scheduleOf } from '../deployment/strategy.ts'
import type { Plan } from '../plan/plan.ts'
import { plain } from '../text/safe.ts'
import { duration } from '../text/units.ts'

/** The plan, in words for people. Safe for the log. */
export interface PlanText {
  title: string
  /** In short, where the traffic goes and how. */
  glance?: string
  /** One line for each fact. */
  facts: string[]
}

/** What else the plan says. */
export interface PlanContext {
  /** How long the step would wait; undefined: not at all. */
  waitMs?: number
  codeSha256: string
  jobLimitMs?: number
  gate?: Gate
  /** The role may not read CloudWatch's figures. */
  figuresDenied?: boolean
}

export function planText(
  plan: Plan,
  region: string,
  { waitMs, codeSha256, jobLimitMs = Number.POSITIVE_INFINITY, gate = openGate, figuresDenied }: PlanContext
): PlanText {
  const { configuration, strategy, deployment } = plan
  const row = (name: string, value: string) => `  ${name.padEnd(10)} ${value}`
  const target = plan.targetVersion === undefined ? '$LATEST' : `v${plain(plan.targetVersion)}`
  const traffic = `v${plain(plan.currentVersion)} → ${target}`
  const publishes =
    plan.targetVersion === undefined ? `, published (code ${plain(codeSha256.slice(0, 12))}…)` : ''
  const hooks = Object.entries(plan.hooks).map(([event, name]) => `${event} ${plain(name)}`)
  const facts = [
    row('traffic', `${traffic}${publishes}`),
    row(
      'strategy',
      `${plain(configuration?.name ?? 'chosen by CodeDeploy')}${
        strategy ? `: ${describeStrategy(strategy)}${lasting(durationMs(scheduleOf(strategy)))}` : ''
      }${deployment.creates ? ' (created first)' : ''}`
    ),
    row('group', `${plain(deployment.application)} / ${plain(deployment.group)}`),
    row('hooks', hooks.join(', ') || 'none'),
    row('alarms', alarmsText(plan)),
    row('rollback', rollbackText(plan)),
    ...(gateText(gate) ? [row('gate', gateText(gate))] : []),
    ...(figuresDenied
      ? [
          row(
            'figures',
            'not shown; they need {"Effect":"Allow","Action":"cloudwatch:GetMetricData","Resource":"*"}'
          )
        ]
      : []),
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
    title: `Plan for ${plain(qualifiedName(plan))} in ${plain(region)}`,
    glance: `${traffic}${strategy ? `; ${describeStrategy(strategy)}` : ''}`,
    facts
  }
}

function gateText({ maxErrorRate, minInvocations, ifNoTraffic }: Gate): string {
  const rate =
    maxErrorRate &&
    `at most ${maxErrorRate.percent}${maxErrorRate.isRelative ? ' points more errors than the version before' : '% errors of the new version'}, judged from ${minInvocations} invocations on`
  return [rate, ifNoTraffic === 'fail' && 'rolled back if nobody invokes the new version']
    .filter(Boolean)
    .join('; ')
}

const lasting = (ms: number): string => (ms > 0 ? `; ${duration(ms)} in all` : '')

function alarmsText({ alarms, deployment }: Plan): string {
  if (deployment.alarms === 'none') return 'ignored for this deployment'
  const names = alarms.map(plain).join(', ')
  if (deployment.alarms === 'group') return names ? `${names} (of the group)` : 'none'
  return `${names} (instead of the group's)`
}

const eventText: Record<string, string> = {
  DEPLOYMENT_FAILURE: 'on failure',
  DEPLOYMENT_STOP_ON_ALARM: 'on an alarm',
  DEPLOYMENT_STOP_ON_REQUEST: 'when stopped'
}

function rollbackText({ rollbackEvents, deployment }: Plan): string {
  if (!rollbackEvents) return 'as set in the group'
  if (rollbackEvents.length === 0) return 'never automatically'
  const events = rollbackEvents.map(event => eventText[event] ?? plain(event)).join(', ')
  return deployment.rollback === 'group' ? `${events} (of the group)` : events
}
