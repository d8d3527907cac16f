import type { PlayedScene } from '../play/play.ts'
import { agreesWithAws, servingIsTrue } from './agreement.ts'
import { startsTogether, staysTogether, stopsTheOthers, takesBackOnce } from './allornone.ts'
import { finishesWhatWasKilled, leavesNothingBehind, stopsAsPromised, stopsAtOnce } from './cancellation.ts'
import { speaksWithOneVoice } from './consistency.ts'
import { ends, foresees, isDoneWhenItEnds } from './ending.ts'
import type { Invariant, StepInvariant } from './invariant.ts'
import { leavesOthersAlone, outlastsRollbacks, tellsItsHooks } from './joining.ts'
import { keepsSecrets, nothingForeignActs, nothingHides } from './logsafety.ts'
import { neverRushes, staysWithinBounds, watchesCalmly } from './pace.ts'
import { passesOnTargetOnly, releasesWhatWasAsked } from './passing.ts'
import { outlastsWhatPasses, yieldsToWhatIsDefinite } from './patience.ts'
import { perFunction } from './perfunction.ts'
import {
  changesNothingInVain,
  createsOneAtMost,
  sendsNothingMalformed,
  startsFromWhatServes,
  stopsOnlyItsOwn
} from './requests.ts'

/** What holds for each function in every world, whatever goes wrong in it. */
export const invariants: readonly Invariant[] = [
  passesOnTargetOnly,
  releasesWhatWasAsked,
  createsOneAtMost,
  sendsNothingMalformed,
  changesNothingInVain,
  stopsOnlyItsOwn,
  leavesOthersAlone,
  startsFromWhatServes,
  servingIsTrue,
  agreesWithAws,
  tellsItsHooks,
  leavesNothingBehind,
  stopsAtOnce,
  stopsAsPromised,
  finishesWhatWasKilled,
  outlastsWhatPasses,
  outlastsRollbacks,
  yieldsToWhatIsDefinite,
  takesBackOnce
]

/** What holds for each step. */
export const stepInvariants: readonly StepInvariant[] = [
  speaksWithOneVoice,
  ends,
  isDoneWhenItEnds,
  foresees,
  nothingForeignActs,
  nothingHides,
  keepsSecrets,
  neverRushes,
  watchesCalmly,
  staysWithinBounds,
  startsTogether,
  staysTogether,
  stopsTheOthers
]

export interface Violation {
  seed: number
  invariant: string
  claims: string
  run: string
  what: string
}

/** Every promise that a story broke. */
export function violations(story: PlayedScene): Violation[] {
  const { seed } = story.scene
  if (story.played.length === 0) {
    const [first] = story.broken
    const what = first instanceof Error ? (first.stack ?? first.message) : String(first)
    return [{ seed, invariant: '5a', claims: ends.claims, run: '?', what }]
  }
  return story.played.flatMap(played => {
    const run = played.step.run
    const ofStep = stepInvariants.flatMap(({ id, claims, check }) => {
      const what = check(played, story)
      return what === undefined ? [] : [{ seed, invariant: id, claims, run, what }]
    })
    const ofFunctions = perFunction(played, story).flatMap(part =>
      invariants.flatMap(({ id, claims, check }) => {
        const broken = check(part, story)
        const what = part.among > 1 ? `${part.names.functionName}: ${broken}` : broken
        return broken === undefined || what === undefined ? [] : [{ seed, invariant: id, claims, run, what }]
      })
    )
    return [...ofStep, ...ofFunctions]
  })
}
