import {
  type AlarmType,
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  type DescribeAlarmHistoryCommandOutput,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandOutput,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand
} from '@aws-sdk/client-cloudwatch'
import { describe, expect, it, test } from '@jest/globals'
import { Policy } from '../../../simulator/identity/policy.ts'
import { requestHandler } from '../../../simulator/wire/handler.ts'
import { type Stage, stage } from '../stage.ts'

const MINUTE = 60_000
const arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:mails-errors'
const alarm = {
  AlarmName: 'mails-errors',
  Namespace: 'AWS/Lambda',
  MetricName: 'Errors',
  Statistic: 'Sum' as const,
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold' as const
}
const put = new PutMetricAlarmCommand({ ...alarm, Tags: [{ Key: 'team', Value: 'mails' }] })
const state = (StateValue: 'OK' | 'ALARM') =>
  new SetAlarmStateCommand({ AlarmName: 'mails-errors', StateValue, StateReason: 'by hand' })
const remove = new DeleteAlarmsCommand({ AlarmNames: ['mails-errors'] })

async function ask(on: Stage, ...commands: unknown[]): Promise<object> {
  const client = new CloudWatchClient({
    region: on.aws.region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: requestHandler(on.aws)
  })
  let last = {}
  for (const command of commands) {
    last = await on.clock.run(() => client.send(command as Parameters<typeof client.send>[0]))
    await on.clock.advance(MINUTE)
  }
  const { $metadata: _, ...answer } = last as { $metadata?: unknown }
  return answer
}

async function summaries(on: Stage, input = {}): Promise<unknown> {
  const history = new DescribeAlarmHistoryCommand({ AlarmName: 'mails-errors', ...input })
  const { AlarmHistoryItems = [] } = (await ask(on, history)) as {
    AlarmHistoryItems?: { HistorySummary: string }[]
  }
  return AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)
}

