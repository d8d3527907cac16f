import type { SimulatedClock, Timer } from './clock.ts'
import { Random } from './random.ts'

/**
 * Replaces `setTimeout` by a virtual one and `Math.random` by a seeded one, for code that cannot be given a clock.
 * Returns the function that restores the real ones.
 */
export function virtualGlobals(clock: SimulatedClock): () => void {
  const real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    random: Math.random
  }
  const random = new Random(1)
  globalThis.setTimeout = ((run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
    new VirtualTimeout(
      clock.at(clock.now() + ms, () => run(...given))
    )) as unknown as typeof globalThis.setTimeout
  globalThis.clearTimeout = ((timeout: unknown) => {
    if (timeout instanceof VirtualTimeout) timeout.close()
    else real.clearTimeout(timeout as NodeJS.Timeout)
  }) as typeof globalThis.clearTimeout
  Math.random = () => random.next()
  return () => {
    globalThis.setTimeout = real.setTimeout
    globalThis.clearTimeout = real.clearTimeout
    Math.random = real.random
  }
}

/** The part of Node's Timeout that the SDK touches. */
class VirtualTimeout {
  readonly #timer: Timer

  constructor(timer: Timer) {
    this.#timer = timer
  }

  close(): void {
    this.#timer.cancel()
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  hasRef(): boolean {
    return true
  }
}
