/** A number that changes at moments: the rate of calls, or the share of a version. */
export class Steps {
  readonly #changes: { at: number; value: number }[] = []

  /** From `at` (epoch ms) on it has this value. Later moments must come later. */
  set(at: number, value: number): void {
    this.#changes.push({ at, value })
  }

  at(moment: number): number {
    return this.#changes.findLast(({ at }) => at <= moment)?.value ?? 0
  }

  get moments(): readonly number[] {
    return this.#changes.map(({ at }) => at)
  }
}

/** How much comes together until `moment` (epoch ms) when the product of all factors is what comes in a minute. */
export function total(factors: readonly Steps[], moment: number): number {
  const moments = [...new Set(factors.flatMap(each => each.moments))].sort((a, b) => a - b)
  let sum = 0
  for (const [index, from] of moments.entries()) {
    const to = Math.min(moment, moments[index + 1] ?? moment)
    if (to <= from) continue
    sum += factors.reduce((product, each) => product * each.at(from), 1) * ((to - from) / 60_000)
  }
  return sum
}
