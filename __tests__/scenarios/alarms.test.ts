import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { alarmGoesOff, fault, later } from './incidents.ts'
import { type Play, type Played, play, release } from './play.ts'
import { running } from './running.ts'
import { asked } from './services.ts'

const warnings = ({ annotations }: Played): string[] =>
  annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)

const watches =
  (...dimensions: [Name: string, Value: string][]): NonNullable<Play['before']> =>
  (aws: Aws) =>
    void aws.alarms.putMetricAlarm({
      AlarmName: 'payments-errors',
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value }))
    })

describe('the alarms of the group', () => {
  test('on the whole function: the step warns in one line, and releases', async () => {
    const played = await play({ before: watches(['FunctionName', 'payments-api']) })
    expect(played.outputs.outcome).toBe('succeeded')
    expect(warnings(played)).toEqual([
      'Alarm payments-errors watches all calls of payments-api, so it also goes off for errors of the version before. docs/canary.md has an alarm that works.'
    ])
  })

  test('on another alias: the step warns, and releases', async () => {
    const before = watches(['FunctionName', 'payments-api'], ['Resource', 'payments-api:beta'])
    const played = await play({ before })
    expect([played.outputs.outcome, warnings(played)]).toEqual([
      'succeeded',
      [
        'Alarm payments-errors watches payments-api:beta, not the calls through alias live. docs/canary.md has an alarm that works.'
      ]
    ])
  })

  test('in metric math are seen as well', async () => {
    const metric = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/Lambda',
          MetricName,
          Dimensions: [
            { Name: 'FunctionName', Value: 'payments-api' },
            { Name: 'Resource', Value: 'payments-api:8' }
          ]
        },
        Period: 60,
        Stat: 'Sum'
      }
    })
    const played = await play({
      before: aws =>
        void aws.alarms.putMetricAlarm({
          AlarmName: 'payments-errors',
          Metrics: [
            metric('errors', 'Errors'),
            metric('calls', 'Invocations'),
            { Id: 'rate', Expression: '100 * errors / calls' }
          ]
        })
    })
    expect(warnings(played)).toEqual([expect.stringContaining('watches payments-api:8, which stays empty')])
  })

  test('that are right take one request and no word', async () => {
    const before = watches(
      ['FunctionName', 'payments-api'],
      ['Resource', 'payments-api:live'],
      ['ExecutedVersion', '8']
    )
    const played = await play({ before })
    expect(warnings(played)).toEqual([])
    expect(asked(played.aws, 'DescribeAlarms')).toHaveLength(1)
  })

  test('that are ignored are not asked for', async () => {
    const played = await play({ inputs: { ...release, alarms: 'none' } })
    expect(asked(played.aws, 'DescribeAlarms')).toEqual([])
  })

  test.each(['accessDenied', 'throttle', 'html', 'emptyJson'] as const)(
    'that cannot be read (%s) change nothing',
    async kind => {
      const played = await play({ before: fault({ operation: 'DescribeAlarms', kind, times: 99 }) })
      expect([played.outputs.outcome, warnings(played)]).toEqual(['succeeded', []])
    }
  )

  test('that are never described hold up nothing', async () => {
    const slow = fault({ operation: 'DescribeAlarms', kind: 'slow', times: 99, ms: 15_000 })
    const [played, usual] = [await play({ before: slow }), await play()]
    expect(played.outputs.outcome).toBe('succeeded')
    expect(Math.abs(played.endedAt - usual.endedAt)).toBeLessThan(1_000)
  })
})

const notFound = (name: string, isList = false): string =>
  `Alarm ${name} is not among the metric and composite alarms that the role may see in this account and region, so it may stop nothing${isList ? ': alarms takes one name a line, and a comma is part of a name' : ''}. docs/canary.md has an alarm that works.`
const newGroup = { 'codedeploy-service-role': 'arn:aws:iam::123456789012:role/CodeDeployLambda' }

