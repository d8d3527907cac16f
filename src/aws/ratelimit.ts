import type { Clock } from '../clock.ts'

export interface RateLimitOptions {
  /** How many requests may begin within any `windowMs`. */
  most: number
  windowMs: number
  /** When it aborts, requests that are still queued are not sent: they give way to what must be asked then. */
  cancelled?: AbortSignal
  /** When it aborts, nothing is sent any more, and no pause keeps the process alive. */
  over?: AbortSignal
}

const never = new AbortController().signal
/** Throttling slows down to a sixteenth of the rate at most. */
const slowest = 16
/** Requests that are throttled within this time count as one, ms. */
const togetherMs = 1_000
/** After this long without throttling, the rate doubles again, ms. */
const recoveryMs = 10_000

/**
 * Lets at most so many requests begin within a window. The others wait their turn, first come first served. A release of one function
 * hardly ever waits; a release of many does. The limits apply to the whole account, which others use too: when AWS throttles, the rate
 * halves, and requests begin one by one.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #most: number
  readonly #windowMs: number
  readonly #cancelled: AbortSignal | undefined
  readonly #over: AbortSignal
  readonly #dropped: AbortSignal
  /** When the latest requests began, epoch ms, oldest first. */
  readonly #starts: number[] = []
  #last: Promise<unknown> = Promise.resolve()
  #slowness = 1
  #throttledAt = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, { most, windowMs, cancelled, over = never }: RateLimitOptions) {
    this.#clock = clock
    this.#most = most
    this.#windowMs = windowMs
    this.#cancelled = cancelled
    this.#over = over
    this.#dropped = AbortSignal.any(cancelled ? [cancelled, over] : [over])
  }

  /** Resolves with true when the caller may send its request, and with false when the request must no longer be sent. */
  take(): Promise<boolean> {
    const signal = this.#cancelled?.aborted ? this.#over : this.#dropped
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
    const oldest = this.#starts[this.#starts.length - this.#most] ?? Number.NEGATIVE_INFINITY
    const latest = this.#starts.at(-1) ?? Number.NEGATIVE_INFINITY
    const gapMs = slowness > 1 ? (this.#windowMs * slowness) / this.#most : 0
    // Even if the clock is set meanwhile, no request waits longer than a window or a gap.
    return Math.max(
      Math.min(this.#windowMs, oldest + this.#windowMs - now),
      Math.min(gapMs, latest + gapMs - now)
    )
  }

  async #turn(signal: AbortSignal): Promise<boolean> {
    if (this.#over.aborted) return false
    const wait = this.#waitAt(this.#clock.now())
    if (wait > 0) {
      await this.#clock.sleep(wait, signal)
      if (signal.aborted) return false
    }
    this.#starts.push(this.#clock.now())
    if (this.#starts.length > this.#most) this.#starts.shift()
    return true
  }
}
