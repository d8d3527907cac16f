import type { Story } from '../play/play.ts'
import type { Played } from '../play/runner.ts'
import type { Part } from './perfunction.ts'

interface Promised {
  /** `1`, `2a`: the number of the promise and a letter. */
  id: string
  claims: string
}

/** A promise that holds in every world for each function of a step. Gives what is wrong in words, or nothing. */
export interface Invariant extends Promised {
  check(part: Part, story: Story): string | undefined
}

/** A promise that holds in every world for a step as a whole. */
export interface StepInvariant extends Promised {
  check(played: Played, story: Story): string | undefined
}
