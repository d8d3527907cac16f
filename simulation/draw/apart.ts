import { withBeside } from './beside.ts'
import { withBlindGate } from './blindgate.ts'
import type { Chance } from './chance.ts'
import { withCutShort } from './cutshort.ts'
import { withDeniedSibling } from './deniedsibling.ts'
import { withDurable } from './durable.ts'
import { withEarlierStep } from './earlierstep.ts'
import { withGoingBack } from './goingback.ts'
import { withHardSibling } from './hardsibling.ts'
import { withHiddenTarget } from './hiddentarget.ts'
import { withHopelessRelease } from './hopeless.ts'
import { withKillBetween } from './killedbetween.ts'
import { withKilledRevert } from './killedrevert.ts'
import { withLateGate } from './lategate.ts'
import { withLongGate } from './longgate.ts'
import { withLostFigures } from './lostfigures.ts'
import { withOldVersions } from './oldversions.ts'
import { withRevertInTheWay } from './revertintheway.ts'
import type { Scene } from './scene.ts'
import { withSetUp } from './setup.ts'
import { withSlowDeployment } from './slowdeployment.ts'
import { withSlowGitHub } from './slowgithub.ts'
import { withSlowSibling } from './slowsibling.ts'
import { withStaleAlias } from './stalealias.ts'
import { withStaleDeployment } from './staledeployment.ts'
import { withStaleFunction } from './stalefunction.ts'
import { withStaleLatest } from './stalelatest.ts'
import { withStaleLists } from './stalelists.ts'
import { withTakenOver } from './takenover.ts'
import { withTokenTrouble } from './tokentrouble.ts'
import { withUnseenTraffic } from './unseentraffic.ts'
import { withWaitingSibling } from './waitingsibling.ts'
import { withWeights } from './weights.ts'

/** What is drawn apart, in this order, each from numbers of its own: a new one leaves the worlds of all others as they were. */
export const drawnApart: readonly (readonly [draw: (scene: Scene, chance: Chance) => Scene, salt: number])[] =
  [
    [withOldVersions, 0x01d_3e5],
    [withSetUp, 0x5e_7b],
    [withWeights, 0x3e_1647],
    [withStaleAlias, 0x57_a1e],
    [withHiddenTarget, 0x41_dde2],
    [withLateGate, 0x1a_7e_9a7e],
    [withStaleFunction, 0x57_a1ef],
    [withStaleDeployment, 0x57_a1e5],
    [withKilledRevert, 0x4e_7e47],
    [withSlowDeployment, 0x51_03d],
    [withStaleLists, 0x57_a1e7],
    [withSlowSibling, 0x51_b1e],
    [withDeniedSibling, 0xde_41ed],
    [withKillBetween, 0x4e_be73],
    [withHardSibling, 0x4a_2d51],
    [withBeside, 0xbe_51de],
    [withEarlierStep, 0xea_4713],
    [withLongGate, 0x1_09a7e],
    [withStaleLatest, 0x57_a1e1],
    [withDurable, 0xd0_4ab1e],
    [withTokenTrouble, 0x70_6e],
    [withBlindGate, 0xb1_19d],
    [withHopelessRelease, 0x40_9e1e],
    [withRevertInTheWay, 0x4e_7e57],
    [withSlowGitHub, 0x51_06b],
    [withUnseenTraffic, 0x5e_e4],
    [withLostFigures, 0x10_57f1],
    [withWaitingSibling, 0x3a_17],
    [withGoingBack, 0x60_1b],
    [withTakenOver, 0x7a_4e0],
    [withCutShort, 0xc0_75]
  ]
