/** Repeatable randomness: the same seed gives the same numbers, ids and choices. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** 0 <= n < 1; the mulberry32 generator. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let n = this.#state
    n = Math.imul(n ^ (n >>> 15), n | 1)
    n ^= n + Math.imul(n ^ (n >>> 7), n | 61)
    return ((n ^ (n >>> 14)) >>> 0) / 2 ** 32
  }

  text(length: number, alphabet: string): string {
    // Each simulated answer takes an id.
    let text = ''
    while (text.length < length) text += alphabet[Math.floor(this.next() * alphabet.length)]
    return text
  }

  uuid(): string {
    const hex = (length: number) => this.text(length, '0123456789abcdef')
    return `${hex(8)}-${hex(4)}-4${hex(3)}-${this.text(1, '89ab')}${hex(3)}-${hex(12)}`
  }

  /** `d-` and nine capitals and digits, like real ids; within one account and region they share an ending. */
  deploymentId(): string {
    return `d-${this.text(6, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')}91L`
  }
}
