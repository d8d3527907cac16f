import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../../simulator/clock.ts'
import { Metrics } from '../../src/aws/metrics.ts'
import type { FiguresQuery } from '../../src/deployment/figures.ts'

const minute = 60_000

interface Asked {
  MetricDataQueries: {
    Id: string
    MetricStat: { Metric: { Dimensions: { Name: string; Value: string }[] } }
  }[]
  StartTime: number
  EndTime: number
  NextToken?: string
}

interface Series {
  Id: string
  StatusCode?: string
  /** [minute, value] */
  points?: [number, number][]
}

/** CloudWatch that gives these series, page by page; what it does not name has no points, or `isAll` that it gives. */
function metricsOf(pages: (asked: Asked) => { series: Series[]; nextToken?: string; isAll?: true }) {
  const clock = new VirtualClock(0)
  const asked: Asked[] = []
  const client = new CloudWatchClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      handle: async ({ body }: { body?: Uint8Array }) => {
        const request = JSON.parse(new TextDecoder().decode(body)) as Asked
        asked.push(request)
        const { series, nextToken, isAll } = pages(request)
        const rest = nextToken || request.NextToken || isAll ? [] : request.MetricDataQueries
        const all = [...series, ...rest.filter(({ Id }) => !series.some(each => each.Id === Id))] as Series[]
        const answer = {
          MetricDataResults: all.map(({ Id, StatusCode = 'Complete', points = [] }) => ({
            Id,
            StatusCode,
            Timestamps: points.map(([at]) => at * 60),
            Values: points.map(([, value]) => value)
          })),
          ...(nextToken && { NextToken: nextToken })
        }
        const headers = { 'content-type': 'application/x-amz-json-1.0' }
        return {
          response: { statusCode: 200, headers, body: new TextEncoder().encode(JSON.stringify(answer)) }
        }
      }
    }
  })
  return { asked, metrics: new Metrics({ connect: async () => client, abandon: () => undefined }, { clock }) }
}

const query = (functionName = 'payments-api'): FiguresQuery => ({
  functionName,
  alias: 'live',
  currentVersion: '7',
  targetVersion: '8',
  from: minute,
  to: 4 * minute
})

