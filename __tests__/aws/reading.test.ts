import { expect, test } from '@jest/globals'
import { failureOf } from '../../src/aws/failure.ts'
import { readingOf } from '../../src/aws/reading.ts'
import type { Reading } from '../../src/deployment/reading.ts'

test.each<{ name: string; thrown: object; reading: Reading<never> }>([
  {
    name: 'throttling, and says that it was that',
    thrown: { name: 'ThrottlingException', $fault: 'client', $metadata: { httpStatusCode: 400 } },
    reading: { kind: 'transient', reason: 'lambda:GetAlias: ThrottlingException', isThrottled: true }
  },
  {
    name: 'throttling by another name',
    thrown: { name: 'Busy', $fault: 'client', $metadata: { httpStatusCode: 429 } },
    reading: { kind: 'transient', reason: 'lambda:GetAlias: Busy', isThrottled: true }
  },
  {
    name: 'a broken connection',
    thrown: { name: 'Error', code: 'ECONNRESET' },
    reading: { kind: 'transient', reason: 'lambda:GetAlias: ECONNRESET' }
  }
])('a watch looks again after $name', async ({ thrown, reading }) => {
  const failure = failureOf(thrown, 'lambda:GetAlias', 'arn')
  expect(await readingOf(Promise.reject(failure))).toEqual(reading)
})
