import { expect, test } from '@jest/globals'
import { RateLimit } from '../../src/aws/ratelimit.ts'

const aSecond = { most: 12, windowMs: 1_000 }

/** A clock that moves only during a pause. */
function pausing() {
  const pauses: number[] = []
  let now = 0
  const clock = {
    now: () => now,
    sleep: async (ms: number, signal?: AbortSignal) => {
      if (signal?.aborted) return
      pauses.push(ms)
      now += ms
    }
  }
  return { clock, pauses, later: (ms: number) => (now += ms) }
}

test('twelve requests begin at once, and the thirteenth when a second is over', async () => {
  const { clock, pauses } = pausing()
  const turns = new RateLimit(clock, aSecond)
  for (let request = 1; request <= 13; request++) await turns.take()
  expect(pauses).toEqual([1_000])
})

test('infrequent requests never pause, not even for zero milliseconds', async () => {
  const { clock, pauses, later } = pausing()
  const turns = new RateLimit(clock, aSecond)
  for (let request = 1; request <= 40; request++) {
    await turns.take()
    later(100)
  }
  expect(pauses).toEqual([])
})

test('nobody pauses for longer than a second when the clock is set back by an hour', async () => {
  const { clock, pauses, later } = pausing()
  const turns = new RateLimit(clock, aSecond)
  for (let request = 1; request <= 12; request++) await turns.take()
  later(-3_600_000)
  await turns.take()
  expect(pauses).toEqual([1_000])
})

test('throttling halves the rate, down to a sixteenth, and ten calm seconds double it again', async () => {
  const { clock, pauses, later } = pausing()
  const turns = new RateLimit(clock, { most: 1, windowMs: 1_000 })
  await turns.take()
  for (let time = 1; time <= 6; time++) {
    turns.throttled()
    // Others that were on their way are throttled with it.
    turns.throttled()
    await turns.take()
  }
  later(10_000)
  await turns.take()
  await turns.take()
  later(30_000)
  await turns.take()
  await turns.take()
  expect(pauses).toEqual([2_000, 4_000, 8_000, 16_000, 16_000, 16_000, 4_000, 1_000])
})

test('what waits for its turn when the job is cancelled is dropped, and what is asked after that is not', async () => {
  const { clock } = pausing()
  const cancelling = new AbortController()
  const turns = new RateLimit(clock, { ...aSecond, cancelled: cancelling.signal })
  for (let request = 1; request <= 12; request++) await turns.take()
  const waiting = [turns.take(), turns.take()]
  cancelling.abort()
  const later = turns.take()
  expect(await Promise.all(waiting)).toEqual([false, false])
  expect(await later).toBe(true)
})

test('what waits for its turn when the step is over is dropped, also what was asked after a cancel', async () => {
  const { clock, pauses } = pausing()
  const over = new AbortController()
  const turns = new RateLimit(clock, { ...aSecond, cancelled: AbortSignal.abort(), over: over.signal })
  for (let request = 1; request <= 12; request++) await turns.take()
  const waiting = [turns.take(), turns.take()]
  over.abort()
  expect(await Promise.all([...waiting, turns.take()])).toEqual([false, false, false])
  expect(pauses).toEqual([])
})