describe('the history of an alarm', () => {
  it('tells what was set and which states it had, the newest first, also when it is gone', async () => {
    const on = stage()
    await ask(on, put, state('OK'), state('OK'), state('ALARM'), put, remove)
    expect(await summaries(on)).toEqual([
      'Alarm "mails-errors" deleted',
      'Alarm "mails-errors" updated',
      'Alarm updated from OK to ALARM',
      'Alarm updated from INSUFFICIENT_DATA to OK',
      'Alarm "mails-errors" created'
    ])
  })

  it('is told in part: of one kind, of some time, in the other order, or page by page', async () => {
    const on = stage()
    const begun = on.clock.now()
    await ask(on, put, state('OK'), state('ALARM'))
    expect(await summaries(on, { HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending' })).toEqual([
      'Alarm updated from INSUFFICIENT_DATA to OK',
      'Alarm updated from OK to ALARM'
    ])
    expect(await summaries(on, { StartDate: new Date(begun + 1.5 * MINUTE) })).toEqual([
      'Alarm updated from OK to ALARM'
    ])
    const page = { AlarmName: 'mails-errors', MaxRecords: 2 }
    const first = (await ask(on, new DescribeAlarmHistoryCommand(page))) as { NextToken?: string }
    expect(await summaries(on, { ...page, NextToken: first.NextToken })).toEqual([
      'Alarm "mails-errors" created'
    ])
  })

  it('has the states as JSON', async () => {
    const on = stage()
    await ask(on, put, state('ALARM'))
    const history = new DescribeAlarmHistoryCommand({ AlarmName: 'mails-errors', MaxRecords: 1 })
    const { AlarmHistoryItems: [item] = [] } = (await ask(on, history)) as {
      AlarmHistoryItems?: { HistoryData: string }[]
    }
    expect(item).toMatchObject({ AlarmType: 'MetricAlarm', HistoryItemType: 'StateUpdate' })
    expect(JSON.parse(item?.HistoryData ?? '')).toEqual({
      version: '1.0',
      oldState: { stateValue: 'INSUFFICIENT_DATA', stateReason: 'Unchecked: Initial alarm creation' },
      newState: { stateValue: 'ALARM', stateReason: 'by hand' }
    })
  })
})

test('DescribeAlarms tells 50 alarms at a time, unless it is asked for another number', async () => {
  const on = stage()
  const { alarms } = on.aws
  for (let count = 1; count <= 60; count++) alarms.putMetricAlarm({ AlarmName: `many-${count}` })
  const pages: number[] = []
  for (const input of [{}, { NextToken: '50' }, { MaxRecords: 100 }]) {
    const command = new DescribeAlarmsCommand({ AlarmNamePrefix: 'many-', ...input })
    pages.push(((await ask(on, command)) as { MetricAlarms: unknown[] }).MetricAlarms.length)
  }
  expect(pages).toEqual([50, 10, 60])
})

describe('composite alarms', () => {
  const all: AlarmType[] = ['MetricAlarm', 'CompositeAlarm']
  const composite = new PutCompositeAlarmCommand({
    AlarmName: 'payments',
    AlarmRule: 'ALARM("payments-errors")'
  })
  const names = ({ MetricAlarms = [], CompositeAlarms = [] }: DescribeAlarmsCommandOutput) =>
    [MetricAlarms, CompositeAlarms].map(list => list.map(({ AlarmName }) => AlarmName))

  it.each<{ name: string; types?: AlarmType[]; told: string[][] }>([
    { name: 'no type: only metric alarms', told: [['payments-errors'], []] },
    { name: 'both', types: all, told: [['payments-errors'], ['payments']] },
    { name: 'composite alarms', types: ['CompositeAlarm'], told: [[], ['payments']] }
  ])('DescribeAlarms that asks for $name', async ({ types, told }) => {
    const on = stage()
    await ask(on, composite)
    const described = await ask(on, new DescribeAlarmsCommand({ ...(types && { AlarmTypes: types }) }))
    expect(names(described as DescribeAlarmsCommandOutput)).toEqual(told)
  })

  it('have a state and a history, and can be deleted', async () => {
    const on = stage()
    await ask(on, composite)
    await ask(
      on,
      new SetAlarmStateCommand({ AlarmName: 'payments', StateValue: 'ALARM', StateReason: 'by hand' })
    )
    expect(on.aws.alarms.state('payments')).toBe('ALARM')
    await ask(on, new DeleteAlarmsCommand({ AlarmNames: ['payments'] }))
    const told = (types?: AlarmType[]) =>
      ask(on, new DescribeAlarmHistoryCommand({ AlarmName: 'payments', ...(types && { AlarmTypes: types }) }))
    expect(await told()).toEqual({ AlarmHistoryItems: [] })
    const { AlarmHistoryItems: items = [] } = (await told(all)) as DescribeAlarmHistoryCommandOutput
    expect(items.map(({ AlarmType: type, HistorySummary }) => [type, HistorySummary])).toEqual([
      ['CompositeAlarm', 'Alarm "payments" deleted'],
      ['CompositeAlarm', 'Alarm updated from INSUFFICIENT_DATA to ALARM'],
      ['CompositeAlarm', 'Alarm "payments" created']
    ])
  })

  it('take no name of a metric alarm, nor the other way round', async () => {
    const on = stage()
    await ask(on, composite)
    const taken = [
      new PutCompositeAlarmCommand({ AlarmName: 'payments-errors', AlarmRule: 'TRUE' }),
      new PutMetricAlarmCommand({ ...alarm, AlarmName: 'payments' })
    ]
    for (const command of taken)
      await expect(ask(on, command)).rejects.toMatchObject({ name: 'ValidationException' })
  })
})

describe('DeleteAlarms', () => {
  it('deletes what exists, and says that something does not', async () => {
    const on = stage()
    const both = new DeleteAlarmsCommand({ AlarmNames: ['nobody', 'payments-errors'] })
    await expect(ask(on, both)).rejects.toMatchObject({ name: 'ResourceNotFound' })
    expect(await ask(on, new DescribeAlarmsCommand({}))).toEqual({ MetricAlarms: [], CompositeAlarms: [] })
  })

  it('needs a permission on each alarm', async () => {
    const on = stage()
    on.aws.permissions.policy = new Policy({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'cloudwatch:*', Resource: arn }]
    })
    const another = new DeleteAlarmsCommand({ AlarmNames: ['payments-errors'] })
    await expect(ask(on, another)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })
})

describe('tags of an alarm', () => {
  const list = new ListTagsForResourceCommand({ ResourceARN: arn })

  it('come with a new alarm only, are no part of it, and can be changed', async () => {
    const on = stage()
    const again = new PutMetricAlarmCommand({ ...alarm, Tags: [{ Key: 'late', Value: 'yes' }] })
    const add = new TagResourceCommand({
      ResourceARN: arn,
      Tags: [
        { Key: 'team', Value: 'post' },
        { Key: 'stage', Value: 'live' }
      ]
    })
    const drop = new UntagResourceCommand({ ResourceARN: arn, TagKeys: ['stage', 'unknown'] })
    expect(await ask(on, put, again, list)).toEqual({ Tags: [{ Key: 'team', Value: 'mails' }] })
    expect(await ask(on, add, drop, list)).toEqual({ Tags: [{ Key: 'team', Value: 'post' }] })
    const { MetricAlarms: [described] = [] } = on.aws.alarms.describeAlarms({ AlarmNames: ['mails-errors'] })
    expect(described).not.toHaveProperty('Tags')
  })

  test.each([
    { name: 'an alarm that is not there', arn, error: 'ResourceNotFoundException' },
    {
      name: 'what is no alarm',
      arn: 'arn:aws:cloudwatch::123456789012:dashboard/mails',
      error: 'InvalidParameterValueException'
    }
  ])('are refused for $name', async ({ arn: ResourceARN, error }) => {
    await expect(ask(stage(), new ListTagsForResourceCommand({ ResourceARN }))).rejects.toMatchObject({
      name: error
    })
  })
})
