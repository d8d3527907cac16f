import { expect, test } from '@jest/globals'
import { RateLimit } from '../../src/aws/ratelimit.ts'

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
  const turns = new RateLimit(clock)
  for (let request = 1; request <= 13; request++) await turns.take()
  expect(pauses).toEqual([1_000])
})

test('infrequent requests never pause, not even for zero milliseconds', async () => {
  const { clock, pauses, later } = pausing()
  const turns = new RateLimit(clock)
  for (let request = 1; request <= 40; request++) {
    await turns.take()
    later(100)
  }
  expect(pauses).toEqual([])
})

test('nobody pauses for longer than a second when the clock is set back by an hour', async () => {
  const { clock, pauses, later } = pausing()
  const turns = new RateLimit(clock)
  for (let request = 1; request <= 12; request++) await turns.take()
  later(-3_600_000)
  await turns.take()
  expect(pauses).toEqual([1_000])
})

test('requests that are waiting when the job is cancelled are dropped, and later ones are not', async () => {
  const { clock } = pausing()
  const cancelling = new AbortController()
  const turns = new RateLimit(clock, cancelling.signal)
  for (let request = 1; request <= 12; request++) await turns.take()
  const waiting = [turns.take(), turns.take()]
  cancelling.abort()
  const later = turns.take()
  expect(await Promise.all(waiting)).toEqual([false, false])
  expect(await later).toBe(true)
})
