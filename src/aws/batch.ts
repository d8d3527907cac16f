/** By id. */
export type Found<T> = ReadonlyMap<string, T | Promise<T | undefined>>

/** Combines single lookups that are made at the same moment into batch requests: a hundred deployments take four requests. */
export class Batch<T> {
  readonly #most: number
  readonly #ask: (ids: readonly string[]) => Promise<Found<T>>
  #waiting: { id: string; answer(value: Promise<T | undefined>): void }[] = []

  /**
   * `ask` takes at most `most` ids at once and returns what it found, by id. If it throws, each of these lookups throws; if what it gives
   * for one id rejects, only that one.
   */
  constructor(most: number, ask: (ids: readonly string[]) => Promise<Found<T>>) {
    this.#most = most
    this.#ask = ask
  }

  /** The value for this id; undefined when there is none. */
  get(id: string): Promise<T | undefined> {
    if (this.#waiting.length === 0) queueMicrotask(() => this.#send())
    return new Promise(answer => this.#waiting.push({ id, answer }))
  }

  #send(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (let from = 0; from < waiting.length; from += this.#most) {
      const some = waiting.slice(from, from + this.#most)
      const found = this.#ask([...new Set(some.map(({ id }) => id))])
      for (const { id, answer } of some) answer(found.then(values => values.get(id)))
    }
  }
}
