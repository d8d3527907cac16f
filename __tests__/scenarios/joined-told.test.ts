/** A deployment that was joined is told as it is, and not as this step would have made it. */
import { describe, expect, test } from '@jest/globals'
import { hooks, later } from './incidents.ts'
import { type Inputs, type Play, play } from './play.ts'
import { type Running, running, to6 } from './running.ts'

describe('it is told as it is', () => {
  const warningsOf = async (inputs: Inputs, other: Running, setting?: Play['setting']) => {
    const played = await play({
      inputs: { ...to6, 'codedeploy-deployment-config': 'Canary10Percent30Minutes', ...inputs },
      before: running(other),
      ...(setting && { setting })
    })
    expect(played.outputs.outcome).toBe('succeeded')
    const id = played.outputs['deployment-id'] ?? ''
    return {
      log: played.log.join('\n'),
      warnings: played.annotations
        .filter(({ level }) => level === 'warning')
        .map(({ message }) => message.replaceAll(id, 'd-1'))
    }
  }
  const differs = 'Deployment d-1 was started earlier and differs from what this step asks for:'
  const before = { BeforeAllowTraffic: 'CodeDeployHook_before' }

  test('hooks that it does not have are not told as run', async () => {
    const { log, warnings } = await warningsOf(hooks, {})
    expect(log).not.toMatch(/(Before|After)AllowTraffic {2,}/)
    expect(warnings).toEqual([
      `${differs} BeforeAllowTraffic hook none instead of CodeDeployHook_before; AfterAllowTraffic hook none instead of CodeDeployHook_after.`
    ])
  })

  test('hooks that it has are', async () => {
    const { log } = await warningsOf({}, { hooks: before })
    expect(log).toMatch(/BeforeAllowTraffic +CodeDeployHook_before/)
  })

  const rows: { name: string; inputs: Inputs; other: Running; warnings: string[] }[] = [
    { name: 'the same in all', inputs: {}, other: {}, warnings: [] },
    {
      name: 'the same hook, by ARN and by name',
      inputs: {
        'before-allow-traffic-hook': 'arn:aws:lambda:eu-west-1:123456789012:function:CodeDeployHook_before'
      },
      other: { hooks: before },
      warnings: []
    },
    {
      name: "the group's alarms, asked for by name",
      inputs: { alarms: 'payments-errors' },
      other: {},
      warnings: []
    },
    { name: 'the same alarms of its own', inputs: {}, other: { alarms: ['payments-errors'] }, warnings: [] },
    {
      name: 'no alarms',
      inputs: {},
      other: { alarms: [] },
      warnings: [`${differs} alarms none instead of payments-errors.`]
    },
    {
      name: 'another strategy',
      inputs: {},
      other: { configuration: 'LambdaAllAtOnce' },
      warnings: [`${differs} all traffic at once instead of 10%, then all after 30 minutes.`]
    },
    {
      name: 'fewer rollback events',
      inputs: {},
      other: { events: ['DEPLOYMENT_FAILURE'] },
      warnings: [
        `${differs} rollback events DEPLOYMENT_FAILURE instead of DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM, DEPLOYMENT_STOP_ON_REQUEST.`
      ]
    }
  ]
  test.each(rows)('$name', async ({ inputs, other, warnings }) => {
    expect((await warningsOf(inputs, other)).warnings).toEqual(warnings)
  })

  test("its group's alarms are in force when it has none of its own, and are named when one goes off", async () => {
    const played = await play({
      inputs: to6,
      before: (aws, clock, cancel) => {
        running()(aws)
        later(2, aws =>
          aws.alarms.setAlarmState({
            AlarmName: 'payments-errors',
            StateValue: 'ALARM',
            StateReason: 'errors'
          })
        )(aws, clock, cancel)
      }
    })
    expect([played.outputs.outcome, played.outputs['error-code']]).toEqual(['rolled-back', 'ALARM_ACTIVE'])
    expect(played.log.join('\n')).toContain('payments-errors')
    expect(played.summary).toContain('payments-errors')
  })
})
