import type { Deployment } from '../../simulator/codedeploy/deployment.ts'
import { ServiceError } from '../../simulator/error.ts'
import type { PlayedScene } from '../play/play.ts'
import {
  answered,
  createdBy,
  deploymentOf,
  deploymentsOf,
  endedByItself,
  historyOf,
  trueAt
} from './facts.ts'
import { isSkipped } from './github.ts'
import type { Invariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'

/** What was read so long before a deployment was created is old by then, ms: some slow answers may come in between. */
const freshMs = 60_000

export const goesBackToWhatServed: Invariant = {
  id: '13a',
  claims: 'previous shifts only to the version that served before what serves, and to no other that passes',
  check: (played, world) => {
    if (played.inputs['target-version'] !== 'previous') return undefined
    const { outcome = '', 'deployment-id': id = '' } = played.outputs
    // Another function of the step was on a newer commit, so that nothing of it was released.
    if (isSkipped(played)) return undefined
    if (outcome === 'unchanged' || outcome === 'created') return `${outcome}, which is no way back`
    const joined = outcome === 'succeeded' ? deploymentOf(id, world.stage) : undefined
    for (const { appSpec, createdMs, settings } of [
      ...createdBy(played, world),
      ...(joined ? [joined] : [])
    ]) {
      // CodeDeploy refused it, and shifted nothing.
      if (!appSpec) continue
      const { currentVersion, targetVersion } = appSpec
      const told = moments(played, world, createdMs - freshMs, createdMs).map(at =>
        servedBefore(currentVersion, at, played, world)
      )
      if (!told.includes(targetVersion))
        return `${settings.id} shifted from ${currentVersion} to ${targetVersion}, and before ${currentVersion} served ${told.map(each => each ?? 'nobody knows what').join(' or ')}`
    }
    return undefined
  }
}

export const refusesOnlyTheUnknown: Invariant = {
  id: '13b',
  claims:
    'previous is refused as unknown only when no deployment tells what served, or when that was deleted',
  check: (played, world) => {
    if (played.outputs['error-code'] !== 'NO_PREVIOUS_VERSION' || !endedByItself(played)) return undefined
    const { begunAt, endedAt } = played.main
    // What the alias served may have been an old answer.
    const told = answered(played, world, 'GetAlias').map(each => trueAt(each, world))
    const served = historyOf(played, world).between(Math.min(begunAt, ...told), endedAt)
    const times = moments(played, world, begunAt, endedAt)
    const isUnknown = served.some(serving =>
      times.some(at => {
        const version = servedBefore(serving, at, played, world)
        return version === undefined || !exists(version, played, world)
      })
    )
    return isUnknown ? undefined : `refused, while ${served.join(', ')} served, and what was before is known`
  }
}

/** When the answer may have changed. */
function moments(played: FunctionStep, world: PlayedScene, from: number, to: number): number[] {
  const ends = deploymentsOf(played, world).map(({ completedMs = 0 }) => completedMs)
  return [from, ...ends.filter(at => at > from && at < to), to]
}

/**
 * The version from which the newest deployment started that had shifted to this one, as of a moment. Written again here, by what the
 * simulated CodeDeploy really did.
 */
export function servedBefore(
  serving: string,
  at: number,
  played: FunctionStep,
  world: PlayedScene
): string | undefined {
  const shifts = succeededAt(at, played, world).filter(
    ({ settings, appSpec }) =>
      settings.triggeredBy === undefined &&
      !settings.description?.startsWith('reverts d-') &&
      appSpec?.targetVersion === serving &&
      appSpec.currentVersion !== serving
  )
  return shifts[0]?.appSpec?.currentVersion
}

/**
 * The version to which the newest deployment of all has shifted: if the alias serves another one, somebody has moved it since. Undefined
 * when that deployment took another one back.
 */
export function shiftedLast(at: number, played: FunctionStep, world: PlayedScene): string | undefined {
  const [newest] = succeededAt(at, played, world)
  const isRevert =
    newest?.settings.triggeredBy !== undefined || newest?.settings.description?.startsWith('reverts d-')
  return isRevert ? undefined : newest?.appSpec?.targetVersion
}

/** The function's deployments that had succeeded by then, from the newest to the oldest. */
const succeededAt = (at: number, played: FunctionStep, world: PlayedScene): Deployment[] =>
  deploymentsOf(played, world)
    .filter(
      ({ status, completedMs = 0, appSpec }) =>
        status === 'Succeeded' &&
        completedMs <= at &&
        appSpec?.functionName === played.names.functionName &&
        appSpec.alias === 'live'
    )
    .sort((a, b) => b.createdMs - a.createdMs)

function exists(Qualifier: string, { names }: FunctionStep, { stage }: PlayedScene): boolean {
  try {
    stage.aws.lambda.getFunctionConfiguration({ FunctionName: names.functionName, Qualifier })
    return true
  } catch (error) {
    if (error instanceof ServiceError) return false
    throw error
  }
}
