import { agreesWithAws, servingIsTrue, speaksWithOneVoice } from './invariants/agreement.ts'
import { ends, foresees, isDoneWhenItEnds } from './invariants/ending.ts'
import type { Invariant } from './invariants/invariant.ts'
import {
  changesNothingInVain,
  createsOneAtMost,
  sendsNothingMalformed,
  startsFromWhatServes,
  stopsOnlyItsOwn
} from './invariants/once.ts'
import { neverRushes, staysWithinBounds, watchesCalmly } from './invariants/pace.ts'
import { passesOnTargetOnly, releasesWhatWasAsked } from './invariants/passing.ts'
import { outlastsWhatPasses, yieldsToWhatIsDefinite } from './invariants/patience.ts'
import {
  finishesWhatWasKilled,
  leavesNothingBehind,
  stopsAsPromised,
  stopsAtOnce
} from './invariants/promise.ts'
import { keepsSecrets, nothingForeignActs, nothingHides } from './invariants/speech.ts'
import type { Story } from './story.ts'

/** What holds in every world, whatever goes wrong in it. */
export const invariants: readonly Invariant[] = [
  passesOnTargetOnly,
  releasesWhatWasAsked,
  createsOneAtMost,
  sendsNothingMalformed,
  changesNothingInVain,
  stopsOnlyItsOwn,
  startsFromWhatServes,
  speaksWithOneVoice,
  servingIsTrue,
  agreesWithAws,
  leavesNothingBehind,
  stopsAtOnce,
  stopsAsPromised,
  finishesWhatWasKilled,
  ends,
  isDoneWhenItEnds,
  foresees,
  nothingForeignActs,
  nothingHides,
  keepsSecrets,
  neverRushes,
  watchesCalmly,
  staysWithinBounds,
  outlastsWhatPasses,
  yieldsToWhatIsDefinite
]

export interface Violation {
  seed: number
  invariant: string
  claims: string
  run: string
  what: string
}

/** Every promise that a story broke. */
export function violations(story: Story): Violation[] {
  const { seed } = story.scene
  if (story.played.length === 0) {
    const [first] = story.broken
    const what = first instanceof Error ? (first.stack ?? first.message) : String(first)
    return [{ seed, invariant: '5a', claims: ends.claims, run: '?', what }]
  }
  return story.played.flatMap(played =>
    invariants.flatMap(({ id, claims, check }) => {
      const what = check(played, story)
      return what === undefined ? [] : [{ seed, invariant: id, claims, run: played.step.run, what }]
    })
  )
}
