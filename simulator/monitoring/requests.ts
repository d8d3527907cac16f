import {
  count,
  flag,
  listOf,
  type Operation,
  type Shape,
  structure,
  text,
  timestamp
} from '../wire/shapes.ts'

/** Requests of CloudWatch Logs and of CloudWatch. */
const any = text()

export const logsOperations: readonly Operation[] = [
  {
    name: 'FilterLogEvents',
    input: structure('FilterLogEventsRequest', {
      logGroupName: any,
      logGroupIdentifier: any,
      logStreamNames: listOf(any),
      logStreamNamePrefix: any,
      startTime: count(),
      endTime: count(),
      filterPattern: any,
      nextToken: any,
      limit: count(),
      startFromHead: flag,
      interleaved: flag,
      unmask: flag
    })
  }
]

const number = count({ fraction: true })
const dimensions = listOf(structure('Dimension', { Name: any, Value: any }, ['Name', 'Value']), { max: 30 })

const resource = text({ min: 1, max: 1024 })
const tag = structure('Tag', { Key: text({ min: 1, max: 128 }), Value: text({ max: 256 }) }, ['Key', 'Value'])

const metric: Record<string, Shape> = {
  AlarmDescription: any,
  ActionsEnabled: flag,
  OKActions: listOf(any),
  AlarmActions: listOf(any),
  InsufficientDataActions: listOf(any),
  MetricName: any,
  Namespace: any,
  Statistic: any,
  ExtendedStatistic: any,
  Dimensions: dimensions,
  Period: count(),
  Unit: any,
  EvaluationPeriods: count(),
  DatapointsToAlarm: count(),
  Threshold: count({ fraction: true }),
  ComparisonOperator: any,
  TreatMissingData: any,
  EvaluateLowSampleCountPercentile: any,
  Tags: listOf(tag),
  ThresholdMetricId: any
}

const query = structure(
  'MetricDataQuery',
  {
    Id: text({ min: 1, max: 255, pattern: /^[a-z][a-zA-Z0-9_]*$/ }),
    MetricStat: structure(
      'MetricStat',
      {
        Metric: structure('Metric', {
          Namespace: any,
          MetricName: any,
          Dimensions: dimensions
        }),
        Period: count({ min: 1 }),
        Stat: any,
        Unit: any
      },
      ['Metric', 'Period', 'Stat']
    ),
    Expression: any,
    Label: any,
    ReturnData: flag,
    Period: count({ min: 1 }),
    AccountId: any
  },
  ['Id']
)

const datum = structure(
  'MetricDatum',
  {
    MetricName: text({ min: 1, max: 255 }),
    Dimensions: dimensions,
    Timestamp: timestamp,
    Value: number,
    StatisticValues: structure('StatisticSet', {
      SampleCount: number,
      Sum: number,
      Minimum: number,
      Maximum: number
    }),
    Values: listOf(number),
    Counts: listOf(number),
    Unit: any,
    StorageResolution: count()
  },
  ['MetricName']
)

export const cloudwatchOperations: readonly Operation[] = [
  { name: 'PutMetricAlarm', input: structure('PutMetricAlarmInput', { AlarmName: any, ...metric }) },
  {
    name: 'PutCompositeAlarm',
    input: structure(
      'PutCompositeAlarmInput',
      {
        ActionsEnabled: flag,
        AlarmActions: listOf(any),
        AlarmDescription: any,
        AlarmName: any,
        AlarmRule: any,
        InsufficientDataActions: listOf(any),
        OKActions: listOf(any),
        Tags: listOf(tag),
        ActionsSuppressor: any,
        ActionsSuppressorWaitPeriod: count(),
        ActionsSuppressorExtensionPeriod: count()
      },
      ['AlarmName', 'AlarmRule']
    )
  },
  {
    name: 'SetAlarmState',
    input: structure('SetAlarmStateInput', {
      AlarmName: any,
      StateValue: any,
      StateReason: any,
      StateReasonData: any
    })
  },
  {
    name: 'PutMetricData',
    input: structure(
      'PutMetricDataInput',
      { Namespace: text({ min: 1, max: 255, pattern: /^[^:].*$/ }), MetricData: listOf(datum) },
      ['Namespace']
    )
  },
  {
    name: 'GetMetricData',
    input: structure(
      'GetMetricDataInput',
      {
        MetricDataQueries: listOf(query, { max: 500 }),
        StartTime: timestamp,
        EndTime: timestamp,
        NextToken: any,
        ScanBy: text({ oneOf: ['TimestampDescending', 'TimestampAscending'] }),
        MaxDatapoints: count(),
        LabelOptions: structure('LabelOptions', { Timezone: any })
      },
      ['MetricDataQueries', 'StartTime', 'EndTime']
    )
  },
  {
    name: 'DescribeAlarms',
    input: structure('DescribeAlarmsInput', {
      AlarmNames: listOf(any, { max: 100 }),
      AlarmNamePrefix: any,
      AlarmTypes: listOf(text({ oneOf: ['CompositeAlarm', 'LogAlarm', 'MetricAlarm'] })),
      ChildrenOfAlarmName: any,
      ParentsOfAlarmName: any,
      StateValue: any,
      ActionPrefix: any,
      MaxRecords: count({ min: 1, max: 100 }),
      NextToken: any
    })
  },
  {
    name: 'DeleteAlarms',
    input: structure('DeleteAlarmsInput', { AlarmNames: listOf(any, { max: 100 }) }, ['AlarmNames'])
  },
  {
    name: 'DescribeAlarmHistory',
    input: structure('DescribeAlarmHistoryInput', {
      AlarmName: any,
      AlarmContributorId: any,
      AlarmTypes: listOf(text({ oneOf: ['CompositeAlarm', 'MetricAlarm'] })),
      HistoryItemType: any,
      StartDate: timestamp,
      EndDate: timestamp,
      MaxRecords: count({ min: 1, max: 100 }),
      NextToken: any,
      ScanBy: text({ oneOf: ['TimestampDescending', 'TimestampAscending'] })
    })
  },
  {
    name: 'ListTagsForResource',
    input: structure('ListTagsForResourceInput', { ResourceARN: resource }, ['ResourceARN'])
  },
  {
    name: 'TagResource',
    input: structure('TagResourceInput', { ResourceARN: resource, Tags: listOf(tag) }, [
      'ResourceARN',
      'Tags'
    ])
  },
  {
    name: 'UntagResource',
    input: structure('UntagResourceInput', { ResourceARN: resource, TagKeys: listOf(any) }, [
      'ResourceARN',
      'TagKeys'
    ])
  }
]
