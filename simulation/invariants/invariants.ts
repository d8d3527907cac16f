import type { PlayedScene } from '../play/play.ts'
import { changesNothingActive, missesNoActiveDeployment, watchesWhatIsActive } from './active.ts'
import { agreesWithAws, servingIsTrue } from './agreement.ts'
import {
  allOrNone,
  publishesBeforeCreating,
  revertsOnce,
  stopsTheOthers,
  stopsWhatIsOutOfSight
} from './allornone.ts'
import { keepsWhatOthersNeed } from './beside.ts'
import { fightsNoOtherRelease, knowsItsOwnMoves, knowsItsOwnStops } from './blaming.ts'
import {
  finishesWhatWasKilled,
  followsToTheEnd,
  leavesAStateThatFits,
  leavesNothingBehind,
  stopsAsPromised,
  stopsAtOnce,
  tellsTheEndOfACancel
} from './cancellation.ts'
import { tellsOneResult } from './consistency.ts'
import { assumesInPost, renewsInTime, renewsPatiently } from './credentials.ts'
import {
  cleansUpWhatHasEnded,
  deletesInTime,
  deletesNothingInUse,
  deletesOnlyWhenAllIsWell,
  deletesVersionsOnly,
  deletesWhatIsOld,
  sparesDurableVersions,
  tellsWhatOthersChose
} from './deleting.ts'
import { listsWhatOnlyDurabilityKeeps } from './durable.ts'
import { beginsOnlyWhatCanBeFinished, ends, leavesNothingPending, neverCrashes } from './ending.ts'
import { callsOffWhatIsOutdated, letsTheNewerPass, recordsTruly, releasesWithoutGitHub } from './github.ts'
import { goesBackToWhatServed, refusesOnlyTheUnknown } from './goingback.ts'
import type { Invariant, StepInvariant } from './invariant.ts'
import {
  leavesOthersAlone,
  outlastsRollbacks,
  replacesNoneInVain,
  replacesNoneLikeIt,
  replacesNoneTooEarly,
  replacesNoRevert,
  tellsEveryHook,
  tellsItsHooks
} from './joining.ts'
import { leavesAsIfThereWereNoAlias } from './lastalias.ts'
import { hidesNothing, keepsSecrets, runsNoForeignCommand } from './logsafety.ts'
import { limitsRate, limitsRequests, watchesSparingly } from './pace.ts'
import { passesOnTargetOnly, releasesWhatWasAsked, shiftsToWhatCanServe } from './passing.ts'
import {
  asksAgainToStop,
  endsOnPermanentFault,
  goesOnReading,
  losesOnlyWhatIsDenied,
  needsNoRightClock,
  outlastsTransientFaults,
  waitsForNoRefusedStop
} from './patience.ts'
import { perFunction } from './perfunction.ts'
import {
  changesNothingNeedlessly,
  createsOneAtMost,
  findsOnlyItsOwn,
  sendsNothingMalformed,
  startsFromWhatServes,
  stopsOnlyItsOwn
} from './requests.ts'
import {
  changesNoGroup,
  createsAsPromised,
  createsOnlyWhatIsMissing,
  mindsNoOneElse,
  setsUpLast,
  tellsOfAnotherRole
} from './settingup.ts'
import {
  blamesNoVersionThatPasses,
  createsNothingAfterAFailedTest,
  deploysWhatWasTested,
  sendsNoEventWithoutEnd,
  stopsNobodyForABadVersion,
  testsBeforeCreating,
  testsNothingAfterACancel
} from './tests.ts'
import { countsFromCreation, neverGoesBack, ordersItsEvents } from './times.ts'
import {
  blamesNobodyFalsely,
  overwritesNobody,
  releasesOnlyItsCode,
  uploadsOnlyNewCode
} from './uploading.ts'
import {
  countsTruly,
  nobodyTrulyCame,
  passesNoBreach,
  staysTheCause,
  tellsThatNobodyJudged
} from './verdicts.ts'
import { buildsOnThePlan, confirmsWeights, givesBackWeights, setsWholeMaps } from './weights.ts'

