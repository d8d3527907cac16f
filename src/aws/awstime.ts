import type { Clock } from '../clock.ts'

/** An answer says when it was made to the second. */
const dateStepMs = 1_000

/**
 * AWS's time, as far as its answers tell it. Each answer's Date header, the moment when the request was sent and the moment when
 * the answer came bound how far our clock is off. Answers narrow the bounds; one that does not fit them shows that our clock was
 * set, or stood still, and starts again. What the answers do not prove is not corrected: a clock that may be right is taken as right.
 */
export class AwsTime {
  readonly #clock: Clock
  #least = Number.NEGATIVE_INFINITY
  #most = Number.POSITIVE_INFINITY
  #told = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How far AWS's clock is ahead of ours, ms; 0 until an answer proves otherwise. */
  get offsetMs(): number {
    return Math.min(Math.max(0, this.#least), this.#most)
  }

  /** Epoch ms. It does not step back when an answer narrows the bounds, but waits until it is true again. */
  now(): number {
    const at = this.#clock.now() + this.offsetMs
    const isNarrowed = at < this.#told && this.#told - at < dateStepMs
    if (!isNarrowed) this.#told = at
    return this.#told
  }

  /** The moment by our own clock, epoch ms, to be given to `learn`. */
  moment(): number {
    return this.#clock.now()
  }

  /** Takes the Date header of an answer of AWS itself, and when its request was sent, by our clock. */
  learn(date: string | undefined, sentAt: number): void {
    const told = Date.parse(date ?? '')
    if (Number.isNaN(told)) return
    const least = told - this.#clock.now()
    const most = told + dateStepMs - 1 - sentAt
    // Our clock was set while the request was under way.
    if (least > most) return
    const fits = least <= this.#most && most >= this.#least
    this.#least = fits ? Math.max(this.#least, least) : least
    this.#most = fits ? Math.min(this.#most, most) : most
  }
}
