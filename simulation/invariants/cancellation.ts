import type { RecordedRequest } from '../../simulator/aws.ts'
import type { Deployment } from '../../simulator/codedeploy/deployment.ts'
import type { PlayedScene } from '../play/play.ts'
import { createdBy, endedByItself, historyOf, leavingOf, outputsOf, requestsOf, toldBy } from './facts.ts'
import type { Invariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'

/**
 * Words that say exactly what is left and what to do about it: by deployment id, or by the group when the id is not known.
 */
const saysWhatIsLeft = [
  /aws lambda update-alias /,
  /aws lambda get-alias /,
  /aws deploy stop-deployment /,
  /run the step with deployment-id/,
  /could not be found out/,
  /may have created the deployment all the same/
]

/** Post may say so of what AWS creates later than this after main was killed, ms. */
const lateMs = 25_000
const saysNoneTurnedUp = /should one appear there later, stop it/

/** Somebody said what is left of a deployment and what to do about it, naming it, its group or its function. */
export function isTold(played: FunctionStep, { createdMs, settings: { id } }: Deployment): boolean {
  const { functionName, group } = played.names
  const told = toldBy(played)
    .split('\n')
    .filter(line => [id, functionName, group].some(name => line.includes(name)))
    .join('\n')
  if (saysWhatIsLeft.some(each => each.test(told))) return true
  return saysNoneTurnedUp.test(told) && createdMs > played.main.endedAt + lateMs
}

/** The job was cancelled or killed, or its wait ran out, and the step had promised to shift back then. */
function wasToRollBack(played: FunctionStep): boolean {
  const { inputs, main, cancelledAt } = played
  if (leavingOf(played) !== 'rollback' || inputs.wait === 'false') return false
  return main.killed || cancelledAt !== undefined || outputsOf(played).outcome === 'timed-out'
}

export const leavesNothingBehind: Invariant = {
  id: '4a',
  claims:
    'after rollback was promised, the alias ends wholly on one version, or it is said exactly what is left',
  check: (played, story) => {
    const [own] = createdBy(played, story)
    // What the run ended by itself, signal or not, it has told as it was.
    if (!own || !wasToRollBack(played) || ['succeeded', 'lost'].includes(finalOutcome(played)))
      return undefined
    const { serving, bySomebody } = historyOf(played, story).last
    // What others did to the alias since is theirs to tell.
    const isOurs = !bySomebody && [...story.stage.created.keys()].at(-1) === own.settings.id
    const left = [
      ...(wasLeftRunning(own, played) ? [`deployment ${own.settings.id} was left running`] : []),
      ...(serving.includes(',') && isOurs ? [`the alias is split: ${serving}`] : [])
    ]
    if (left.length === 0) return undefined
    // A post step that the runner cuts off has had its time: it can say no more than it has said.
    if (isTold(played, own) || played.post.killed) return undefined
    return `${left.join(' and ')}, and nobody says so`
  }
}

/** Of main if it ended by itself, else empty. */
const finalOutcome = (played: FunctionStep): string =>
  endedByItself(played) ? (outputsOf(played).outcome ?? '') : ''

/** From the signal to the request, ms; half a slow round trip is the network's. */
const promptMs = 1_000

export const stopsAtOnce: Invariant = {
  id: '4b',
  claims: 'a cancelled run asks CodeDeploy to stop within a second of the first signal',
  check: (played, story) => {
    const { cancelledAt, main } = played
    if (cancelledAt === undefined || leavingOf(played) === 'continue' || played.inputs.wait === 'false')
      return undefined
    const id = knownAt(cancelledAt, played, story)
    if (id === undefined || main.endedAt === cancelledAt) return undefined
    const deployment = story.stage.aws.codedeploy.deployments.find(id)
    if ((deployment.completedMs ?? Number.POSITIVE_INFINITY) <= cancelledAt + promptMs) return undefined
    const limit = cancelledAt + promptMs + story.scene.latency.highMs
    // A kill within that second leaves no time to ask; post asks then.
    if (main.killed && main.endedAt <= limit) return undefined
    const stop = requestsOf(played, story).find(
      ({ operation, at }) => operation === 'StopDeployment' && at <= limit && at > cancelledAt
    )
    return stop || isStopping(cancelledAt, played, story)
      ? undefined
      : `${id} ran, and was not asked to stop by then`
  }
}

/** Asked already, because the wait was over. */
const isStopping = (at: number, played: FunctionStep, story: PlayedScene): boolean =>
  requestsOf(played, story).some(request => request.operation === 'StopDeployment' && request.at <= at)

export const stopsAsPromised: Invariant = {
  id: '4d',
  claims:
    'a stop shifts back when if-interrupted says rollback, and else only for the sake of another function',
  check: (played, story) => {
    const ours = createdBy(played, story).map(({ settings }) => settings.id)
    for (const { operation, input } of requestsOf(played, story)) {
      const { deploymentId = '', autoRollbackEnabled } = (input ?? {}) as Record<string, unknown>
      if (operation !== 'StopDeployment' || !ours.includes(String(deploymentId))) continue
      // All or none: when another function did not make it, it is stopped with rollback whatever the user chose for a cancel.
      if (played.among > 1 && autoRollbackEnabled === true) continue
      if (autoRollbackEnabled !== (leavingOf(played) === 'rollback'))
        return `${deploymentId} was stopped with autoRollbackEnabled ${autoRollbackEnabled}`
    }
    return undefined
  }
}

/** The id of the deployment that the run had been given before `at` and was still watching. */
function knownAt(at: number, played: FunctionStep, story: PlayedScene): string | undefined {
  const isCreated = (request: RecordedRequest) =>
    request.operation === 'CreateDeployment' && request.status === 200 && !story.stage.faults.has(request)
  const created = requestsOf(played, story).find(isCreated)
  if (!created || created.at + story.scene.latency.highMs > at) return undefined
  return createdBy(played, story)[0]?.settings.id
}

export const finishesWhatWasKilled: Invariant = {
  id: '4c',
  claims: 'what a killed or cut-off run left running, post stops as if-interrupted says, or says why not',
  check: (played, story) => {
    const { main, post, inputs } = played
    const [own] = createdBy(played, story)
    if (!main.killed || post.killed || !own || leavingOf(played) === 'continue' || inputs.wait === 'false')
      return undefined
    if (!wasLeftRunning(own, played)) return undefined
    return isTold(played, own)
      ? undefined
      : `main was killed, ${own.settings.id} was left running, and nobody says so`
  }
}

/** It ran on after the step, post and all, was over, and nobody had asked it to stop. */
const wasLeftRunning = (
  { stopping, completedMs = Number.POSITIVE_INFINITY }: Deployment,
  { post }: FunctionStep
): boolean => !stopping && completedMs > post.endedAt
