import { absenceIsJudged, errorsAreJudged, type Gate, openGate } from '../deployment/gate.ts'
import { qualifiedName } from '../deployment/names.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { durationMs, type Schedule } from '../deployment/schedule.ts'
import { describeStrategy, scheduleOf } from '../deployment/strategy.ts'
import type { TestChoice } from '../inputs/tests.ts'
import type { Plan } from '../plan/plan.ts'
import type { SetUp } from '../plan/setup.ts'
import { takesAway, type WeightPlan } from '../plan/weight.ts'
import { plain, shortened } from '../text/safe.ts'
import { shareList } from '../text/traffic.ts'
import { dateAndTime, duration } from '../text/units.ts'

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
  /** Of what will be published, empty when it is not known. */
  codeSha256: string
  /** What will be uploaded, safe for the log. */
  code?: string
  jobLimitMs?: number
  gate?: Gate
  /** The role may not read CloudWatch's figures. */
  figuresDenied?: boolean
  /** What is created first. */
  setUp?: SetUp
  inTheWay?: ReleaseRecord['inTheWay']
}

export function planText(
  plan: Plan,
  region: string,
  {
    waitMs,
    codeSha256,
    code,
    jobLimitMs = Number.POSITIVE_INFINITY,
    gate = openGate,
    figuresDenied,
    setUp,
    inTheWay
  }: PlanContext
): PlanText {
  const { configuration, strategy, deployment } = plan
  const target = plan.targetVersion === undefined ? '$LATEST' : `v${plain(plan.targetVersion)}`
  const traffic = `v${plain(plan.currentVersion)} → ${target}`
  const publishes = plan.targetVersion === undefined ? published(codeSha256) : ''
  const hooks = Object.entries(plan.hooks).map(([event, name]) => `${event} ${plain(name)}`)
  const facts = [
    ...(code === undefined ? [] : [row('code', code)]),
    row('traffic', `${traffic}${publishes}`),
    ...(inTheWay ? [row('running', inTheWayText(inTheWay))] : []),
    ...(plan.foundIn ? [row('previous', previousText(plan, plan.foundIn))] : []),
    row(
      'strategy',
      `${plain(configuration?.name ?? 'chosen by CodeDeploy')}${
        strategy ? `: ${describeStrategy(strategy)}${lasting(durationMs(scheduleOf(strategy)))}` : ''
      }${deployment.creates ? ' (created first)' : ''}`
    ),
    row('group', `${plain(deployment.application)} / ${plain(deployment.group)}`),
    ...setUpFact(setUp),
    ...testsFact(plan.tests),
    row('hooks', hooks.join(', ') || 'none'),
    row('alarms', alarmsText(plan)),
    row('rollback', rollbackText(plan)),
    ...gateFact(gate, strategy && scheduleOf(strategy)),
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

/** How the weights are set by hand, in words for people. */
export function weightText(
  plan: WeightPlan,
  region: string,
  { codeSha256, code, tests }: Pick<PlanContext, 'codeSha256' | 'code'> & { tests: TestChoice | undefined }
): PlanText {
  const { before, after, percent } = plan
  const then = after ? shareList(after) : `$LATEST ${percent}%${published(codeSha256)}`
  const traffic = `${shareList(before)} → ${then}`
  const facts = [
    ...(code === undefined ? [] : [row('code', code)]),
    row('traffic', `${traffic}, at once and without CodeDeploy`),
    ...testsFact(takesAway(plan) ? undefined : tests)
  ]
  return { title: `Plan for ${plain(qualifiedName(plan))} in ${plain(region)}`, glance: traffic, facts }
}

/** What becomes of another deployment of the group, and of the plan with it. */
function inTheWayText({ deploymentId, then, isElsewhere }: NonNullable<ReleaseRecord['inTheWay']>): string {
  const running = `deployment ${plain(deploymentId)}, which${isElsewhere ? ' shifts another alias and' : ''}`
  const depends = isElsewhere ? '' : ': which version this starts from depends on how that ends'
  switch (then) {
    case 'join':
      return `${running} shifts to the same version: it would be joined, and keeps its own strategy, hooks and alarms`
    case 'perhaps-join':
      return `${running} shifts to the same code: it would be joined if that is the version to be published; otherwise if-in-progress decides`
    case 'wait':
      return `${running} would be waited for${depends}`
    case 'replace':
      return `${running} would be stopped with a rollback${depends}`
  }
}

const published = (codeSha256: string): string =>
  `, published${codeSha256 ? ` (code ${plain(codeSha256.slice(0, 12))}…)` : ''}`

/** Where it was found that the target is what served before. */
const previousText = (
  { currentVersion, targetVersion }: Plan,
  { deploymentId, at }: NonNullable<Plan['foundIn']>
): string =>
  `v${plain(targetVersion ?? '')} served until deployment ${plain(deploymentId)} shifted to v${plain(currentVersion)}, ${dateAndTime(at)}`
const row = (name: string, value: string): string => `  ${name.padEnd(10)} ${value}`

/** What is created before the release, as a line of the plan; none when everything is there. */
export function setUpFact(setUp: SetUp | undefined): string[] {
  if (!setUp) return []
  const { application, group, serviceRole } = setUp.group
  const what = setUp.withApplication ? `application ${plain(application)} and group` : 'group'
  return [row('set-up', `creates ${what} ${plain(group)}, with service role ${plain(serviceRole)}`)]
}

/** How the new version is tested, as a line of the plan; none when it is not. */
export function testsFact(tests: TestChoice | undefined): string[] {
  if (!tests) return []
  const { length } = tests.events
  const contains = tests.expected && shortened(JSON.stringify(tests.expected.value), 100)
  return [
    row(
      'tests',
      `${length} ${length === 1 ? 'event' : 'events'}, before any traffic moves${contains === undefined ? '' : `; each answer must contain ${plain(contains)}`}`
    )
  ]
}

/** By what the new version is judged, as far as it can be, as a line of the plan; none when nothing can stop it. */
function gateFact(
  { maxErrorRate, minInvocations, ifNoTraffic }: Gate,
  schedule: Schedule | undefined
): string[] {
  const parts: string[] = []
  if (maxErrorRate)
    parts.push(
      `at most ${maxErrorRate.percent}${maxErrorRate.isRelative ? ' points more errors than the version before' : '% errors of the new version'}${
        schedule && !errorsAreJudged(schedule)
          ? ', but the shift is too short to judge them in time'
          : `, judged from ${minInvocations} invocations on`
      }`
    )
  if (ifNoTraffic === 'fail')
    parts.push(`${absenceIsJudged(schedule) ? '' : 'not '}rolled back if nobody invokes the new version`)
  return parts.length > 0 ? [row('gate', parts.join('; '))] : []
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