describe('an alarm that does not exist', () => {
  test.each<{ name: string; play: Play; outcome: string; warns: string[] }>([
    {
      name: 'of the group',
      play: { setting: { alarm: 'missing' } },
      outcome: 'succeeded',
      warns: [notFound('payments-errors')]
    },
    {
      name: 'with a name that was mistyped',
      play: { inputs: { ...release, alarms: 'payment-errors' } },
      outcome: 'succeeded',
      warns: [notFound('payment-errors')]
    },
    {
      name: 'whose name is a list with commas, while an alarm of the list goes off',
      play: {
        inputs: { ...release, alarms: 'payments-errors, payments-slow' },
        before: later(1, alarmGoesOff)
      },
      outcome: 'succeeded',
      warns: [notFound('payments-errors, payments-slow', true)]
    },
    {
      name: 'in a plan',
      play: { inputs: { ...release, alarms: 'payment-errors', 'dry-run': 'true' } },
      outcome: 'planned',
      warns: [notFound('payment-errors')]
    },
    {
      name: 'of a group that is created',
      play: {
        inputs: { ...release, ...newGroup, alarms: 'payment-errors' },
        setting: { codedeploy: 'nothing' }
      },
      outcome: 'succeeded',
      warns: [notFound('payment-errors')]
    },
    {
      name: 'of a group that is created with the alias',
      play: {
        inputs: { ...release, ...newGroup, alarms: 'payment-errors' },
        setting: { codedeploy: 'nothing', alias: 'missing' }
      },
      outcome: 'created',
      warns: [notFound('payment-errors')]
    }
  ])('$name: the step warns, and goes on', async ({ play: scene, outcome, warns }) => {
    const played = await play(scene)
    expect([played.outputs.outcome, warnings(played)]).toEqual([outcome, warns])
  })

  test('stops the deployment: the error does not say that it went off', async () => {
    const played = await play({
      inputs: { ...release, alarms: 'payment-errors' },
      uncertain: { missingAlarm: 'stops' }
    })
    expect([played.outputs.outcome, played.outputs['error-code']]).toEqual(['rolled-back', 'ALARM_ACTIVE'])
    expect(played.annotations.find(({ level }) => level === 'error')?.message.split('\n')).toEqual([
      'payments-api:live was rolled back and serves v7 as before.',
      'Why:  CodeDeploy stopped the deployment because of alarm payment-errors, which was not found when the release began. (ALARM_ACTIVE)',
      expect.stringMatching(/^AWS: {2}.* Activated alarms: <payment-errors>$/),
      'Next: Correct the name, in alarms or in the deployment group, or create the alarm, then release again. If there is one by now, look at it, and at the errors of version 8. To release without it, set alarms: none.'
    ])
  })

  test('of a group that is created with the alias is the only thing that is said of its alarms', async () => {
    const played = await play({
      inputs: { ...release, ...newGroup, alarms: 'payments-errors' },
      setting: { codedeploy: 'nothing', alias: 'missing', alarm: 'ALARM' }
    })
    expect([played.outputs.outcome, warnings(played)]).toEqual(['created', []])
  })
})

describe('two alarms', () => {
  const goOff =
    (...names: string[]): NonNullable<Play['before']> =>
    aws => {
      for (const AlarmName of names) aws.alarms.putMetricAlarm({ AlarmName })
      for (const AlarmName of names)
        aws.alarms.setAlarmState({ AlarmName, StateValue: 'ALARM', StateReason: 'errors' })
    }
  const inputs = { ...release, alarms: 'a-5xx\nb-errors' }

  test.each<{ name: string; scene: Play; why: string }>([
    {
      name: 'that both go off are both named',
      scene: { inputs, before: goOff('a-5xx', 'b-errors') },
      why: 'Alarms a-5xx, b-errors went off, so CodeDeploy stopped the deployment. (ALARM_ACTIVE)'
    },
    {
      name: 'the last of which does not exist: the error names the other',
      scene: { inputs, before: goOff('a-5xx'), uncertain: { missingAlarm: 'stops' } },
      why: 'Alarm a-5xx went off, so CodeDeploy stopped the deployment. (ALARM_ACTIVE)'
    }
  ])('$name', async ({ scene, why }) => {
    const played = await play(scene)
    expect(played.annotations.find(({ level }) => level === 'error')?.message.split('\n')).toEqual([
      'payments-api:live was rolled back and serves v7 as before.',
      `Why:  ${why}`,
      expect.stringMatching(/^AWS: {2}.* Activated alarms: <a-5xx> <b-errors>$/),
      'Next: Look at the alarm and at the errors of version 8, fix the code, then release again. An alarm that was already on stops every deployment: to release a fix past it, set alarms: none.'
    ])
    expect(played.summary).toMatch(/\*\*Look at\*\* alarm [^·]*<code>a-5xx<\/code>/)
  })
})

