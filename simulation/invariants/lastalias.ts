import type { PlayedScene } from '../play/play.ts'
import { deploymentOf, endedByItself, leavingOf, requestsOf, revertsOf } from './facts.ts'
import type { StepInvariant } from './invariant.ts'
import { type FunctionStep, perFunction } from './perfunction.ts'

/** Codes of what was left or taken back because the step was cut short. */
const cutShort = ['', 'JOB_CANCELLED', 'WAIT_TIME_OVER', 'HELD_BACK', 'NOT_TAKEN_BACK']

export const leavesAsIfThereWereNoAlias: StepInvariant = {
  id: '9f',
  claims:
    'when a step is cut short, an alias that was to be created last is not told as refused, and with if-interrupted: continue, nothing is stopped or reverted for it',
  check: (played, world) => {
    const parts = perFunction(played, world)
    const { wait, weight } = played.inputs
    if (parts.length === 1 || wait === 'false' || weight !== undefined) return undefined
    const missing = parts.filter(isNotCreated)
    const others = parts.filter(part => !missing.includes(part))
    if (missing.length === 0 || !others.every(part => isCutShort(part, world))) return undefined
    const refused = missing.find(part => told(part).outcome === 'refused')
    if (refused) return `${refused.names.functionName} is told as refused, and nothing had failed`
    if (leavingOf(played) !== 'continue') return undefined
    const ids = others.map(part => told(part)['deployment-id'] ?? '')
    const stop = requestsOf(played, world).find(
      ({ operation, input }) =>
        operation === 'StopDeployment' && ids.includes((input as { deploymentId: string }).deploymentId)
    )
    if (stop) return `stopped ${JSON.stringify(stop.input)}, and nothing had failed`
    const back = others.find(part => revertsOf(part, world).length > 0)
    return back && `reverted ${back.names.functionName}, and nothing had failed`
  }
}

/** What is told last. */
const told = (part: FunctionStep) =>
  endedByItself(part) && part.postOutputs.outcome === undefined ? part.outputs : part.postOutputs

function isNotCreated(part: FunctionStep): boolean {
  const { outcome = '', 'error-code': code, 'previous-version': before, 'deployment-id': id } = told(part)
  const isHeldBack = outcome === 'refused' && code === 'HELD_BACK'
  return !before && !id && (isHeldBack || ['interrupted', 'timed-out'].includes(outcome))
}

/** It has succeeded, or nothing but the end of the step kept it from that. */
function isCutShort(part: FunctionStep, world: PlayedScene): boolean {
  const { outcome, 'error-code': code = '', 'deployment-id': id = '' } = told(part)
  if (outcome === 'unchanged') return true
  const deployment = deploymentOf(id, world.stage)
  if (!deployment || outcome === 'lost' || !cutShort.includes(code)) return false
  const hasEnded = ['Failed', 'Stopped'].includes(deployment.status)
  const isAsked = requestsOf(part, world).some(({ operation }) => operation === 'StopDeployment')
  return !hasEnded || isAsked || (deployment.completedMs ?? 0) > part.post.endedAt
}
