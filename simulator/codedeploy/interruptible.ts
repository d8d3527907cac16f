import type { SimulatedClock } from '../clock.ts'

/** Waits in simulated time that can be interrupted from outside: whoever is waiting is woken with the reason. */
export class Interruptible<Reason> {
  readonly #clock: SimulatedClock
  readonly #wake = new Set<(reason: Reason) => void>()
  #reason: Reason | undefined

  constructor(clock: SimulatedClock) {
    this.#clock = clock
  }

  /** @throws the reason, if it was interrupted before or is interrupted while waiting */
  async wait(ms: number): Promise<void> {
    await this.waitForCallback<never>(ms, () => {})
  }

  /** Waits for a callback for at most `ms`; `ask` receives the function to call. Undefined when none came. */
  waitForCallback<T>(ms: number, ask: (give: (answer: T) => void) => void): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) return reject(this.#reason)
      const end = (settle: () => void) => {
        timer.cancel()
        this.#wake.delete(wake)
        settle()
      }
      const wake = (reason: Reason) => end(() => reject(reason))
      const timer = this.#clock.at(this.#clock.now() + ms, () => end(() => resolve(undefined)))
      this.#wake.add(wake)
      ask(answer => end(() => resolve(answer)))
    })
  }

  /** Only the first reason counts. */
  interrupt(reason: Reason): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    for (const wake of [...this.#wake]) wake(reason)
  }
}
