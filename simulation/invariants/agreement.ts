import type { PlayedScene } from '../play/play.ts'
import { createdBy, deploymentOf, endedByItself, historyOf, postActed, revertsOf } from './facts.ts'
import type { Invariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'
import { isVerdict } from './verdicts.ts'

/** Between reading the alias and the end of the step there are at most some slow answers to other requests, ms. */
const freshMs = 45_000

export const servingIsTrue: Invariant = {
  id: '3b',
  claims: 'serving-version is true or empty',
  check: (played, world) => {
    const serving = played.outputs['serving-version'] ?? ''
    if (!endedByItself(played) || serving === '') return undefined
    const { endedAt } = played.main
    const since = Math.min(endedAt - freshMs, overAt(played, world))
    const served = historyOf(played, world).between(since, endedAt)
    return served.includes(serving)
      ? undefined
      : `says that ${serving} serves, but in the last ${Math.round((endedAt - since) / 1000)} s it was ${served.join(', then ')}`
  }
}

/** When a function of a failed release was done; other functions of the same step may take minutes longer. */
function overAt(part: FunctionStep, world: PlayedScene): number {
  if (part.functionCount === 1 || part.main.exitCode === 0) return Number.POSITIVE_INFINITY
  const deployments = [...createdBy(part, world), ...revertsOf(part, world)]
  const over = deployments.map(
    ({ completedMs, rolledBackBy }) => rolledBackBy?.completedMs ?? completedMs ?? 0
  )
  return over.length > 0 ? Math.max(...over) : part.main.begunAt
}

export const agreesWithAws: Invariant = {
  id: '3c',
  claims: 'outcome and outputs agree with what AWS holds',
  check: (played, world) => (endedByItself(played) ? disagreement(played, world, played.outputs) : undefined)
}

/** A rollback takes seconds, and its id appears several looks after the end, ms. */
const soonMs = 20_000

function disagreement(
  played: FunctionStep,
  world: PlayedScene,
  outputs: Readonly<Record<string, string>>
): string | undefined {
  const { outcome } = outputs
  // Promise 17 is about weights.
  if (played.inputs.weight !== undefined) return undefined
  const id = outputs['deployment-id'] ?? ''
  const ours = createdBy(played, world)
  const [own] = ours
  if (own && id !== own.settings.id && outcome !== 'lost' && outcome !== 'interrupted')
    return `created ${own.settings.id}, and the output says '${id}' (${outcome})`
  if (outcome === 'refused' && own && !own.ended) return `refused, and yet ${own.settings.id} runs`
  if (outcome === 'planned' && id !== '') return 'a dry run with a deployment'
  const deployment = deploymentOf(id, world.stage)
  if (id !== '' && !deployment && !played.inputs['deployment-id']) return `there is no deployment ${id}`
  const is = deployment?.status ?? ''
  if (outcome === 'succeeded' && is !== 'Succeeded') return `succeeded, and ${id} is ${is}`
  if (['rolled-back', 'failed', 'stopped'].includes(outcome ?? '')) {
    const isTrue =
      is === 'Failed' ||
      is === 'Stopped' ||
      outputs['error-code'] === 'ALIAS_NOT_ON_TARGET' ||
      outputs['error-code'] === 'NOT_TAKEN_BACK' ||
      // The stop came too late, or was refused.
      (outcome === 'failed' && isVerdict(outputs['error-code'])) ||
      // CodeDeploy refused to stop it, so it was left to go on, and was told to.
      (outcome === 'failed' &&
        (deployment?.completedMs ?? Number.POSITIVE_INFINITY) > played.main.endedAt &&
        /could not be stopped: .* It continues in AWS/.test(outputs['error-message'] ?? '')) ||
      // Reverted by this run, or found reverted by another one.
      (outcome === 'rolled-back' && outputs['error-code'] === 'HELD_BACK' && played.functionCount > 1)
    // Post finished what main had left.
    if (!isTrue && !postActed(played)) return `${outcome}, and ${id} is ${is}`
  }
  const rollback = deployment?.rolledBackBy
  const isBackSoon =
    rollback?.status === 'Succeeded' && (rollback.completedMs ?? 0) < played.main.endedAt + soonMs
  if (
    (outcome === 'failed' || outcome === 'stopped') &&
    isBackSoon &&
    !postActed(played) &&
    // So few looks were answered that CodeDeploy has never named the rollback.
    (deployment?.looksSinceEnd ?? 0) > world.stage.aws.uncertain.rollbackInfoLooks &&
    outputs['error-code'] !== 'ROLLBACK_FAILED' &&
    // Somebody may have moved the alias after that.
    outputs['serving-version'] === outputs['previous-version']
  )
    return `${outcome}, and rollback ${rollback.settings.id} brought the traffic back`
  if (outcome === 'rolled-back' && outputs['serving-version'] !== outputs['previous-version'])
    return `rolled-back from ${outputs['previous-version']}, and ${outputs['serving-version']} serves`
  return undefined
}
