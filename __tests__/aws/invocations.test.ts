import { LambdaClient } from '@aws-sdk/client-lambda'
import { describe, expect, test } from '@jest/globals'
import { type Aws, createAws } from '../../simulator/aws.ts'
import { scaledClock, VirtualClock } from '../../simulator/clock.ts'
import { payments, type RunOptions } from '../../simulator/setting.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { serve } from '../../simulator/wire/server.ts'
import { Arns } from '../../src/aws/arns.ts'
import { clientConfiguration } from '../../src/aws/clients.ts'
import { Invocations } from '../../src/aws/invocations.ts'
import { Network } from '../../src/aws/network.ts'
import type { Failure } from '../../src/failure.ts'

const region = 'eu-west-1'
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const never = new AbortController().signal

/** Version 8 of payments-api, over HTTP and in real time. */
async function overHttp(run: RunOptions, work: (invocations: Invocations, aws: Aws) => Promise<void>) {
  const clock = scaledClock(1)
  const aws = createAws({ clock })
  payments(aws, { run })
  aws.lambda.publishVersion({ FunctionName: 'payments-api' })
  const server = await serve(aws)
  const configuration = { ...clientConfiguration({ region, credentials }), endpoint: server.url }
  const client = new Network({ clock }).equip(new LambdaClient(configuration))
  try {
    await work(new Invocations(client, { clock }, new Arns(region)), aws)
  } finally {
    client.destroy()
    await server.close()
  }
}

describe('over a real network, an invocation', () => {
  test('is answered with what the version says, what it wrote, and how long it took', async () => {
    await overHttp({ answer: '{"ok":true}', initSeconds: 0.01, log: 'one\ntwo' }, async invocations => {
      expect(await invocations.invoke('payments-api', '8', '{}', { limitMs: 5_000, signal: never })).toEqual({
        kind: 'answered',
        answer: '{"ok":true}',
        isError: false,
        lines: ['one', 'two'],
        durationMs: expect.any(Number),
        initMs: 10
      })
    })
  })

  test('is given up after its own limit, not after that of other requests', async () => {
    await overHttp({ seconds: 0.9 }, async invocations => {
      expect(
        await invocations.invoke('payments-api', '8', '{}', { limitMs: 150, signal: never })
      ).toMatchObject({
        kind: 'lost',
        code: 'ETIMEDOUT'
      })
    })
  })

  test('ends at once when it is cancelled', async () => {
    await overHttp({ seconds: 0.9 }, async (invocations, aws) => {
      const cancelling = new AbortController()
      const invoke = aws.lambda.invoke.bind(aws.lambda)
      aws.lambda.invoke = input => {
        cancelling.abort()
        return invoke(input)
      }
      const options = { limitMs: 60_000, signal: cancelling.signal }
      const failure = await invocations.invoke('payments-api', '8', '{}', options).catch(error => error)
      expect((failure as Failure).kind).toBe('unsent')
    })
  })
})

test('an answer longer than any of AWS is not kept in memory, but given up', async () => {
  await overHttp({ answer: 'x'.repeat(17 * 1024 * 1024) }, async invocations => {
    expect(
      await invocations.invoke('payments-api', '8', '{}', { limitMs: 60_000, signal: never })
    ).toMatchObject({
      kind: 'lost',
      code: 'AnswerTooLong'
    })
  })
})

test('a cancel ends an invocation whose answer has begun and never ends, over a real network too', async () => {
  await overHttp({}, async (invocations, aws) => {
    aws.faults.add({ operation: 'Invoke', kind: 'stall' })
    const begun = Date.now()
    const signal = AbortSignal.timeout(500)
    const failure = await invocations
      .invoke('payments-api', '8', '{}', { limitMs: 60_000, signal })
      .catch(error => error)
    expect((failure as Failure).kind).toBe('unsent')
    // The rest of an answer is waited for twenty seconds.
    expect(Date.now() - begun).toBeLessThan(15_000)
  })
})

test('no more than five run at once, and the others are not sent once the job is cancelled', async () => {
  const clock = new VirtualClock()
  const aws = createAws({ clock, latencyMs: 0 })
  payments(aws, { run: { seconds: 100, timeout: 900 } })
  aws.lambda.publishVersion({ FunctionName: 'payments-api' })
  const configuration = clientConfiguration({ region, credentials, requestHandler: requestHandler(aws) })
  const client = new Network({ clock }).equip(new LambdaClient(configuration))
  const invocations = new Invocations(client, { clock }, new Arns(region))
  const cancelling = new AbortController()
  const begun = clock.now()
  clock.at(begun + 150_000, () => cancelling.abort())
  const ends = await clock.run(() =>
    Promise.all(
      Array.from({ length: 12 }, () =>
        invocations
          .invoke('payments-api', '8', '{}', { limitMs: 960_000, signal: cancelling.signal })
          .then(({ kind }) => kind)
          .catch(({ kind }: Failure) => kind)
      )
    )
  )
  const sentAt = aws.requests.map(({ at }) => Math.round((at - begun) / 1000))
  expect(sentAt).toEqual([0, 0, 0, 0, 0, 100, 100, 100, 100, 100])
  expect(ends).toEqual([...Array(5).fill('answered'), ...Array(7).fill('unsent')])
})