describe('the figures of a function', () => {
  test('are put together minute by minute, oldest first', async () => {
    const { metrics, asked } = metricsOf(() => ({
      series: [
        {
          Id: 'target_invocations_0',
          points: [
            [2, 30],
            [1, 20]
          ]
        },
        { Id: 'target_errors_0', points: [[1, 4]] },
        { Id: 'target_p95_0', points: [[2, 212.4]] },
        { Id: 'current_invocations_0', points: [[1, 180]] },
        { Id: 'whole_invocations_0', points: [[1, 200]] },
        { Id: 'everything', points: [[3, 900]] }
      ]
    }))
    expect(await metrics.figures([query()])).toEqual([
      {
        kind: 'value',
        value: {
          target: [
            { at: minute, invocations: 20, errors: 4 },
            { at: 2 * minute, invocations: 30, errors: 0, p95: 212.4 }
          ],
          current: [{ at: minute, invocations: 180, errors: 0 }],
          whole: [{ at: minute, invocations: 200, errors: 0 }],
          reached: 3 * minute
        }
      }
    ])
    expect([asked[0]?.StartTime, asked[0]?.EndTime]).toEqual([60, 240])
    const dimensions = asked[0]?.MetricDataQueries.map(({ MetricStat }) =>
      MetricStat.Metric.Dimensions.map(({ Value }) => Value).join(' ')
    )
    expect([...new Set(dimensions)]).toEqual([
      'payments-api payments-api:live 8',
      'payments-api payments-api:live 7',
      'payments-api',
      ''
    ])
  })

  const answered = [
    { Id: 'target_invocations_0', points: [[1, 20]] },
    { Id: 'current_errors_0', points: [[1, 2]] },
    { Id: 'target_p95_0', points: [[1, 212.4]] }
  ] satisfies Series[]
  /** What CloudWatch says of one of them instead. */
  const but = (changed: Series): Series[] => [
    ...answered.filter(({ Id }) => Id !== changed.Id),
    changed,
    { Id: 'target_invocations_1', points: [[1, 5]] }
  ]
  const ofTheOther = {
    kind: 'value',
    value: {
      target: [{ at: minute, invocations: 5, errors: 0 }],
      current: [],
      whole: [],
      reached: minute
    }
  }

  test.each<{ name: string; changed: Series; reason: string }>([
    {
      name: 'failed',
      changed: { Id: 'current_errors_0', StatusCode: 'InternalError' },
      reason: 'cloudwatch:GetMetricData: InternalError'
    },
    {
      name: 'is not whole, though there is no further page',
      changed: { Id: 'target_invocations_0', StatusCode: 'PartialData', points: [[1, 20]] },
      reason: 'cloudwatch:GetMetricData: PartialData'
    }
  ])(
    'are not known when one of its counts $name: the rest would pass for zero; those of another function are',
    async ({ changed, reason }) => {
      const { metrics } = metricsOf(() => ({ series: but(changed) }))
      expect(await metrics.figures([query(), query('orders')])).toEqual([
        { kind: 'transient', reason },
        ofTheOther
      ])
    }
  )

  test('are not known when one of its counts is missing from the answer', async () => {
    const { metrics } = metricsOf(() => ({ series: answered, isAll: true }))
    expect(await metrics.figures([query()])).toEqual([
      { kind: 'transient', reason: 'cloudwatch:GetMetricData: a series is missing' }
    ])
  })

  test('are known without a p95 that failed', async () => {
    const { metrics } = metricsOf(() => ({
      series: but({ Id: 'target_p95_0', StatusCode: 'InternalError' })
    }))
    expect(await metrics.figures([query(), query('orders')])).toEqual([
      {
        kind: 'value',
        value: {
          target: [{ at: minute, invocations: 20, errors: 0 }],
          current: [],
          whole: [],
          reached: minute
        }
      },
      ofTheOther
    ])
  })

  test('may come on several pages', async () => {
    const { metrics } = metricsOf(({ NextToken }) =>
      NextToken
        ? { series: [{ Id: 'target_invocations_0', points: [[1, 20]] }] }
        : {
            series: [
              ...['errors_0', 'p95_0'].map(id => ({ Id: `target_${id}` })),
              ...['invocations_0', 'errors_0', 'p95_0'].map(id => ({ Id: `current_${id}` })),
              { Id: 'whole_invocations_0' },
              { Id: 'target_invocations_0', StatusCode: 'PartialData', points: [[2, 30]] }
            ],
            nextToken: 'more'
          }
    )
    expect(await metrics.figures([query()])).toEqual([
      {
        kind: 'value',
        value: {
          target: [
            { at: minute, invocations: 20, errors: 0 },
            { at: 2 * minute, invocations: 30, errors: 0 }
          ],
          current: [],
          whole: [],
          reached: 2 * minute
        }
      }
    ])
  })

  test('of very many functions take a request for each 500 series', async () => {
    const { metrics, asked } = metricsOf(() => ({ series: [] }))
    const answer = await metrics.figures(Array.from({ length: 100 }, (_, index) => query(`f-${index}`)))
    expect(answer.map(({ kind }) => kind)).toEqual(Array(100).fill('value'))
    expect(asked.map(({ MetricDataQueries }) => MetricDataQueries.length)).toEqual([500, 201])
  })

  test('of very many functions in a shift of hours are read, though these are more points than a call has arguments', async () => {
    const points = Array.from({ length: 190 }, (_, at): [number, number] => [at + 1, 5])
    const { metrics } = metricsOf(({ MetricDataQueries }) => ({
      series: MetricDataQueries.map(({ Id }) => ({ Id, points }))
    }))
    const answer = await metrics.figures(
      Array.from({ length: 100 }, (_, index) => ({ ...query(`f-${index}`), to: 191 * minute }))
    )
    const reached = answer.map(each => (each.kind === 'value' ? each.value.reached : each))
    expect(reached).toEqual(Array(100).fill(190 * minute))
  })

  test('are refused for good when CloudWatch forbids them', async () => {
    const { metrics } = metricsOf(() => ({ series: [{ Id: 'target_errors_0', StatusCode: 'Forbidden' }] }))
    expect(await metrics.figures([query()])).toMatchObject([
      { kind: 'permanent', cause: { what: 'The credentials do not allow cloudwatch:GetMetricData on *.' } }
    ])
    expect(await metrics.mayAsk()).toBe(false)
  })
})
