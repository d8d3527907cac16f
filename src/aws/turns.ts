import type { Clock } from '../clock.ts'

/** Lambda's control plane takes 15 requests a second from a whole account, others' included. */
const perSecond = 12
const secondMs = 1_000

/**
 * Lets so many requests begin in any second and makes the others wait their turn, first come first served. One function never
 * has to wait; a release of many does.
 */
export class Turns {
  readonly #clock: Clock
  /** When the latest requests began, epoch ms, oldest first. */
  readonly #begun: number[] = []
  #last: Promise<void> = Promise.resolve()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves when the caller may send its request. */
  take(): Promise<void> {
    this.#last = this.#last.then(() => this.#turn())
    return this.#last
  }

  async #turn(): Promise<void> {
    const oldest = this.#begun[this.#begun.length - perSecond]
    const wait = oldest === undefined ? 0 : oldest + secondMs - this.#clock.now()
    if (wait > 0) await this.#clock.sleep(wait)
    this.#begun.push(this.#clock.now())
    if (this.#begun.length > perSecond) this.#begun.shift()
  }
}
