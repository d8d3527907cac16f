import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import type { FunctionStep } from './perfunction.ts'

interface Promised {
  /** `1`, `2a`: the number of the promise and a letter. */
  id: string
  claims: string
}

/** A promise that holds in every world for each function of a step. Gives what is wrong in words, or nothing. */
export interface Invariant extends Promised {
  check(part: FunctionStep, story: PlayedScene): string | undefined
}

/** A promise that holds in every world for a step as a whole. */
export interface StepInvariant extends Promised {
  check(played: PlayedStep, story: PlayedScene): string | undefined
}
