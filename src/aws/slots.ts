/** Lets at most so many things happen at once. The others wait, first come first served. */
export class Slots {
  #left: number
  readonly #waiting: (() => void)[] = []

  constructor(most: number) {
    this.#left = most
  }

  /** Resolves with true when the caller has a slot, and with false, without one, when the signal aborts first. */
  async take(signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return false
    if (this.#left > 0) {
      this.#left -= 1
      return true
    }
    return await new Promise(resolve => {
      const take = () => {
        signal?.removeEventListener('abort', leave)
        resolve(true)
      }
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1)
        resolve(false)
      }
      signal?.addEventListener('abort', leave, { once: true })
      this.#waiting.push(take)
    })
  }

  free(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#left += 1
  }
}
