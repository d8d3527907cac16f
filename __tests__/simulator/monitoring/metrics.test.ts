import { CloudWatchClient, GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch'
import { InvokeCommand, PublishVersionCommand } from '@aws-sdk/client-lambda'
import { describe, expect, it, test } from '@jest/globals'
import { Policy } from '../../../simulator/identity/policy.ts'
import { requestHandler } from '../../../simulator/wire/handler.ts'
import { type Stage, type StageOptions, stage } from '../stage.ts'

const minute = 60_000

/** 14:00, when the stage begins; alias live gets 200 calls a minute. */
interface Metered extends Stage {
  cloudwatch: CloudWatchClient
  start: number
}

function metered(options: StageOptions = {}): Metered {
  const on = stage(options)
  const cloudwatch = new CloudWatchClient({
    region: on.aws.region,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: requestHandler(on.aws)
  })
  return { ...on, cloudwatch, start: on.clock.now() }
}

interface Asked {
  metric?: string
  stat?: string
  dimensions?: Record<string, string>
  period?: number
}

const ofVersion = (version: string) => ({
  FunctionName: 'payments-api',
  Resource: 'payments-api:live',
  ExecutedVersion: version
})

const query = (
  id: string,
  { metric = 'Invocations', stat = 'Sum', dimensions = ofVersion('7'), period = 60 }: Asked
) => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/Lambda',
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
    },
    Period: period,
    Stat: stat
  }
})

/** The points of one series from the start until now, oldest first, by minutes since the start. */
async function points(on: Metered, asked: Asked = {}): Promise<Record<string, number | undefined>> {
  const result = await on.clock.run(() =>
    on.cloudwatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [query('a', asked)],
        StartTime: new Date(on.start),
        EndTime: new Date(on.clock.now() + minute)
      })
    )
  )
  return pointsOf(on, result.MetricDataResults?.[0])
}

const pointsOf = (on: Metered, { Timestamps = [], Values = [] }: MetricDataResult = { Timestamps: [] }) =>
  Object.fromEntries(Timestamps.map((at, index) => [(at.getTime() - on.start) / minute, Values[index]]))

test('CloudWatch may stand still for a while, and then has all that it lacked', async () => {
  const on = metered({ uncertain: { metricsLateMs: 0 } })
  on.aws.metrics.standstill = { from: on.start + 2 * minute, to: on.start + 5 * minute }
  await on.clock.advance(4 * minute)
  const meanwhile = await points(on)
  await on.clock.advance(minute)
  expect([meanwhile, await points(on)]).toEqual([
    { 0: 200, 1: 200 },
    { 0: 200, 1: 200, 2: 200, 3: 200, 4: 200 }
  ])
})

describe('the calls of each version', () => {
  test('follow the weights of the alias, minute by minute', async () => {
    const on = metered({ uncertain: { metricsLateMs: 0 } })
    await on.clock.run(() => on.lambda.send(new PublishVersionCommand({ FunctionName: 'payments-api' })))
    await on.clock.advance(on.start + minute - on.clock.now())
    const shift = (weight: number) =>
      on.aws.lambda.updateAlias({
        FunctionName: 'payments-api',
        Name: 'live',
        FunctionVersion: '7',
        RoutingConfig: { AdditionalVersionWeights: { 8: weight } }
      })
    shift(0.1)
    await on.clock.advance(minute)
    shift(0.5)
    await on.clock.advance(minute)
    expect(await points(on)).toEqual({ 0: 200, 1: 180, 2: 100 })
    expect(await points(on, { dimensions: ofVersion('8') })).toEqual({ 1: 20, 2: 100 })
    expect(await points(on, { dimensions: { FunctionName: 'payments-api' } })).toEqual({
      0: 200,
      1: 200,
      2: 200
    })
  })

  test.each([
    {
      name: 'the function, whoever is called',
      dimensions: { FunctionName: 'payments-api' },
      is: { 0: 230, 1: 230 }
    },
    {
      name: 'the alias',
      dimensions: { FunctionName: 'payments-api', Resource: 'payments-api:live' },
      is: { 0: 200, 1: 200 }
    },
    {
      name: 'a version that is only called through the alias',
      dimensions: { FunctionName: 'payments-api', Resource: 'payments-api:7' },
      is: {}
    },
    { name: 'the executed version', dimensions: ofVersion('7'), is: { 0: 200, 1: 200 } },
    { name: 'a version that was not executed', dimensions: ofVersion('6'), is: {} },
    {
      name: 'an executed version with a dimension too many',
      dimensions: { ...ofVersion('7'), Region: 'eu-west-1' },
      is: {}
    },
    { name: 'all functions of the account', dimensions: {}, is: { 0: 290, 1: 290 } }
  ])('series of $name', async ({ dimensions, is }) => {
    const on = metered({ uncertain: { metricsLateMs: 0 }, setting: { clients: { latest: 30 } } })
    await on.clock.advance(2 * minute)
    expect(await points(on, { dimensions })).toEqual(is)
  })

  test('fail at the rate of the version, and take as long', async () => {
    const clients = { live: 50, errors: { 7: 0.2 }, p95: { 7: 340 } }
    const on = metered({ uncertain: { metricsLateMs: 0 }, setting: { clients } })
    await on.clock.advance(2 * minute)
    expect(await points(on, { metric: 'Errors' })).toEqual({ 0: 10, 1: 10 })
    expect(await points(on, { metric: 'Duration', stat: 'p95' })).toEqual({ 0: 340, 1: 340 })
  })

  test('include those that are really made', async () => {
    const on = metered({ uncertain: { metricsLateMs: 0 }, setting: { clients: { live: 0 } } })
    await on.clock.run(async () => {
      for (let call = 0; call < 3; call++)
        await on.lambda.send(new InvokeCommand({ FunctionName: 'payments-api', Qualifier: 'live' }))
    })
    await on.clock.advance(minute)
    expect(await points(on)).toEqual({ 0: 3 })
  })
})

