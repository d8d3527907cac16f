import {
  CloudWatchClient,
  GetMetricDataCommand,
  type MetricDatum,
  PutMetricDataCommand
} from '@aws-sdk/client-cloudwatch'
import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals'
import { type Aws, createAws } from '../../../simulator/aws.ts'
import { scaledClock } from '../../../simulator/clock.ts'
import { payments } from '../../../simulator/setting.ts'
import { serve } from '../../../simulator/wire/server.ts'

const MINUTE = 60_000

/** The simulator as `npm run simulator` serves it: no time to speak of passes between two requests. */
let aws: Aws
let server: Awaited<ReturnType<typeof serve>>
let client: CloudWatchClient
let begin: number

beforeEach(async () => {
  const clock = scaledClock(1)
  aws = createAws({ clock, tellsTime: false, uncertain: { metricsLateMs: 0 } })
  payments(aws, { clients: { live: 0 } })
  begin = clock.now()
  server = await serve(aws)
  client = new CloudWatchClient({
    region: 'eu-west-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1
  })
})

afterEach(async () => {
  client.destroy()
  await server.close()
})

const dimensions = (given: Record<string, string>) =>
  Object.entries(given).map(([Name, Value]) => ({ Name, Value }))
const datum = (
  MetricName: string,
  Value: number | undefined,
  given: Record<string, string>
): MetricDatum => ({
  MetricName,
  Value,
  Dimensions: dimensions(given)
})
const put = (Namespace: string, ...MetricData: MetricDatum[]) =>
  client.send(new PutMetricDataCommand({ Namespace, MetricData }))

const ofLive = { FunctionName: 'payments-api', Resource: 'payments-api:live' }
const of7 = { FunctionName: 'payments-api', ExecutedVersion: '7' }

/** What clients do in the five minutes after now, as the metrics will have it. */
function ahead(qualifier: string) {
  const criteria = {
    functionName: 'payments-api',
    qualifier,
    version: qualifier === 'live' ? '7' : qualifier
  }
  return aws.metrics.traffic.between(criteria, begin + 5 * MINUTE, begin + 10 * MINUTE)
}

describe('PutMetricData to namespace Simulator', () => {
  it('sets who calls what, how much of it fails, and how long it takes, from now on', async () => {
    await put(
      'Simulator',
      datum('CallsPerMinute', 600, ofLive),
      datum('CallsPerMinute', 30, { FunctionName: 'payments-api', Resource: 'payments-api' }),
      datum('ErrorRate', 20, of7),
      datum('DurationP95', 340, of7)
    )
    expect([ahead('live'), ahead('$LATEST')]).toEqual([
      { invocations: 3000, errors: 600, p95: 340 },
      { invocations: 150, errors: 0, p95: 210 }
    ])
    await put('Simulator', datum('CallsPerMinute', 60, ofLive), datum('ErrorRate', 0, of7))
    expect(ahead('live')).toEqual({ invocations: 300, errors: 0, p95: 340 })
  })

  it('stores no metric', async () => {
    await put('Simulator', datum('CallsPerMinute', 600, ofLive))
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(begin - MINUTE),
        EndTime: new Date(begin + MINUTE),
        MetricDataQueries: [
          {
            Id: 'a',
            MetricStat: {
              Metric: {
                Namespace: 'Simulator',
                MetricName: 'CallsPerMinute',
                Dimensions: dimensions(ofLive)
              },
              Period: 60,
              Stat: 'Sum'
            }
          }
        ]
      })
    )
    expect(MetricDataResults?.[0]?.Values).toEqual([])
  })

  test.each([
    { name: 'no value', wrong: datum('ErrorRate', undefined, of7) },
    { name: 'a negative number', wrong: datum('CallsPerMinute', -1, ofLive) },
    { name: 'more than all of them', wrong: datum('ErrorRate', 101, of7) },
    { name: 'a dimension too few', wrong: datum('CallsPerMinute', 1, { FunctionName: 'payments-api' }) },
    {
      name: 'calls of one function as those of another',
      wrong: datum('CallsPerMinute', 1, { ...ofLive, Resource: 'mails:live' })
    },
    { name: 'errors of an alias', wrong: datum('ErrorRate', 1, ofLive) },
    { name: 'a metric of another name', wrong: datum('Errors', 1, of7) },
    {
      name: 'a function that is missing',
      wrong: datum('ErrorRate', 1, { ...of7, FunctionName: 'mails' }),
      error: 'ResourceNotFoundException'
    }
  ])(
    'refuses $name, and what came with it has no effect',
    async ({ wrong, error = 'ValidationException' }) => {
      await expect(put('Simulator', datum('CallsPerMinute', 600, ofLive), wrong)).rejects.toMatchObject({
        name: error
      })
      expect(ahead('live').invocations).toBe(0)
    }
  )
})

test.each([
  { name: "a namespace of AWS's own", namespace: 'AWS/Lambda', error: 'InvalidParameterValueException' },
  { name: 'custom metrics, which it does not store', namespace: 'Payments', error: 'ValidationException' }
])('PutMetricData refuses $name', async ({ namespace, error }) => {
  await expect(put(namespace, datum('CallsPerMinute', 600, ofLive))).rejects.toMatchObject({ name: error })
})