describe('a composite alarm', () => {
  const composite: NonNullable<Play['before']> = aws =>
    void aws.alarms.putCompositeAlarm({ AlarmName: 'payments', AlarmRule: 'ALARM("payments-errors")' })
  const inputs = { ...release, alarms: 'payments' }

  test('exists', async () => {
    expect(warnings(await play({ inputs, before: composite }))).toEqual([])
  })

  test('that is on stops the deployment, as the step warns', async () => {
    const played = await play({
      inputs,
      before: (...given) => {
        composite(...given)
        given[0].alarms.setAlarmState({ AlarmName: 'payments', StateValue: 'ALARM', StateReason: 'errors' })
      }
    })
    expect([played.outputs.outcome, warnings(played)]).toEqual([
      'rolled-back',
      [
        'Alarm payments is on before the release begins, so CodeDeploy will stop the deployment. docs/canary.md has an alarm that works.'
      ]
    ])
  })
})

describe('a group that was busy at first', () => {
  const isOn =
    'Alarm payments-errors is on before the release begins, so CodeDeploy will stop the deployment. docs/canary.md has an alarm that works.'
  const brief = running({ configuration: 'LambdaCanary10Percent5Minutes', alarms: [] })

  test.each<{ policy: string; name: string; goesOff: NonNullable<Play['before']> }>([
    { policy: 'replace', name: 'replaced', goesOff: alarmGoesOff },
    { policy: 'wait', name: 'waited for', goesOff: alarmGoesOff },
    {
      policy: 'wait',
      name: 'waited for, while the alarm goes off',
      goesOff: later(3, alarmGoesOff)
    }
  ])('and is $name: the step warns of the alarm that is on', async ({ policy, goesOff }) => {
    const played = await play({
      inputs: { ...release, 'if-in-progress': policy },
      before: (...given) => {
        brief(given[0])
        goesOff(...given)
      }
    })
    expect([played.outputs.outcome, played.outputs['error-code'], warnings(played)]).toEqual([
      'rolled-back',
      'ALARM_ACTIVE',
      [isOn]
    ])
    expect(asked(played.aws, 'DescribeAlarms')).toHaveLength(1)
  })

  test('an alarm that does not exist is known by the end, though the deployment is created before the answer', async () => {
    const played = await play({
      inputs: { ...release, 'if-in-progress': 'replace', alarms: 'payment-errors' },
      before: (...given) => {
        brief(given[0])
        fault({ operation: 'DescribeAlarms', kind: 'slow', times: 1, ms: 4_000 })(...given)
      },
      uncertain: { missingAlarm: 'stops' }
    })
    expect(warnings(played)).toEqual([notFound('payment-errors')])
    expect(played.annotations.find(({ level }) => level === 'error')?.message).toContain(
      'because of alarm payment-errors, which was not found when the release began'
    )
  })

  test.each(['accessDenied', 'throttle', 'slow'] as const)(
    'alarms that cannot be read (%s) change nothing',
    async kind => {
      const inputs = { ...release, 'if-in-progress': 'replace' }
      const scene = (unread: boolean): Play => ({
        inputs,
        before: (...given) => {
          brief(given[0])
          if (unread) fault({ operation: 'DescribeAlarms', kind, times: 99, ms: 15_000 })(...given)
        }
      })
      const [played, usual] = [await play(scene(true)), await play(scene(false))]
      expect([played.outputs.outcome, warnings(played)]).toEqual(['succeeded', []])
      expect(Math.abs(played.endedAt - usual.endedAt)).toBeLessThan(1_000)
    }
  )
})
