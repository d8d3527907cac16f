import { expect, test } from '@jest/globals'
import type { Traffic } from '../../src/deployment/observation.ts'
import type { Outcome } from '../../src/deployment/outcome.ts'
import type { Reading } from '../../src/deployment/reading.ts'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { confirm } from '../../src/release/confirm.ts'
import type { World } from '../../src/world.ts'

const on = (version: string): Reading<Traffic> => ({ kind: 'value', value: { version, weights: {} } })
const throttled: Reading<Traffic> = { kind: 'transient', reason: 'lambda:GetAlias: ThrottlingException' }
const denied = (code: string): Reading<Traffic> => ({
  kind: 'permanent',
  cause: { code, what: `${code}.`, next: '' }
})
const times = (count: number, sight: Reading<Traffic>): Reading<Traffic>[] =>
  Array.from({ length: count }, () => sight)

const succeeded: Outcome = { kind: 'succeeded', serving: { version: '8', weights: {} } }
const minutesAgo = (minutes: number, outcome: Outcome = succeeded): ReleaseRecord => ({
  functionName: 'orders',
  alias: 'live',
  version: '8',
  confirmedAt: 3_600_000 - minutes * 60_000,
  events: [],
  warnings: [],
  outcome
})

/** Lambda gives these answers in order, repeating the last one. Returns the outcome, and how often Lambda was asked. */
async function confirmed(record: ReleaseRecord, answers: readonly Reading<Traffic>[], cancelled = false) {
  let now = 3_600_000
  let asked = 0
  const world = {
    journal: { records: [record] },
    cancelled: cancelled ? AbortSignal.abort() : new AbortController().signal,
    clock: {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms
      }
    },
    lambda: {
      traffic: async () => answers[Math.min(asked++, answers.length - 1)]
    }
  }
  await confirm(world as unknown as World)
  const { outcome } = record
  return [outcome?.kind, outcome && 'cause' in outcome ? outcome.cause.code : '', asked]
}

test.each<{
  name: string
  record: ReleaseRecord
  answers: Reading<Traffic>[]
  cancelled?: boolean
  is: [kind: string, code: string, asked: number]
}>([
  {
    name: 'just now is not read again',
    record: minutesAgo(0),
    answers: [on('5')],
    is: ['succeeded', '', 0]
  },
  {
    name: 'later than now, by a clock that has been corrected since',
    record: minutesAgo(-5),
    answers: [on('8')],
    is: ['succeeded', '', 1]
  },
  {
    name: 'long ago, and is still there',
    record: minutesAgo(5),
    answers: [on('8')],
    is: ['succeeded', '', 1]
  },
  {
    name: 'long ago, and has been moved',
    record: minutesAgo(5),
    answers: [on('5')],
    is: ['failed', 'ALIAS_NOT_ON_TARGET', 5]
  },
  {
    name: 'long ago, and an answer is older than that',
    record: minutesAgo(5),
    answers: [on('7'), on('8')],
    is: ['succeeded', '', 2]
  },
  {
    name: 'long ago, and an answer does not know the alias yet',
    record: minutesAgo(5),
    answers: [denied('ResourceNotFoundException'), on('8')],
    is: ['succeeded', '', 2]
  },
  {
    name: 'long ago, and the alias is gone',
    record: minutesAgo(5),
    answers: [denied('ResourceNotFoundException')],
    is: ['failed', 'ALIAS_NOT_ON_TARGET', 5]
  },
  {
    name: 'long ago, and no answer comes for two minutes',
    record: minutesAgo(5),
    answers: [...times(48, throttled), on('8')],
    is: ['succeeded', '', 49]
  },
  {
    name: 'long ago, and no more answers come',
    record: minutesAgo(5),
    answers: [throttled],
    is: ['lost', 'ALIAS_UNREADABLE', 73]
  },
  {
    name: 'long ago, and may no longer be read',
    record: minutesAgo(5),
    answers: [denied('ExpiredTokenException')],
    is: ['lost', 'ALIAS_UNREADABLE', 1]
  },
  {
    name: 'long ago, and nothing had to be deployed',
    record: minutesAgo(5, { kind: 'unchanged', serving: { version: '8', weights: {} } }),
    answers: [on('8')],
    is: ['unchanged', '', 1]
  },
  {
    name: 'long ago, and the job is cancelled: it is read once',
    record: minutesAgo(5),
    answers: [on('8')],
    cancelled: true,
    is: ['succeeded', '', 1]
  },
  {
    name: 'long ago, has been moved, and the job is cancelled',
    record: minutesAgo(5),
    answers: [on('5')],
    cancelled: true,
    is: ['failed', 'ALIAS_NOT_ON_TARGET', 1]
  },
  {
    name: 'long ago, no answer comes, and the job is cancelled: there is no time to try again',
    record: minutesAgo(5),
    answers: [throttled],
    cancelled: true,
    is: ['succeeded', '', 1]
  },
  {
    name: 'never, because the release failed',
    record: minutesAgo(5, { kind: 'stopped', cause: { code: 'MANUAL_STOP', what: '', next: '' } }),
    answers: [on('7')],
    is: ['stopped', 'MANUAL_STOP', 0]
  }
])('an alias that was seen on its target $name', async ({ record, answers, cancelled, is }) => {
  expect(await confirmed(record, answers, cancelled)).toEqual(is)
})
