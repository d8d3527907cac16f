import { expect, test } from '@jest/globals'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { type ExistingDeployment, noteExisting } from '../../src/operations/existing.ts'
import { subject } from '../deployment/observations.ts'

const existing: ExistingDeployment = {
  subject: subject(),
  strategy: { type: 'TimeBasedCanary', percentage: 10, minutes: 5 },
  appSpec: '{}',
  warnings: [],
  createdAt: 1_000
}
const blank = (): ReleaseRecord => ({ functionName: '', alias: '', events: [], warnings: [] })

test('all that was found of an existing deployment is noted in the record', () => {
  const record = blank()
  noteExisting(record, existing, 9_000)
  expect(record).toEqual({
    functionName: 'payments-api',
    alias: 'live',
    previousVersion: '7',
    version: '8',
    startedAt: 1_000,
    appSpec: '{}',
    strategy: '10%, then all after 5 minutes',
    schedule: [
      { afterMs: 0, share: 0.1 },
      { afterMs: 300_000, share: 1 }
    ],
    events: [],
    warnings: []
  })
})

test('what was not found leaves the record as it was, but for the time, which is now', () => {
  const record: ReleaseRecord = { ...blank(), strategy: 'as planned', appSpec: 'as sent' }
  noteExisting(record, { ...existing, strategy: undefined, appSpec: undefined, createdAt: undefined }, 9_000)
  expect(record).toMatchObject({ strategy: 'as planned', appSpec: 'as sent', startedAt: 9_000 })
})
