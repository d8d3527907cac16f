import { count, flag, listOf, type Operation, type Shape, structure, text } from '../wire/shapes.ts'

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
  Dimensions: listOf(structure('Dimension', { Name: any, Value: any })),
  Period: count(),
  Unit: any,
  EvaluationPeriods: count(),
  DatapointsToAlarm: count(),
  Threshold: count({ fraction: true }),
  ComparisonOperator: any,
  TreatMissingData: any,
  EvaluateLowSampleCountPercentile: any,
  Tags: listOf(structure('Tag', { Key: any, Value: any })),
  ThresholdMetricId: any
}

export const cloudwatchOperations: readonly Operation[] = [
  { name: 'PutMetricAlarm', input: structure('PutMetricAlarmInput', { AlarmName: any, ...metric }) },
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
    name: 'DescribeAlarms',
    input: structure('DescribeAlarmsInput', {
      AlarmNames: listOf(any),
      AlarmNamePrefix: any,
      AlarmTypes: listOf(any),
      ChildrenOfAlarmName: any,
      ParentsOfAlarmName: any,
      StateValue: any,
      ActionPrefix: any,
      MaxRecords: count(),
      NextToken: any
    })
  }
]