describe('a point', () => {
  test('is not there when nothing was called', async () => {
    const on = metered({ uncertain: { metricsLateMs: 0 }, setting: { clients: { live: 0 } } })
    await on.clock.advance(2 * minute)
    expect(await points(on)).toEqual({})
  })

  test.each([
    { metricMinutes: 'growing' as const, is: { 0: 200, 1: 100 } },
    { metricMinutes: 'whole' as const, is: { 0: 200 } }
  ])('of a minute that is not over: $metricMinutes', async ({ metricMinutes, is }) => {
    const on = metered({ uncertain: { metricsLateMs: 60_000, metricMinutes } })
    await on.clock.advance(2.5 * minute)
    expect(await points(on)).toEqual(is)
  })

  test.each([
    { healthyErrors: 'zero' as const, is: { 0: 0, 1: 0 } },
    { healthyErrors: 'absent' as const, is: {} }
  ])('of Errors when nothing failed: $healthyErrors', async ({ healthyErrors, is }) => {
    const on = metered({ uncertain: { metricsLateMs: 0, healthyErrors } })
    await on.clock.advance(2 * minute)
    expect(await points(on, { metric: 'Errors' })).toEqual(is)
  })

  test('may never come', async () => {
    const on = metered({ uncertain: { metricsLateMs: 0 } })
    on.aws.metrics.missing = 1
    await on.clock.advance(2 * minute)
    expect(await points(on)).toEqual({})
  })
})

describe('GetMetricData', () => {
  const ask = (on: Metered, input: object) =>
    on.clock.run(() =>
      on.cloudwatch.send(
        new GetMetricDataCommand({
          MetricDataQueries: [query('a', {}), query('b', { dimensions: {} })],
          StartTime: new Date(on.start + 20_000),
          EndTime: new Date(on.start + 2 * minute),
          ...input
        })
      )
    )

  it('begins with the whole minute of its start, ends before its end, and gives the newest first', async () => {
    const on = metered({ uncertain: { metricsLateMs: 0 } })
    await on.clock.advance(5 * minute)
    const { MetricDataResults } = await ask(on, {})
    expect(MetricDataResults?.map(each => [each.Id, each.StatusCode, each.Values])).toEqual([
      ['a', 'Complete', [200, 200]],
      ['b', 'Complete', [260, 260]]
    ])
    expect(MetricDataResults?.[0]?.Timestamps).toEqual([new Date(on.start + minute), new Date(on.start)])
  })

  it('gives the rest of many points on further pages', async () => {
    const on = metered({ uncertain: { metricsLateMs: 0 } })
    await on.clock.advance(5 * minute)
    const first = await ask(on, { MaxDatapoints: 3 })
    expect(first.MetricDataResults?.map(each => [each.Id, each.StatusCode, each.Values])).toEqual([
      ['a', 'Complete', [200, 200]],
      ['b', 'PartialData', [260]]
    ])
    const second = await ask(on, { MaxDatapoints: 3, NextToken: first.NextToken })
    expect(second.MetricDataResults?.map(each => each.Values)).toEqual([[], [260]])
    expect(second.NextToken).toBeUndefined()
  })

  test.each([
    {
      name: 'an id twice',
      input: { MetricDataQueries: [query('a', {}), query('a', {})] },
      error: 'ValidationException'
    },
    {
      name: 'an id that begins with a capital',
      input: { MetricDataQueries: [query('A', {})] },
      error: 'ValidationException'
    },
    {
      name: 'more than 500 queries',
      input: { MetricDataQueries: Array.from({ length: 501 }, (_, index) => query(`a${index}`, {})) },
      error: 'ValidationException'
    },
    { name: 'no time at all', input: { EndTime: new Date(0) }, error: 'ValidationException' },
    { name: 'a foreign token', input: { NextToken: 'x' }, error: 'InvalidNextToken' }
  ])('refuses $name', async ({ input, error }) => {
    await expect(ask(metered(), input)).rejects.toMatchObject({ name: error })
  })

  it('is allowed for all metrics or for none', async () => {
    const on = metered()
    on.aws.permissions.policy = new Policy({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'cloudwatch:GetMetricData', Resource: '*' }]
    })
    expect((await ask(on, {})).MetricDataResults).toHaveLength(2)
    on.aws.permissions.policy = new Policy({ Version: '2012-10-17', Statement: [] })
    await expect(ask(on, {})).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })

  it('can fail for the series of one metric', async () => {
    const on = metered()
    on.aws.faults.add({ operation: 'GetMetricData', kind: 'brokenSeries', metric: 'Errors' })
    await on.clock.advance(2 * minute)
    const { MetricDataResults } = await ask(on, {
      MetricDataQueries: [query('a', {}), query('b', { metric: 'Errors' })]
    })
    expect(MetricDataResults?.map(each => [each.StatusCode, each.Values])).toEqual([
      ['Complete', [133, 200]],
      ['InternalError', []]
    ])
  })

  it('can say for each series that it failed', async () => {
    const on = metered()
    on.aws.metrics.broken = 'InternalError'
    await on.clock.advance(2 * minute)
    const { MetricDataResults } = await ask(on, {})
    expect(MetricDataResults?.map(each => [each.StatusCode, each.Values])).toEqual([
      ['InternalError', []],
      ['InternalError', []]
    ])
  })
})
