import { Random } from '../../simulator/random.ts'

/** The source of everything that a seed decides, so that the same seed always decides the same. */
export class Chance {
  readonly #random: Random

  constructor(seed: number) {
    this.#random = new Random(Math.imul(seed, 2_654_435_761))
  }

  /** 0 to 1, without 1. */
  next(): number {
    return this.#random.next()
  }

  is(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[Math.floor(this.next() * choices.length)] ?? choices[0]
  }

  /** Picks each choice as often as its weight says. */
  weighted<T>(choices: readonly [choice: T, weight: number][]): T {
    let left = this.next() * choices.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [choice, weight] of choices) {
      left -= weight
      if (left < 0) return choice
    }
    return (choices.at(-1) as [T, number])[0]
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  /** A whole number from `low` to `high`, with every order of magnitude equally likely. */
  spread(low: number, high: number): number {
    return Math.round(low * (high / low) ** this.next())
  }
}
