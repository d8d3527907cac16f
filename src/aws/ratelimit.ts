import type { Clock } from '../clock.ts'

export interface RateLimitOptions {
  /** How many requests may begin within any `windowMs`. */
  most: number
  windowMs: number
  /** What still waits when it aborts is not sent any more: it gives way to what must be asked then. */
  cancelled?: AbortSignal
}

/** The most that throttling slows down: a sixteenth of the rate. */
const slowest = 16
/** Of requests that are throttled together, one is heard, ms. */
const togetherMs = 1_000
/** Without throttling for so long, the rate doubles again, ms. */
const recoveryMs = 10_000

/**
 * Lets so many requests begin within a window and makes the others wait their turn, first come first served. One function hardly
 * ever has to wait; a release of many does. The limits are the account's, and others use it too: when AWS throttles, the rate halves,
 * and requests begin one by one.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #most: number
  readonly #windowMs: number
  readonly #cancelled: AbortSignal | undefined
  /** When the latest requests began, epoch ms, oldest first. */
  readonly #begun: number[] = []
  #last: Promise<unknown> = Promise.resolve()
  #slowness = 1
  #throttledAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, { most, windowMs, cancelled }: RateLimitOptions) {
    this.#clock = clock
    this.#most = most
    this.#windowMs = windowMs
    this.#cancelled = cancelled
  }

  /** Resolves with true when the caller may send its request, and with false when it is not to be sent any more. */
  take(): Promise<boolean> {
    const signal = this.#cancelled?.aborted ? undefined : this.#cancelled
    const turn = this.#last.then(() => this.#turn(signal))
    this.#last = turn
    return turn
  }

  /** AWS has throttled a request. */
  throttled(): void {
    const now = this.#clock.now()
    if (Math.abs(now - this.#throttledAt) < togetherMs) return
    this.#slowness = Math.min(slowest, this.#slownessAt(now) * 2)
    this.#throttledAt = now
  }

  #slownessAt(now: number): number {
    return Math.max(1, this.#slowness / 2 ** Math.floor((now - this.#throttledAt) / recoveryMs))
  }

  /** How long the next request has to wait, ms. */
  #waitAt(now: number): number {
    const slowness = this.#slownessAt(now)
    const oldest = this.#begun[this.#begun.length - this.#most] ?? Number.NEGATIVE_INFINITY
    const latest = this.#begun.at(-1) ?? Number.NEGATIVE_INFINITY
    const gapMs = slowness > 1 ? (this.#windowMs * slowness) / this.#most : 0
    // Whatever becomes of the clock meanwhile, nobody waits for longer than a window, or a gap.
    return Math.max(
      Math.min(this.#windowMs, oldest + this.#windowMs - now),
      Math.min(gapMs, latest + gapMs - now)
    )
  }

  async #turn(signal: AbortSignal | undefined): Promise<boolean> {
    const wait = this.#waitAt(this.#clock.now())
    if (wait > 0) {
      await this.#clock.sleep(wait, signal)
      if (signal?.aborted) return false
    }
    this.#begun.push(this.#clock.now())
    if (this.#begun.length > this.#most) this.#begun.shift()
    return true
  }
}
