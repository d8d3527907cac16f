import { describe, expect, test } from '@jest/globals'
import type { Aws } from '../../simulator/aws.ts'
import { fault } from './incidents.ts'
import { type Play, type Played, play, release } from './play.ts'
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
