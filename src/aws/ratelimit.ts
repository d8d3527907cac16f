import type { Clock } from '../clock.ts'

/** Lambda's control plane takes 15 requests a second from a whole account, others' included. */
const perSecond = 12
const secondMs = 1_000

/**
 * Lets so many requests begin in any second and makes the others wait their turn, first come first served. One function hardly
 * ever has to wait; a release of many does. What is still waiting when the job is cancelled gives way to what must be asked then.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #cancelled: AbortSignal | undefined
  /** When the latest requests began, epoch ms, oldest first. */
  readonly #begun: number[] = []
  #last: Promise<unknown> = Promise.resolve()

  constructor(clock: Clock, cancelled?: AbortSignal) {
    this.#clock = clock
    this.#cancelled = cancelled
  }

  /** Resolves with true when the caller may send its request, and with false when it is not to be sent any more. */
  take(): Promise<boolean> {
    const signal = this.#cancelled?.aborted ? undefined : this.#cancelled
    const turn = this.#last.then(() => this.#turn(signal))
    this.#last = turn
    return turn
  }

  async #turn(signal: AbortSignal | undefined): Promise<boolean> {
    const oldest = this.#begun[this.#begun.length - perSecond]
    // Never longer than a second, whatever becomes of the clock meanwhile.
    const wait = oldest === undefined ? 0 : Math.min(secondMs, oldest + secondMs - this.#clock.now())
    if (wait > 0) {
      await this.#clock.sleep(wait, signal)
      if (signal?.aborted) return false
    }
    this.#begun.push(this.#clock.now())
    if (this.#begun.length > perSecond) this.#begun.shift()
    return true
  }
}
