import { answeredUntil } from './answereduntil.ts'
import type { Look } from './look.ts'
import type { WatchedDeployment } from './watched.ts'

/** A look that has come back. */
export interface Returned {
  watch: WatchedDeployment
  look: Look
}

/** How long those that come back are gathered, so that what happened together is told together, ms. */
const togetherMs = 1_000

/**
 * Waits until all looks of `returning` are back, or for a moment after the first; not beyond `limit` (epoch ms), and not when one of
 * `signals` aborts.
 */
export async function gather(
  returning: readonly Promise<void>[],
  limit: number,
  signals: readonly (AbortSignal | undefined)[],
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
): Promise<void> {
  if (returning.length === 0) return
  await answeredUntil(Promise.race(returning), limit, signals, clock)
  const soon = Math.min(limit, clock.now() + togetherMs)
  await answeredUntil(Promise.all(returning), soon, signals, clock)
}

/**
 * The looks that are under way, one for each deployment at most, and those that have come back. A slow answer about one deployment holds
 * up no news of another.
 */
export class Looks {
  readonly #underWay = new Map<WatchedDeployment, Promise<unknown>>()
  #returned: Returned[] = []
  readonly #isBack: () => void
  readonly #hasFailed: (error: unknown) => void

  /** `isBack` is called whenever a look comes back, and `hasFailed` with what is unforeseen. */
  constructor(isBack: () => void, hasFailed: (error: unknown) => void) {
    this.#isBack = isBack
    this.#hasFailed = hasFailed
  }

  isUnderWay(watch: WatchedDeployment): boolean {
    return this.#underWay.has(watch)
  }

  get hasReturned(): boolean {
    return this.#returned.length > 0
  }

  /** Gives what resolves when it is back, and never rejects. */
  begin(watch: WatchedDeployment, asking: Promise<Look>): Promise<void> {
    const returning: Promise<void> = asking.then(
      look => {
        if (this.#underWay.get(watch) !== returning) return
        this.#underWay.delete(watch)
        this.#returned.push({ watch, look })
        this.#isBack()
      },
      error => {
        this.#hasFailed(error)
        this.#isBack()
      }
    )
    this.#underWay.set(watch, returning)
    return returning
  }

  /** Nobody waits any more for what was asked about them: it is asked again. */
  drop(watches: Iterable<WatchedDeployment>): void {
    for (const each of watches) this.#underWay.delete(each)
  }

  /** Gives those that have come back, each once. */
  take(): readonly Returned[] {
    return this.#returned.splice(0)
  }
}
