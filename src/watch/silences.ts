import { type Event, type Part, partNames } from '../deployment/event.ts'
import type { Look } from './look.ts'

/** How long a part may give no answer before that is told, ms. Most faults pass sooner. */
const toldAfterMs = 60_000

/** The parts of one deployment that give no answer, though its status does. */
export class Silences {
  readonly #since = new Map<Part, { at: number; isTold: boolean }>()

  /** Takes in what a look found, and returns what to report: each silence once, and its end. */
  take({ failing, answered, unreadable }: Omit<Look, 'reading'>, now: number): Event[] {
    const events: Event[] = []
    for (const part of partNames) {
      const known = this.#since.get(part)
      const reason = failing[part]
      if (reason !== undefined) {
        const since = known ?? { at: now, isTold: false }
        const isToTell = !since.isTold && now - since.at >= toldAfterMs
        if (isToTell) events.push({ kind: 'sight-lost', at: now, reason, part })
        this.#since.set(part, { at: since.at, isTold: since.isTold || isToTell })
      } else if (known && (answered.has(part) || unreadable[part] !== undefined)) {
        this.#since.delete(part)
        if (known.isTold && answered.has(part))
          events.push({ kind: 'sight-regained', at: now, afterMs: now - known.at, part })
      }
    }
    return events
  }
}
