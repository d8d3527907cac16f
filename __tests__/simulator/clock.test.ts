import { describe, expect, it } from '@jest/globals'
import { scaledClock, VirtualClock } from '../../simulator/clock.ts'

describe('VirtualClock', () => {
  it('starts at a fixed moment', () => {
    expect(new Date(new VirtualClock().now()).toISOString()).toBe('2026-11-20T14:00:00.000Z')
  })

  it('lets hours pass at once', async () => {
    const clock = new VirtualClock(0)
    await clock.run(async () => {
      await clock.sleep(3_600_000)
      await clock.sleep(1)
    })
    expect(clock.now()).toBe(3_600_001)
  })

  it('runs timers by time, and simultaneous ones in the order in which they were set', async () => {
    const clock = new VirtualClock(0)
    const order: string[] = []
    clock.at(20, () => order.push('c'))
    clock.at(10, () => order.push('a'))
    clock.at(10, () => order.push('b'))
    await clock.advance(20)
    expect(order).toEqual(['a', 'b', 'c'])
  })

  it('runs a timer for a time that has passed without going back', async () => {
    const clock = new VirtualClock(100)
    let ranAt = 0
    clock.at(50, () => {
      ranAt = clock.now()
    })
    await clock.advance(0)
    expect(ranAt).toBe(100)
  })

  it('never runs a timer that was cancelled', async () => {
    const clock = new VirtualClock(0)
    let ran = false
    clock
      .at(10, () => {
        ran = true
      })
      .cancel()
    await clock.advance(20)
    expect({ ran, now: clock.now() }).toEqual({ ran: false, now: 20 })
  })

  it('ends a sleep when its signal aborts, without rejecting', async () => {
    const clock = new VirtualClock(0)
    const abort = new AbortController()
    clock.at(5, () => abort.abort())
    await clock.run(() => clock.sleep(1000, abort.signal))
    expect(clock.now()).toBe(5)
  })

  it('does not sleep when the signal is already aborted', async () => {
    const clock = new VirtualClock(0)
    await clock.run(() => clock.sleep(1000, AbortSignal.abort()))
    expect(clock.now()).toBe(0)
  })

  it('makes setTimeout virtual during a run, and real again after it', async () => {
    const clock = new VirtualClock(0)
    const real = globalThis.setTimeout
    await clock.run(() => new Promise<void>(resolve => void setTimeout(resolve, 60_000)))
    expect({ now: clock.now(), restored: globalThis.setTimeout === real }).toEqual({
      now: 60_000,
      restored: true
    })
  })

  it('honours clearTimeout during a run', async () => {
    const clock = new VirtualClock(0)
    let ran = false
    await clock.run(async () => {
      const timeout = setTimeout(() => {
        ran = true
      }, 10)
      clearTimeout(timeout)
      await clock.sleep(20)
    })
    expect(ran).toBe(false)
  })

  it('gives the same random numbers in every run', async () => {
    const draw = () => new VirtualClock().run(async () => [Math.random(), Math.random()])
    expect(await draw()).toEqual(await draw())
  })

  it('passes on what the work throws', async () => {
    await expect(new VirtualClock().run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  })

  it('rejects work that takes longer than the limit', async () => {
    const clock = new VirtualClock(0)
    await expect(clock.run(() => clock.sleep(1001), 1000)).rejects.toThrow(
      'Not done after 1000 ms of virtual time'
    )
  })

  it('rejects work that waits for nothing', async () => {
    const clock = new VirtualClock(0)
    await expect(clock.run(() => new Promise(() => {}))).rejects.toThrow('Nothing left to wait for')
  })

  it('refuses a second run during a run', async () => {
    const clock = new VirtualClock(0)
    await clock.run(() => expect(clock.run(async () => {})).rejects.toThrow('running already'))
  })
})

describe('scaledClock', () => {
  it('runs a multiple of real time from its origin on', async () => {
    const origin = Date.now()
    const clock = scaledClock(1000, origin)
    await clock.sleep(5000)
    const passed = clock.now() - origin
    expect(passed).toBeGreaterThanOrEqual(5000)
    expect(passed).toBeLessThan(500_000)
  })

  it('ends a sleep when its signal aborts', async () => {
    const clock = scaledClock(1)
    const abort = new AbortController()
    clock.at(clock.now() + 5, () => abort.abort())
    const before = Date.now()
    await clock.sleep(60_000, abort.signal)
    expect(Date.now() - before).toBeLessThan(5000)
  })
})
