import type { Played } from '../runner.ts'
import type { Story } from '../story.ts'

/** A promise of the program that holds in every world. Gives what is wrong in words, or nothing. */
export interface Invariant {
  /** `1`, `2a`: the number of the promise and a letter. */
  id: string
  claims: string
  check(played: Played, story: Story): string | undefined
}
