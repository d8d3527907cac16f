import type { DeploymentEvent } from './world.ts'

/** What happens beside the looks: it is told before the next one. */
export class News {
  readonly #events: DeploymentEvent[] = []
  /** What nobody waits for any more must not fail unheard. */
  readonly #broken: unknown[] = []
  readonly #whenThere: () => void

  /** `whenThere` is called each time that there is something. */
  constructor(whenThere: () => void) {
    this.#whenThere = whenThere
  }

  get isThere(): boolean {
    return this.#events.length > 0 || this.#broken.length > 0
  }

  add(events: readonly DeploymentEvent[]): void {
    if (events.length === 0) return
    this.#events.push(...events)
    this.#whenThere()
  }

  /** Adds what is unforeseen; `take` throws it. */
  break(error: unknown): void {
    this.#broken.push(error)
    this.#whenThere()
  }

  /** Gives what happened, each event once. Throws what is unforeseen. */
  take(): DeploymentEvent[] {
    if (this.#broken.length > 0) throw this.#broken[0]
    return this.#events.splice(0)
  }
}
