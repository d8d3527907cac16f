import type { Event } from '../deployment/event.ts'
import { type FiguresQuery, type MetricsPort, minuteMs, minuteOf } from '../deployment/figures.ts'
import { qualifiedName } from '../deployment/names.ts'
import type { WatchedDeployment } from './watched.ts'

/**
 * When in a minute to ask, ms after it began: by then CloudWatch usually has all of the minute before, so that a minute is judged as
 * soon as it may be.
 */
const askAtMs = 25_000
/** Jobs that ask at the same time are spread over this long, ms. */
const spreadMs = 5_000
/** The shortest pause between two questions whether something is due, ms. */
const leastMs = 1_000
/** How long the end of the watch waits for the last figures, ms. */
const lastMs = 2_000

export interface MeasuringOptions {
  metrics: MetricsPort
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
  cancelled: AbortSignal
  tell(watch: WatchedDeployment, events: readonly Event[]): void
  /** There is a verdict on one of them, perhaps an old one. */
  hasJudged(): void
}

/**
 * Reads the figures of all deployments that shift traffic, in a slower loop of its own beside the watch: no look and no stop waits for
 * CloudWatch. It ends with the watch.
 */
export class Measuring {
  readonly #watches: readonly WatchedDeployment[]
  readonly #world: MeasuringOptions
  readonly #ended = new AbortController()
  readonly #offsetMs: number

  constructor(watches: readonly WatchedDeployment[], world: MeasuringOptions) {
    this.#watches = watches
    this.#world = world
    const [first] = watches
    this.#offsetMs = askAtMs + (first ? spread(qualifiedName(first.subject)) : 0)
    void this.#loop()
  }

  /** Ends the loop. With `isLast`, asks once more, for a moment: the end of a shift is in no earlier answer. */
  async end(isLast: boolean): Promise<void> {
    this.#ended.abort()
    if (!isLast) return
    const over = new AbortController()
    const done = new AbortController()
    const limit = this.#world.clock.sleep(lastMs, done.signal).then(() => over.abort())
    await Promise.race([this.#ask(() => true, over.signal), limit])
    over.abort()
    done.abort()
  }

  async #loop(): Promise<void> {
    const { clock, cancelled } = this.#world
    const { signal } = this.#ended
    const isOver = () => signal.aborted || cancelled.aborted
    for (;;) {
      await clock.sleep(this.#nextAt() - clock.now(), signal)
      if (isOver()) return
      await this.#ask(watch => watch.measured.isDue(watch.seen, clock.now()), signal)
      if (isOver()) return
      if (this.#watches.some(({ measured }) => measured.verdict)) this.#world.hasJudged()
    }
  }

  /** At its moment of every minute, and before that when something is due. */
  #nextAt(): number {
    const now = this.#world.clock.now()
    const moment = minuteOf(now) + this.#offsetMs
    const regular = moment > now ? moment : moment + minuteMs
    const urgent = this.#watches.map(({ measured, seen }) => measured.urgentAt(seen, now))
    return Math.min(regular, ...urgent.map(at => Math.max(at, now + leastMs)))
  }

  async #ask(isDue: (watch: WatchedDeployment) => boolean, signal: AbortSignal): Promise<void> {
    const { metrics, clock, tell } = this.#world
    const asked = this.#watches.flatMap(watch => {
      const query = isDue(watch) ? watch.measured.query(watch.seen, clock.now()) : undefined
      return query ? [{ watch, query }] : []
    })
    if (asked.length === 0) return
    const queries: FiguresQuery[] = asked.map(({ query }) => query)
    const readings = await metrics.figures(queries, signal)
    if (signal.aborted) return
    for (const [index, { watch }] of asked.entries()) {
      const reading = readings[index]
      const events = reading ? watch.measured.take(reading, watch.seen, clock.now()) : []
      if (events.length > 0) tell(watch, events)
    }
  }
}

/** Different functions are asked about at different moments. */
function spread(name: string): number {
  let sum = 0
  for (const letter of name) sum = (sum * 31 + letter.charCodeAt(0)) % 1_000
  return (sum / 1_000) * spreadMs
}
