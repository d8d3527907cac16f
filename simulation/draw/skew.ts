import type { Chance } from './chance.ts'

/** How far off a runner's clock is, ms: up to two hours in either direction, half of them less than half an hour. */
export function someSkew(chance: Chance): number {
  const share = 2 * chance.next() - 1
  return Math.round(share * Math.abs(share) * 7_200_000)
}
