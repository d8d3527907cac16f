import { describe, expect, test } from '@jest/globals'
import type { Traffic } from '../../src/deployment/observation.ts'
import type { Outcome } from '../../src/deployment/outcome.ts'
import type { Reading } from '../../src/deployment/reading.ts'
import type { ReleaseRecord } from '../../src/deployment/record.ts'
import { confirm, readAtTheEnd } from '../../src/release/confirm.ts'
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

/** Lambda gives these answers in order, repeating the last one. Returns how often Lambda was asked. */
async function asking(
  act: (world: World) => Promise<void>,
  records: readonly ReleaseRecord[],
  answers: readonly Reading<Traffic>[],
  cancelled = false
): Promise<number> {
  let now = 3_600_000
  let asked = 0
  const world = {
    journal: { records },
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
  await act(world as unknown as World)
  return asked
}

const on6: Traffic = { version: '6', weights: {} }

const codeOf = (outcome: Outcome | undefined): string =>
  outcome && 'cause' in outcome ? outcome.cause.code : ''

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
    name: 'a moment ago, when its weights were set, and the job is cancelled: the answer may be older',
    record: { ...minutesAgo(5), asked: on6, weightedAt: 3_600_000 - 2_000 },
    answers: [on('8')],
    cancelled: true,
    is: ['succeeded', '', 1]
  },
  {
    name: 'long ago, when its weights were set, has been moved, and the job is cancelled',
    record: { ...minutesAgo(5), asked: on6, weightedAt: 3_600_000 - 12_000 },
    answers: [on('8')],
    cancelled: true,
    is: ['failed', 'ALIAS_NOT_ON_TARGET', 1]
  },
  {
    name: 'never, because the release failed',
    record: minutesAgo(5, { kind: 'stopped', cause: { code: 'MANUAL_STOP', what: '', next: '' } }),
    answers: [on('7')],
    is: ['stopped', 'MANUAL_STOP', 0]
  }
])('an alias that was seen on its target $name', async ({ record, answers, cancelled, is }) => {
  const asked = await asking(confirm, [record], answers, cancelled)
  expect([record.outcome?.kind, codeOf(record.outcome), asked]).toEqual(is)
})

const on7 = { version: '7', weights: {} }
const refusal = { code: 'GROUP_NOT_FOUND', what: '', next: '' }

describe('at the end of a step, what was read long ago', () => {
  test.each<{
    name: string
    record: ReleaseRecord
    beside?: ReleaseRecord
    answers: Reading<Traffic>[]
    cancelled?: boolean
    is: Outcome
    asked: number
  }>([
    {
      name: 'of a dry run is read again',
      record: minutesAgo(2, { kind: 'planned', serving: on7 }),
      answers: [on('6')],
      is: { kind: 'planned', serving: { version: '6', weights: {} } },
      asked: 1
    },
    {
      name: 'of a refused release is read again',
      record: minutesAgo(2, { kind: 'refused', serving: on7, cause: refusal }),
      answers: [on('6')],
      is: { kind: 'refused', serving: { version: '6', weights: {} }, cause: refusal },
      asked: 1
    },
    {
      name: 'of a skipped release is read again, though it is not on its target',
      record: { ...minutesAgo(2, { kind: 'unchanged', serving: on7 }), skipped: 'A newer commit is live.' },
      answers: [on('6')],
      is: { kind: 'unchanged', serving: { version: '6', weights: {} } },
      asked: 1
    },
    {
      name: 'is not told when it cannot be read again',
      record: minutesAgo(2, { kind: 'planned', serving: on7 }),
      answers: [throttled],
      is: { kind: 'planned' },
      asked: 1
    },
    {
      name: 'of a plan is not told when the job is cancelled, which leaves no time',
      record: minutesAgo(2, { kind: 'planned', serving: on7 }),
      answers: [on('6')],
      cancelled: true,
      is: { kind: 'planned' },
      asked: 0
    },
    {
      name: 'of a refusal is not told when the job is cancelled either',
      record: minutesAgo(2, { kind: 'refused', serving: on7, cause: refusal }),
      answers: [on('6')],
      cancelled: true,
      is: { kind: 'refused', cause: refusal },
      asked: 0
    },
    {
      name: 'of a rollback is told as it was, because it belongs to the outcome',
      record: minutesAgo(2, { kind: 'rolled-back', serving: on7, cause: refusal }),
      answers: [on('6')],
      is: { kind: 'rolled-back', serving: on7, cause: refusal },
      asked: 0
    },
    {
      name: 'of a success beside a function that failed is confirmed',
      record: minutesAgo(2),
      beside: minutesAgo(0, { kind: 'rolled-back', serving: on7, cause: refusal }),
      answers: [on('8')],
      is: succeeded,
      asked: 1
    },
    {
      name: 'of a success beside a function that failed is not told when the job is cancelled, which leaves no time',
      record: minutesAgo(2),
      beside: minutesAgo(0, { kind: 'interrupted', serving: on7, cause: refusal }),
      answers: [on('8')],
      cancelled: true,
      is: { kind: 'succeeded' },
      asked: 0
    },
    {
      name: 'of a success is not read again where all succeeded: nobody would take the others back any more',
      record: minutesAgo(2),
      beside: minutesAgo(0),
      answers: [on('5')],
      is: succeeded,
      asked: 0
    }
  ])('$name', async ({ record, beside, answers, cancelled, is, asked }) => {
    const records = beside ? [record, beside] : [record]
    expect(await asking(readAtTheEnd, records, answers, cancelled)).toBe(asked)
    expect(record.outcome).toEqual(is)
  })

  test('just now is not read again', async () => {
    const record = minutesAgo(0, { kind: 'planned', serving: on7 })
    expect(await asking(readAtTheEnd, [record], [on('6')])).toBe(0)
  })

  test.each([
    { name: 'that was left running is read again', deploymentStatus: 'InProgress', serves: '8' },
    { name: 'that had ended stays what was told of it', deploymentStatus: 'Stopped', serves: '7' }
  ])('of a deployment $name', async ({ deploymentStatus, serves }) => {
    const outcome: Outcome = { kind: 'timed-out', serving: on7, cause: refusal }
    const record = { ...minutesAgo(2, outcome), deploymentStatus }
    await asking(readAtTheEnd, [record], [on('8')])
    expect(record.outcome).toEqual({ ...outcome, serving: { version: serves, weights: {} } })
  })

  test('of a success is confirmed, though another function of the step failed', async () => {
    const sibling = minutesAgo(0, { kind: 'failed', cause: refusal })
    const record = minutesAgo(2)
    expect(await asking(confirm, [record, sibling], [on('7')])).toBe(0)
    await asking(readAtTheEnd, [record, sibling], [on('7')])
    expect([record.outcome?.kind, codeOf(record.outcome)]).toEqual(['failed', 'ALIAS_NOT_ON_TARGET'])
  })
})
