import { describe, expect, test } from '@jest/globals'
import type { Plan } from '../../src/plan/plan.ts'
import { planText } from '../../src/report/planning.ts'

const deployment: Plan['deployment'] = {
  application: 'payments',
  group: 'payments-live',
  description: 'acme/payments@1a2b3c4 run 4711.1',
  alarms: 'group',
  rollback: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']
}
const plan = (over: Partial<Plan> = {}): Plan => ({
  functionName: 'payments-api',
  alias: 'live',
  currentVersion: '7',
  targetVersion: '8',
  hooks: {},
  configuration: { name: 'CodeDeployDefault.LambdaCanary10Percent5Minutes', mayCreate: false },
  strategy: { type: 'TimeBasedCanary', percentage: 10, minutes: 5 },
  deployment,
  alarms: [],
  rollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
  ...over
})
const { rollbackEvents: _, ...rollbackUnknown } = plan()
const code = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE='

describe('the plan', () => {
  test('has one line for each fact', () => {
    const whole = plan({
      hooks: { BeforeAllowTraffic: 'CodeDeployHook_before', AfterAllowTraffic: 'after' },
      alarms: ['payments-errors', 'payments-latency']
    })
    const { title, glance, facts } = planText(whole, 'eu-west-1', { waitMs: 15 * 60_000, codeSha256: code })
    expect([title, glance, ...facts]).toEqual([
      'Plan for payments-api:live in eu-west-1',
      'v7 → v8; 10%, then all after 5 minutes',
      '  traffic    v7 → v8',
      '  strategy   CodeDeployDefault.LambdaCanary10Percent5Minutes: 10%, then all after 5 minutes; 5m 00s in all',
      '  group      payments / payments-live',
      '  hooks      BeforeAllowTraffic CodeDeployHook_before, AfterAllowTraffic after',
      '  alarms     payments-errors, payments-latency (of the group)',
      '  rollback   on failure, on an alarm, when stopped',
      '  wait       at most 15m 00s'
    ])
  })

  test.each<{ name: string; plan: Plan; line: string }>([
    {
      name: 'says what would be published',
      plan: plan({ targetVersion: undefined }),
      line: '  traffic    v7 → $LATEST, published (code Zm9vYmFyYmF6…)'
    },
    {
      name: 'says where the previous version was found',
      plan: plan({
        currentVersion: '8',
        targetVersion: '7',
        foundIn: { deploymentId: 'd-1', at: Date.parse('2026-11-20T14:05:59Z') }
      }),
      line: '  previous   v7 served until deployment d-1 shifted to v8, 2026-11-20 14:05 UTC'
    },
    {
      name: 'says how the version is tested',
      plan: plan({ tests: { events: [{ name: 'the test event', payload: '{}' }] } }),
      line: '  tests      1 event, before any traffic moves'
    },
    {
      name: 'says what each answer must contain, in one line and not at any length',
      plan: plan({
        tests: {
          events: [
            { name: 'test event 1 of 2', payload: '1' },
            { name: 'test event 2 of 2', payload: '2' }
          ],
          expected: { value: { body: `\n${'very '.repeat(30)}long` } }
        }
      }),
      line: `  tests      2 events, before any traffic moves; each answer must contain {"body":"\\n${'very '.repeat(17)}very…`
    },
    {
      name: 'says when CodeDeploy chooses how traffic moves',
      plan: plan({ configuration: undefined, strategy: undefined }),
      line: '  strategy   chosen by CodeDeploy'
    },
    {
      name: 'says that a strategy is created first',
      plan: plan({
        configuration: { name: 'Linear50PercentEvery1Minute', mayCreate: true },
        strategy: { type: 'TimeBasedLinear', percentage: 50, minutes: 1 },
        deployment: {
          ...deployment,
          configuration: 'Linear50PercentEvery1Minute',
          creates: {
            name: 'Linear50PercentEvery1Minute',
            strategy: { type: 'TimeBasedLinear', percentage: 50, minutes: 1 }
          }
        }
      }),
      line: '  strategy   Linear50PercentEvery1Minute: 50% more every 1 minute; 1m 00s in all (created first)'
    },
    {
      name: 'gives no duration for a strategy that takes no time',
      plan: plan({ configuration: { name: 'X', mayCreate: false }, strategy: { type: 'AllAtOnce' } }),
      line: '  strategy   X: all traffic at once'
    },
    { name: 'says that there are no hooks', plan: plan(), line: '  hooks      none' },
    { name: 'says that there are no alarms', plan: plan(), line: '  alarms     none' },
    {
      name: 'says that alarms are ignored',
      plan: plan({ deployment: { ...deployment, alarms: 'none' } }),
      line: '  alarms     ignored for this deployment'
    },
    {
      name: "says that alarms replace the group's",
      plan: plan({
        deployment: { ...deployment, alarms: { names: ['a'], ignorePollFailure: false } },
        alarms: ['a']
      }),
      line: "  alarms     a (instead of the group's)"
    },
    {
      name: 'says that nothing rolls back',
      plan: plan({ rollbackEvents: [] }),
      line: '  rollback   never automatically'
    },
    {
      name: "says that the group's rollback is not known",
      plan: rollbackUnknown,
      line: '  rollback   as set in the group'
    },
    {
      name: 'says that rollback is left to the group',
      plan: plan({
        deployment: { ...deployment, rollback: 'group' },
        rollbackEvents: ['DEPLOYMENT_FAILURE']
      }),
      line: '  rollback   on failure (of the group)'
    }
  ])('$name', ({ plan: of, line }) => {
    expect(planText(of, 'eu-west-1', { codeSha256: code }).facts).toContain(line)
  })

  test('does not mention a wait when there is none', () => {
    expect(
      planText(plan(), 'eu-west-1', { codeSha256: code }).facts.filter(line => line.includes('wait'))
    ).toEqual([])
  })
})
