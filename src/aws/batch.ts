/** Joins lookups that are made one by one in the same moment into requests for many: a hundred deployments take four requests. */
export class Batch<T> {
  readonly #most: number
  readonly #ask: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>
  #waiting: { id: string; answer(value: Promise<T | undefined>): void }[] = []

  /** `ask` takes at most `most` ids at once and gives what it found, by id; what it throws, all of them throw. */
  constructor(most: number, ask: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>) {
    this.#most = most
    this.#ask = ask
  }

  /** What is found under this id, or undefined. */
  get(id: string): Promise<T | undefined> {
    if (this.#waiting.length === 0) queueMicrotask(() => this.#send())
    return new Promise(answer => this.#waiting.push({ id, answer }))
  }

  #send(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (let from = 0; from < waiting.length; from += this.#most) {
      const some = waiting.slice(from, from + this.#most)
      const found = this.#ask(some.map(({ id }) => id))
      for (const { id, answer } of some) answer(found.then(values => values.get(id)))
    }
  }
}
