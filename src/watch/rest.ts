/** However late the next look is due: the clock may be corrected meanwhile, ms. */
const longestMs = 60_000

/** The rest between looks, which ends early when something has happened. */
export class Rest {
  readonly #clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> }
  #over = new AbortController()

  constructor(clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> }) {
    this.#clock = clock
  }

  /** Ends the rest that is under way, if there is one. */
  end(): void {
    this.#over.abort()
  }

  /** Rests for `ms` at most, or for a minute, and no longer than until one of `signals` aborts. */
  async take(ms: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
    const over = new AbortController()
    const end = () => over.abort()
    this.#over = over
    for (const each of signals) each?.addEventListener('abort', end, { once: true })
    if (signals.some(each => each?.aborted)) end()
    await this.#clock.sleep(Math.min(ms, longestMs), over.signal)
    for (const each of signals) each?.removeEventListener('abort', end)
  }
}
