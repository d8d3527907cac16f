import type { PlayedScene } from '../play/play.ts'
import { createdBy, deploymentOf, deploymentsOf, historyOf, requestsOf, revertsOf } from './facts.ts'
import type { Invariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'

/** What main and post say at their ends, each of which may name a culprit. */
const endings = ({ main, post, outputs, postOutputs }: FunctionStep) => [
  { of: 'main' as const, outputs, endedAt: main.endedAt },
  { of: 'post' as const, outputs: postOutputs, endedAt: post.endedAt }
]

export const knowsItsOwnStops: Invariant = {
  id: '3i',
  claims: 'nobody is said to have stopped a deployment unless somebody, or another run, has',
  check: (played, world) => {
    const { stage } = world
    const ours = requestsOf(played, world).map(({ input }) => input)
    for (const { of, outputs } of endings(played)) {
      const { 'deployment-id': own = '', 'error-message': message = '' } = outputs
      const [, id = own] = /could not be reverted by deployment (\S+): Somebody stopped/.exec(message) ?? []
      if (!message.includes('Somebody stopped the deployment')) continue
      // What was before the world began is not on record.
      if ((deploymentOf(id, stage)?.completedMs ?? 0) <= stage.begunAt) continue
      const isTrue = stage.stops.some(
        ({ deploymentId, input }) => deploymentId === id && !ours.includes(input as object)
      )
      if (!isTrue) return `${of} says that somebody stopped ${id}, and nobody else did`
    }
    return undefined
  }
}

export const knowsItsOwnMoves: Invariant = {
  id: '3j',
  claims: 'nobody is said to have moved an alias unless somebody, or another run or deployment, may have',
  check: (played, world) => {
    for (const { of, outputs, endedAt } of endings(played)) {
      const { 'error-message': message = '' } = outputs
      if (!/somebody else (moved it|has moved the alias)/.test(message)) continue
      if (!mayBeMoved(played, outputs['deployment-id'] ?? '', endedAt, world))
        return `${of} says that somebody else moved the alias, and nobody else did: ${message}`
    }
    return undefined
  }
}

const changes = ['UpdateAlias', 'CreateAlias', 'DeleteAlias']

/** Somebody, another run, or a deployment that is not the step's has changed the alias since its deployment was created, or may have. */
function mayBeMoved(played: FunctionStep, id: string, to: number, world: PlayedScene): boolean {
  const { step, names, main } = played
  // It may have been moved after it was read, and before the deployment was created.
  const from = Math.min(deploymentOf(id, world.stage)?.createdMs ?? main.begunAt, main.begunAt)
  const history = historyOf(played, world)
  const wasSplit = history.between(0, main.begunAt).some(serving => serving.includes(','))
  // Somebody had left it with weights.
  if (wasSplit || history.wasTouched(from, to)) return true
  const byAnotherRun = [...world.requests].some(
    ([run, sent]) =>
      run !== step.run &&
      sent.some(
        ({ operation, input, at }) =>
          changes.includes(operation) &&
          (input as { FunctionName?: string } | undefined)?.FunctionName === names.functionName &&
          at >= from &&
          at <= to
      )
  )
  const isAlone = world.played.length === 1
  const own = [...createdBy(played, world), ...(isAlone ? revertsOf(played, world) : [])]
  const ours = [...(id ? [id] : []), ...own.map(({ settings }) => settings.id)]
  return (
    byAnotherRun ||
    deploymentsOf(played, world).some(
      ({ settings, createdMs, completedMs = Number.POSITIVE_INFINITY }) =>
        !ours.includes(settings.id) &&
        !ours.includes(settings.triggeredBy?.settings.id ?? '') &&
        createdMs <= to &&
        completedMs >= from
    )
  )
}

export const fightsNoOtherRelease: Invariant = {
  id: '3k',
  claims:
    'after a rollback that succeeded, nobody is sent to set by hand an alias that somebody else has shifted since, unless to look for that first',
  check: (played, world) => {
    const { functionName } = played.names
    for (const { of, outputs, endedAt } of endings(played)) {
      const rollback = deploymentOf(outputs['deployment-id'] ?? '', world.stage)?.rolledBackBy
      if (rollback?.status !== 'Succeeded') continue
      const from = rollback.completedMs ?? endedAt
      const serving = outputs['serving-version']?.split(/[:,]/) ?? []
      const other = deploymentsOf(played, world).find(
        ({ settings, appSpec, status, createdMs, completedMs = Number.POSITIVE_INFINITY }) =>
          settings.triggeredBy === undefined &&
          createdMs >= from &&
          createdMs <= endedAt &&
          (status === 'Succeeded' || completedMs >= endedAt) &&
          serving.includes(appSpec?.targetVersion ?? '')
      )
      const sent = played[of].job.log.annotations
        .flatMap(({ message }) => message.split('\n'))
        .find(line => line.includes(`update-alias --function-name ${functionName} `))
      // The same target may have been left there.
      const isCareful =
        other?.appSpec?.targetVersion === outputs.version && sent?.includes('Only if none is there')
      if (other && sent !== undefined && !isCareful)
        return `${of} sends somebody to set ${functionName}:live by hand, which ${other.settings.id} moves: ${sent}`
    }
    return undefined
  }
}