/** What holds for each function in every world, whatever goes wrong there. */
export const invariants: readonly Invariant[] = [
  passesOnTargetOnly,
  releasesWhatWasAsked,
  shiftsToWhatCanServe,
  createsOneAtMost,
  findsOnlyItsOwn,
  sendsNothingMalformed,
  changesNothingNeedlessly,
  stopsOnlyItsOwn,
  leavesOthersAlone,
  replacesNoneLikeIt,
  replacesNoneInVain,
  replacesNoRevert,
  startsFromWhatServes,
  servingIsTrue,
  agreesWithAws,
  knowsItsOwnStops,
  knowsItsOwnMoves,
  fightsNoOtherRelease,
  countsFromCreation,
  neverGoesBack,
  tellsItsHooks,
  tellsEveryHook,
  leavesNothingBehind,
  stopsAtOnce,
  stopsAsPromised,
  finishesWhatWasKilled,
  followsToTheEnd,
  outlastsTransientFaults,
  asksAgainToStop,
  goesOnReading,
  losesOnlyWhatIsDenied,
  outlastsRollbacks,
  needsNoRightClock,
  endsOnPermanentFault,
  waitsForNoRefusedStop,
  revertsOnce,
  stopsWhatIsOutOfSight,
  callsOffWhatIsOutdated,
  letsTheNewerPass,
  releasesOnlyItsCode,
  uploadsOnlyNewCode,
  overwritesNobody,
  blamesNobodyFalsely,
  goesBackToWhatServed,
  refusesOnlyTheUnknown,
  deploysWhatWasTested,
  sendsNoEventWithoutEnd,
  blamesNoVersionThatPasses,
  stopsNobodyForABadVersion,
  countsTruly,
  nobodyTrulyCame,
  passesNoBreach,
  staysTheCause,
  tellsThatNobodyJudged,
  watchesWhatIsActive,
  missesNoActiveDeployment,
  changesNothingActive,
  confirmsWeights,
  setsWholeMaps,
  buildsOnThePlan,
  deletesVersionsOnly,
  deletesNothingInUse,
  deletesOnlyWhenAllIsWell,
  tellsWhatOthersChose,
  deletesInTime,
  deletesWhatIsOld,
  sparesDurableVersions,
  keepsWhatOthersNeed,
  listsWhatOnlyDurabilityKeeps,
  createsOnlyWhatIsMissing,
  createsAsPromised,
  mindsNoOneElse,
  tellsOfAnotherRole
]

/** What holds for each step. */
export const stepInvariants: readonly StepInvariant[] = [
  tellsOneResult,
  leavesAStateThatFits,
  tellsTheEndOfACancel,
  beginsOnlyWhatCanBeFinished,
  ordersItsEvents,
  ends,
  leavesNothingPending,
  neverCrashes,
  runsNoForeignCommand,
  hidesNothing,
  keepsSecrets,
  limitsRate,
  watchesSparingly,
  limitsRequests,
  publishesBeforeCreating,
  allOrNone,
  stopsTheOthers,
  leavesAsIfThereWereNoAlias,
  replacesNoneTooEarly,
  renewsInTime,
  renewsPatiently,
  assumesInPost,
  releasesWithoutGitHub,
  recordsTruly,
  createsNothingAfterAFailedTest,
  testsBeforeCreating,
  testsNothingAfterACancel,
  givesBackWeights,
  cleansUpWhatHasEnded,
  changesNoGroup,
  setsUpLast
]

export interface Violation {
  seed: number
  invariant: string
  claims: string
  run: string
  what: string
}

/** Every promise that was broken in a world. */
export function violations(world: PlayedScene): Violation[] {
  const { seed } = world.scene
  if (world.played.length === 0) {
    const [first] = world.broken
    const what = first instanceof Error ? (first.stack ?? first.message) : String(first)
    return [{ seed, invariant: '5a', claims: ends.claims, run: '?', what }]
  }
  return world.played.flatMap(played => {
    const run = played.step.run
    const ofStep = stepInvariants.flatMap(({ id, claims, check }) => {
      const what = check(played, world)
      return what === undefined ? [] : [{ seed, invariant: id, claims, run, what }]
    })
    const ofFunctions = perFunction(played, world).flatMap(part =>
      invariants.flatMap(({ id, claims, check }) => {
        const broken = check(part, world)
        const what = part.functionCount > 1 ? `${part.names.functionName}: ${broken}` : broken
        return broken === undefined || what === undefined ? [] : [{ seed, invariant: id, claims, run, what }]
      })
    )
    return [...ofStep, ...ofFunctions]
  })
}
