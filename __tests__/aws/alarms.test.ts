import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { expect, test } from '@jest/globals'
import { Alarms } from '../../src/aws/alarms.ts'
import type { AlarmView } from '../../src/plan/alarms.ts'

/** CloudWatch whose answer to everything is this one. */
function alarmsOf(answer: object): Alarms {
  const client = new CloudWatchClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      handle: async () => ({
        response: {
          statusCode: 200,
          headers: { 'content-type': 'application/x-amz-json-1.0' },
          body: new TextEncoder().encode(JSON.stringify(answer))
        }
      })
    }
  })
  return new Alarms({ connect: async () => client, abandon: () => undefined })
}

const ok = (AlarmName: string) => ({ AlarmName, StateValue: 'OK' })
const view = (name: string): AlarmView => ({ name, state: 'OK', lambdaSeries: [] })

test.each<{ name: string; answer: object; known: Record<string, AlarmView | 'missing'> }>([
  {
    name: 'both lists: what neither has is missing',
    answer: { MetricAlarms: [ok('errors')], CompositeAlarms: [ok('service')] },
    known: { errors: view('errors'), service: view('service'), slow: 'missing' }
  },
  {
    name: 'one list: what it does not have is missing',
    answer: { MetricAlarms: [ok('errors')] },
    known: { errors: view('errors'), service: 'missing', slow: 'missing' }
  },
  {
    name: 'empty lists: all are missing',
    answer: { MetricAlarms: [], CompositeAlarms: [] },
    known: { errors: 'missing', service: 'missing', slow: 'missing' }
  },
  {
    name: 'one list and another page: what the list does not have may be there',
    answer: { CompositeAlarms: [ok('service')], NextToken: 'more' },
    known: { service: view('service') }
  },
  {
    name: 'empty lists and another page: nothing is known',
    answer: { MetricAlarms: [], CompositeAlarms: [], NextToken: 'more' },
    known: {}
  },
  { name: 'no list: nothing is known', answer: {}, known: {} }
])('CloudWatch answers with $name', async ({ answer, known }) => {
  const described = await alarmsOf(answer).describe(
    ['errors', 'service', 'slow'],
    new AbortController().signal
  )
  expect(Object.fromEntries(described)).toEqual(known)
})
