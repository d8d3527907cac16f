import { describe, expect, test } from '@jest/globals'
import { AwsTime } from '../../src/aws/awstime.ts'
import type { Clock } from '../../src/clock.ts'

const hour = 3_600_000

/** An answer: when it was sent and came by our clock, and AWS's time when it was made, ms. */
interface Answer {
  sent: number
  came: number
  made: number
  isRefusal?: boolean
}

/** What is learned from these answers, whose Date header drops what is less than a second. */
const offsetAfter = (answers: readonly Answer[], guessMs?: number): number =>
  timeAfter(answers, guessMs).offsetMs

function timeAfter(answers: readonly Answer[], guessMs?: number): AwsTime {
  let now = 0
  const clock: Clock = { now: () => now, sleep: async () => {} }
  const time = new AwsTime(clock, guessMs)
  for (const { sent, came, made, isRefusal } of answers) {
    now = came
    time.learn(new Date(made).toUTCString(), sent, isRefusal)
  }
  return time
}

describe("how far AWS's clock is ahead of ours", () => {
  test.each<{ name: string; answers: Answer[]; offset: number }>([
    { name: 'is taken for nothing before any answer', answers: [], offset: 0 },
    {
      name: 'is taken for nothing when an answer allows it',
      answers: [{ sent: 10_000, came: 10_200, made: 10_900 }],
      offset: 0
    },
    {
      name: 'is at least what an answer proves: made at 2:00:10 or later, and it came at 0:00:10.200',
      answers: [{ sent: 10_000, came: 10_200, made: 2 * hour + 10_000 }],
      offset: 2 * hour - 200
    },
    {
      name: 'is at most what an answer proves: made before 0:00:11, and sent at 1:00:10',
      answers: [{ sent: hour + 10_000, came: hour + 10_100, made: 10_500 }],
      offset: 999 - hour
    },
    {
      name: 'is narrowed by answers at other parts of a second',
      answers: [
        { sent: 10_000, came: 10_100, made: hour + 10_050 },
        { sent: 11_950, came: 11_990, made: hour + 12_000 }
      ],
      offset: hour + 10
    },
    {
      name: 'is learned again from the second answer after our clock was set back by an hour',
      answers: [
        { sent: hour, came: hour + 100, made: hour },
        { sent: 1_000, came: 1_100, made: hour + 1_000 },
        { sent: 2_000, came: 2_100, made: hour + 2_000 }
      ],
      offset: hour - 100
    },
    {
      name: 'is learned again at once from a refusal after our clock was set back by an hour',
      answers: [
        { sent: hour, came: hour + 100, made: hour },
        { sent: 1_000, came: 1_100, made: hour + 1_000, isRefusal: true }
      ],
      offset: hour - 100
    },
    {
      name: 'is not changed by a single answer with a wrong date',
      answers: [
        { sent: 10_000, came: 10_100, made: 10_050 },
        { sent: 11_000, came: 11_100, made: hour + 11_050 },
        { sent: 12_000, came: 12_100, made: 12_050 }
      ],
      offset: 0
    },
    {
      name: 'is not learned from an answer during which our clock was set back',
      answers: [{ sent: hour, came: 100, made: hour }],
      offset: 0
    }
  ])('$name', ({ answers, offset }) => {
    expect(offsetAfter(answers)).toBe(offset)
  })

  test.each<{ name: string; answers: Answer[]; offset: number }>([
    { name: 'is as the process before knew it, before any answer', answers: [], offset: hour },
    {
      name: 'is as the process before knew it, when an answer allows it',
      answers: [{ sent: 10_000, came: 10_200, made: hour + 10_100 }],
      offset: hour
    },
    {
      name: 'is what the first answer proves, when our clock was set since',
      answers: [{ sent: 10_000, came: 10_200, made: 10_100 }],
      offset: 0
    }
  ])('$name', ({ answers, offset }) => {
    expect(offsetAfter(answers, hour)).toBe(offset)
  })

  test('is not learned from what is no date', () => {
    const time = new AwsTime({ now: () => 5_000, sleep: async () => {} })
    time.learn(undefined, 0)
    time.learn('yesterday', 0)
    expect([time.offsetMs, time.now()]).toEqual([0, 5_000])
  })
})

describe("AWS's time is", () => {
  test.each<{ name: string; answers: Answer[]; earliest: number; now: number }>([
    { name: 'anything before the first answer', answers: [], earliest: Number.NEGATIVE_INFINITY, now: 0 },
    {
      name: 'what the answer says at the least, which is to the second',
      answers: [{ sent: 10_000, came: 10_200, made: 10_900 }],
      earliest: 10_000,
      now: 10_200
    },
    {
      name: 'no earlier for an answer that took long',
      answers: [
        { sent: 10_000, came: 10_200, made: 10_100 },
        { sent: 11_000, came: 31_000, made: 11_100 }
      ],
      earliest: 30_800,
      now: 31_000
    }
  ])('$name', ({ answers, earliest, now }) => {
    const time = timeAfter(answers)
    expect({ earliest: time.earliest(), now: time.now() }).toEqual({ earliest, now })
  })
})
