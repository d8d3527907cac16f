import type { SimulatedClock } from '../clock.ts'

/** A stretch of time that can be broken off from outside: whoever waits in it is woken with the reason. */
export class Course<Reason> {
  readonly #clock: SimulatedClock
  readonly #wake = new Set<(reason: Reason) => void>()
  #reason: Reason | undefined

  constructor(clock: SimulatedClock) {
    this.#clock = clock
  }

  /** @throws the reason, when it is broken off before or meanwhile */
  async wait(ms: number): Promise<void> {
    await this.answer<never>(ms, () => {})
  }

  /** Waits for an answer for at most `ms`; `ask` is handed the function that gives it. Undefined when none came. */
  answer<T>(ms: number, ask: (give: (answer: T) => void) => void): Promise<T | undefined> {
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
  breakOff(reason: Reason): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    for (const wake of [...this.#wake]) wake(reason)
  }
}
