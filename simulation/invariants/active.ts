import type { Deployment } from '../../simulator/codedeploy/deployment.ts'
import type { PlayedScene } from '../play/play.ts'
import { deploymentOf, deploymentsOf, requestsOf, trueAt } from './facts.ts'
import type { Invariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'

const isActive = ({ inputs }: FunctionStep): boolean => inputs['deployment-id'] === 'active'

/** How long a deployment is waited for, and how far the program's and AWS's idea of a moment may be apart, ms. */
const withinMs = 5 * 60_000
const apartMs = 3_000

const endOf = ({ completedMs = Number.POSITIVE_INFINITY }: Deployment): number => completedMs

/** When the program first heard from CodeDeploy, epoch ms: from then on it waits. */
const firstAnswerAt = (played: FunctionStep, world: PlayedScene): number =>
  requestsOf(played, world).find(
    request =>
      request.operation === 'ListDeployments' && request.status === 200 && !world.stage.faults.has(request)
  )?.at ?? Number.POSITIVE_INFINITY

/** Of credentials. */
const refusals: readonly string[] = ['wrongSignature', 'expiredToken', 'invalidToken']

export const watchesWhatIsActive: Invariant = {
  id: '16a',
  claims:
    'deployment-id: active watches what runs in the group or begins soon, or what is being rolled back there',
  check: (played, world) => {
    const id = isActive(played) ? played.outputs['deployment-id'] : ''
    if (!id) return undefined
    const deployment = deploymentOf(id, world.stage)
    if (!deployment) return `there is no deployment ${id}`
    const all = deploymentsOf(played, world)
    if (!all.includes(deployment)) return `${id} is of another group`
    const readsOf = (asked: string) =>
      requestsOf(played, world).filter(
        ({ operation, input, status }) =>
          operation === 'GetDeployment' &&
          status === 200 &&
          (input as { deploymentId?: string }).deploymentId === asked
      )
    const reads = readsOf(id)
    // When the credentials were refused for it or for its target, it is not described at all.
    const isRefused = requestsOf(played, world).some(
      request =>
        ['GetDeployment', 'ListDeploymentTargets', 'BatchGetDeploymentTargets'].includes(request.operation) &&
        refusals.includes(world.stage.faults.get(request)?.kind ?? '')
    )
    const { triggeredBy } = deployment.settings
    // One that may not be read is not known for a rollback.
    if (triggeredBy && isRefused) return undefined
    // A cancel came before what it rolls back could be read.
    if (triggeredBy && played.cancelledAt !== undefined && readsOf(triggeredBy.settings.id).length === 0)
      return undefined
    if (triggeredBy) return reads.length > 0 ? `${id} is a rollback` : undefined
    // Its first answers say Created, however long ago it has ended.
    if (world.stage.aws.uncertain.createdLooks > 0) return undefined
    // A status that AWS made up does not say that it has ended.
    if ([...world.stage.faults.values()].some(({ kind }) => kind === 'unknownStatus')) return undefined
    const rollback = all.find(({ settings }) => settings.triggeredBy?.settings.id === id)
    const ended = Math.max(endOf(deployment), rollback ? endOf(rollback) : 0)
    // The first answer about it was from before its end.
    const [first] = reads
    if (first && trueAt(first, world) < ended) return undefined
    return ended < played.main.begunAt - apartMs ? `${id} was over before the step began` : undefined
  }
}

export const missesNoActiveDeployment: Invariant = {
  id: '16b',
  claims: 'the step says that nothing was active, or that it is unknown, only when that is true',
  check: (played, world) => {
    const { 'error-code': code, 'deployment-id': id = '' } = played.outputs
    if (isActive(played) && code === 'DEPLOYMENT_MISSING' && deploymentOf(id, world.stage))
      return `calls ${id} unknown`
    if (!isActive(played) || code !== 'NO_ACTIVE_DEPLOYMENT') return undefined
    const begun = firstAnswerAt(played, world)
    const limit = Number(played.inputs['wait-for-minutes'] ?? Number.POSITIVE_INFINITY) * 60_000
    const until = begun + Math.min(withinMs, limit) - apartMs
    const missed = deploymentsOf(played, world).find(
      each => each.createdMs < until && endOf(each) > begun + apartMs
    )
    return (
      missed && `${missed.settings.id} was running ${Math.max(0, missed.createdMs - begun)} ms after it began`
    )
  }
}

export const changesNothingActive: Invariant = {
  id: '16c',
  claims:
    'what is active is only watched, and stopped only when if-interrupted says so, or a gate that this step was given',
  check: (played, world) => {
    if (!isActive(played)) return undefined
    const { 'if-interrupted': leaving = 'continue' } = played.inputs
    const mayStop =
      leaving !== 'continue' || played.inputs['max-error-rate'] || played.inputs['if-no-traffic'] === 'fail'
    const changed = requestsOf(played, world).find(
      ({ operation }) =>
        /^(Create|Update|Publish|Delete|Register|Put)/.test(operation) ||
        (operation === 'StopDeployment' && !mayStop)
    )
    return changed && `sent ${changed.operation}`
  }
}
