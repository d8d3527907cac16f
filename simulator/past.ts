/** What things were before they changed, for answers that are some seconds old. */
export class Past<Thing> {
  readonly #clock: { now(): number }
  readonly #ended = new Map<string, { thing: Thing | undefined; until: number }[]>()

  constructor(clock: { now(): number }) {
    this.#clock = clock
  }

  /** To be called when it changes, with what it was until now; undefined when it did not exist. */
  keep(key: string, thing: Thing | undefined): void {
    const ended = this.#ended.get(key) ?? []
    this.#ended.set(key, ended)
    ended.push({ thing, until: this.#clock.now() })
  }

  /** What it was then, epoch ms. Undefined when it has not changed since. */
  asOf(key: string, at: number): { thing: Thing | undefined } | undefined {
    return this.#ended.get(key)?.find(({ until }) => until > at)
  }

  /** All that has changed. */
  get keys(): readonly string[] {
    return [...this.#ended.keys()]
  }

  clear(): void {
    this.#ended.clear()
  }
}
