import type { VirtualClock } from '../../simulator/clock.ts'

/**
 * Gives what happens in the same moment an order of its own. Which of two requests is sent first depends on how often the SDK gives
 * way, and that on what it has cached from the worlds before; a seed must give the same world whatever was played before it.
 */
export class Arrivals {
  readonly #clock: VirtualClock
  #waiting: { key: string; go(): void }[] = []

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  /** Resolves in the same moment, in the order of the keys. */
  turn(key: string): Promise<void> {
    if (this.#waiting.length === 0) this.#clock.at(this.#clock.now(), () => this.#release())
    return new Promise(go => this.#waiting.push({ key, go }))
  }

  #release(): void {
    const waiting = this.#waiting
    this.#waiting = []
    waiting.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    for (const { go } of waiting) go()
  }
}
