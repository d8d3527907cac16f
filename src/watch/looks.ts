import { answeredUntil } from './answereduntil.ts'
import type { Look } from './look.ts'
import type { WatchedDeployment } from './watched.ts'

interface UnderWay {
  /** Resolves when it is back, and never rejects. */
  returning: Promise<void>
  /** Those that were begun together have the same number. */
  batch: number
}

/** A look that has come back. */
interface Returned {
  watch: WatchedDeployment
  look: Look
  batch: number
}

/** How long those that were begun together are waited for once one is back, so that what happened together is told together, ms. */
const togetherMs = 1_000

/**
 * The looks that are under way, one for each deployment at most, and those that have come back. Each comes back by itself: a slow answer
 * about one deployment holds up no news of another.
 */
export class Looks {
  readonly #underWay = new Map<WatchedDeployment, UnderWay>()
  readonly #returned: Returned[] = []
  readonly #whenBack: () => void
  readonly #whenBroken: (error: unknown) => void
  #batch = 0

  /** `whenBack` is called for each look that comes back, and `whenBroken` with what is unforeseen. */
  constructor(whenBack: () => void, whenBroken: (error: unknown) => void) {
    this.#whenBack = whenBack
    this.#whenBroken = whenBroken
  }

  isUnderWay(watch: WatchedDeployment): boolean {
    return this.#underWay.has(watch)
  }

  get hasReturned(): boolean {
    return this.#returned.length > 0
  }

  /** Begins a look at each of them. */
  begin(watches: readonly WatchedDeployment[], ask: (watch: WatchedDeployment) => Promise<Look>): void {
    this.#batch += 1
    const batch = this.#batch
    for (const watch of watches) {
      const isDropped = () => this.#underWay.get(watch)?.returning !== returning
      const returning: Promise<void> = ask(watch).then(look => {
        if (isDropped()) return
        this.#underWay.delete(watch)
        this.#returned.push({ watch, look, batch })
        this.#whenBack()
      }, this.#whenBroken)
      this.#underWay.set(watch, { returning, batch })
    }
  }

  /** Nobody waits any more for what is under way about them: it is asked again. */
  drop(watches: Iterable<WatchedDeployment>): void {
    for (const each of watches) this.#underWay.delete(each)
  }

  /** Waits a moment for those that were begun together with what has come back, and not when one of `signals` aborts. */
  async gather(
    signals: readonly (AbortSignal | undefined)[],
    clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
  ): Promise<void> {
    const batches = new Set(this.#returned.map(({ batch }) => batch))
    const others = [...this.#underWay.values()].filter(({ batch }) => batches.has(batch))
    if (others.length === 0) return
    const all = Promise.all(others.map(({ returning }) => returning))
    await answeredUntil(all, clock.now() + togetherMs, signals, clock)
  }

  /** Gives those that have come back, each once. */
  take(): readonly Omit<Returned, 'batch'>[] {
    return this.#returned.splice(0)
  }
}
