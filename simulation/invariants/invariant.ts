import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import type { FunctionStep } from './perfunction.ts'

interface Promised {
  /** Such as `1` or `2a`: the number of the promise and a letter. */
  id: string
  claims: string
}

/** A promise that holds in every world for each function of a step. `check` says in words how it is broken, or returns undefined. */
export interface Invariant extends Promised {
  check(part: FunctionStep, world: PlayedScene): string | undefined
}

/** A promise that holds in every world for a step as a whole. */
export interface StepInvariant extends Promised {
  check(played: PlayedStep, world: PlayedScene): string | undefined
}
