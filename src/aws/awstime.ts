import type { Clock } from '../clock.ts'

/** The resolution of a Date header, ms. */
const dateStepMs = 1_000

/**
 * AWS's time, as learned from its answers. An answer's Date header, the time when the request was sent and the time when the answer
 * came together bound the error of our clock. Further answers narrow the bounds. An answer that does not fit them shows that our clock
 * was set, or stood still, and the bounds start again from it once a second answer agrees: a single wrong date must not end a wait. A
 * clock that may be right is not corrected. `guessMs`: how far AWS's clock was ahead when another process on this machine last knew.
 */
export class AwsTime {
  readonly #clock: Clock
  #guessMs: number
  #least = Number.NEGATIVE_INFINITY
  #most = Number.POSITIVE_INFINITY
  #latest = Number.NEGATIVE_INFINITY
  /** The bounds by the last answer, if it did not fit. */
  #doubt: { least: number; most: number } | undefined

  constructor(clock: Clock, guessMs = 0) {
    this.#clock = clock
    this.#guessMs = guessMs
  }

  /** How far AWS's clock is ahead of ours, ms; the guess until an answer proves otherwise. */
  get offsetMs(): number {
    return Math.min(Math.max(this.#guessMs, this.#least), this.#most)
  }

  /** Epoch ms. When an answer narrows the bounds, this does not step back, but stands still until it is right again. */
  now(): number {
    const at = this.#clock.now() + this.offsetMs
    const isNarrowed = at < this.#latest && this.#latest - at < dateStepMs
    if (!isNarrowed) this.#latest = at
    return this.#latest
  }

  /** What it is at the least, epoch ms; minus infinity before the first answer. */
  earliest(): number {
    return this.#clock.now() + this.#least
  }

  /** The time by our own clock, epoch ms, to be passed to `learn`. */
  moment(): number {
    return this.#clock.now()
  }

  /**
   * Takes the Date header of an answer that came from AWS itself, and the time by our clock when its request was sent. A refusal
   * (`isRefusal`) may be about our clock, and is believed at once.
   */
  learn(date: string | undefined, sentAt: number, isRefusal = false): void {
    const answeredAt = Date.parse(date ?? '')
    if (Number.isNaN(answeredAt)) return
    const least = answeredAt - this.#clock.now()
    const most = answeredAt + dateStepMs - 1 - sentAt
    // Our clock was set during the request.
    if (least > most) return
    const fits = least <= this.#most && most >= this.#least
    const agrees = this.#doubt && least <= this.#doubt.most && most >= this.#doubt.least
    this.#doubt = fits || agrees ? undefined : { least, most }
    if (this.#doubt && !isRefusal) return
    this.#least = fits ? Math.max(this.#least, least) : least
    this.#most = fits ? Math.min(this.#most, most) : most
    // Our clock was set since, and may be right now.
    if (this.#guessMs < this.#least || this.#guessMs > this.#most) this.#guessMs = 0
  }
}
