import { describe, expect, test } from '@jest/globals'
import { VirtualClock } from '../simulator/clock.ts'
import { realClock, settingSince, steadyTime } from '../src/clock.ts'

/** Runs with a virtual `setTimeout`, so that hours take no time; returns how many ms went by. */
async function timed(work: () => Promise<void>): Promise<number> {
  const time = new VirtualClock(0)
  await time.run(work, Number.POSITIVE_INFINITY)
  return time.now()
}

describe("the machine's clock", () => {
  test.each<{ name: string; sleep: number; speed?: number; takes: number }>([
    { name: 'sleeps as long as it should', sleep: 3_600_000, takes: 3_600_000 },
    {
      name: 'sleeps for a sixtieth of it in a rehearsal sixty times as fast',
      sleep: 300_000,
      speed: 60,
      takes: 5_000
    },
    { name: 'does not sleep for a time that has passed', sleep: -5_000, takes: 0 },
    {
      name: "wakes up before Node's timers would overflow and fire at once",
      sleep: 1e12,
      takes: 2_147_483_647
    }
  ])('$name', async ({ sleep, speed, takes }) => {
    expect(await timed(() => realClock(speed).sleep(sleep))).toBe(takes)
  })

  test('wakes up as soon as the job is cancelled', async () => {
    const cancelling = new AbortController()
    const took = await timed(async () => {
      setTimeout(() => cancelling.abort(), 2_000)
      await realClock().sleep(3_600_000, cancelling.signal)
    })
    expect(took).toBe(2_000)
  })

  test('does not sleep in a job that is already cancelled', async () => {
    expect(await timed(() => realClock().sleep(3_600_000, AbortSignal.abort()))).toBe(0)
  })

  test('tells the time of the machine', () => {
    const before = Date.now()
    const now = realClock().now()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })

  test.each([
    { name: 'back by an hour', byMs: -3_600_000 },
    { name: 'forward by a day', byMs: 86_400_000 }
  ])('goes on evenly when somebody sets it $name', ({ byMs }) => {
    let setBy = 0
    let passed = 5_000
    const now = steadyTime({ wall: () => 1_000_000 + passed + setBy, elapsed: () => passed })
    setBy = byMs
    passed += 250
    expect(now()).toBe(1_005_250)
  })

  test('counts faster from the origin of a rehearsal on', () => {
    const origin = Date.now() - 10_000
    const since = realClock(60, origin).now() - origin
    expect(since).toBeGreaterThanOrEqual(600_000)
    expect(since).toBeLessThanOrEqual((Date.now() - origin) * 60)
  })
})

test("by how much the machine's clock was set is told, however much time has gone by", () => {
  const machine = { at: 5_000, since: 100 }
  const setMs = settingSince({ wall: () => machine.at, elapsed: () => machine.since })
  Object.assign(machine, { at: 65_000, since: 60_100 })
  expect(setMs()).toBe(0)
  Object.assign(machine, { at: 3_665_000, since: 60_100 })
  expect(setMs()).toBe(3_600_000)
})
