import type { RecordedRequest } from '../../simulator/aws.ts'
import type { Deployment } from '../../simulator/codedeploy/deployment.ts'
import type { PlayedScene } from '../play/play.ts'
import { assuming } from './credentials.ts'
import { createdBy, endedByItself, historyOf, leavingOf, requestsOf, visibleText } from './facts.ts'
import type { Invariant, StepInvariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'
import { tellsAVerdict } from './verdicts.ts'

/**
 * Phrases that say exactly what is left and what to do about it: by deployment id, or by the group if the id is not known.
 */
const saysWhatIsLeft = [
  /aws lambda update-alias /,
  /aws lambda get-alias /,
  /aws deploy stop-deployment /,
  /run the step with deployment-id/,
  /could not be found out/,
  /was not released; it serves v.+, no longer v/,
  /may have created the deployment anyway/
]

/** How long after main was killed AWS must create a deployment for post to be allowed to miss it, ms. */
const lateMs = 25_000
const saysNoneTurnedUp = /if one appears there later, stop it/

/** The output says what is left of a deployment and what to do about it, naming it, its group or its function. */
export function isReported(played: FunctionStep, { createdMs, settings: { id } }: Deployment): boolean {
  const { functionName, group } = played.names
  const told = visibleText(played)
    .split('\n')
    .filter(line => [id, functionName, group].some(name => line.includes(name)))
    .join('\n')
  if (saysWhatIsLeft.some(each => each.test(told))) return true
  return saysNoneTurnedUp.test(told) && createdMs > played.main.endedAt + lateMs
}

/** The job was cancelled or killed, or its wait ran out, and the step should then have shifted back. */
function wasToRollBack(played: FunctionStep): boolean {
  const { inputs, main, cancelledAt } = played
  if (leavingOf(played) !== 'rollback' || inputs.wait === 'false') return false
  return main.killed || cancelledAt !== undefined || played.outputs.outcome === 'timed-out'
}

/** Another run has set weights by hand. */
const isWeighed = ({ step, names }: FunctionStep, { requests }: PlayedScene): boolean =>
  [...requests].some(
    ([run, sent]) =>
      run !== step.run &&
      sent.some(
        ({ operation, status, input }) =>
          operation === 'UpdateAlias' &&
          status === 200 &&
          (input as { FunctionName?: string }).FunctionName === names.functionName
      )
  )

export const leavesNothingBehind: Invariant = {
  id: '4a',
  claims:
    'when rollback was promised, the alias ends wholly on one version, or it is reported exactly what is left',
  check: (played, world) => {
    const [own] = createdBy(played, world)
    // What the run ended by itself, despite a signal, it has reported as it was.
    if (!own || !wasToRollBack(played) || ['succeeded', 'lost'].includes(finalOutcome(played)))
      return undefined
    const { serving, bySomebody } = historyOf(played, world).last
    // What others did to the alias since is not ours to report.
    const isOurs =
      !bySomebody && !isWeighed(played, world) && [...world.stage.created.keys()].at(-1) === own.settings.id
    const left = [
      ...(wasLeftRunning(own, played) ? [`deployment ${own.settings.id} was left running`] : []),
      ...(serving.includes(',') && isOurs ? [`the alias is split: ${serving}`] : [])
    ]
    if (left.length === 0) return undefined
    // A post step that the runner cuts off has used up its time, and cannot say any more.
    if (isReported(played, own) || played.post.killed) return undefined
    return `${left.join(' and ')}, and nothing says so`
  }
}

/** Main's outcome if it ended by itself, otherwise empty. */
const finalOutcome = (played: FunctionStep): string =>
  endedByItself(played) ? (played.outputs.outcome ?? '') : ''

/** From the signal to the request, ms; a slow network may add half a round trip. */
const promptMs = 1_000

export const stopsAtOnce: Invariant = {
  id: '4b',
  claims: 'a cancelled run asks CodeDeploy to stop within a second of the first signal',
  check: (played, world) => {
    const { cancelledAt, main } = played
    if (cancelledAt === undefined || leavingOf(played) === 'continue' || played.inputs.wait === 'false')
      return undefined
    const id = knownAt(cancelledAt, played, world)
    if (id === undefined || main.endedAt === cancelledAt) return undefined
    const deployment = world.stage.aws.codedeploy.deployments.find(id)
    if ((deployment.completedMs ?? Number.POSITIVE_INFINITY) <= cancelledAt + promptMs) return undefined
    const limit = cancelledAt + promptMs + world.scene.latency.highMs
    // Its credentials had expired or did not suffice, and it had lost sight of this deployment, which it said.
    const { outcome, 'error-code': code = '' } = played.outputs
    const isRefusedForGood = outcome === 'lost' && /^(ExpiredToken|AccessDenied)/.test(code)
    if (isRefusedForGood && played.functionCount === 1) return undefined
    // They could not be renewed.
    const isRefused = requestsOf(played, world).some(
      ({ operation, at, status }) =>
        operation === assuming && status !== 200 && at > cancelledAt && at <= main.endedAt
    )
    if (isRefused && /not stopped +sts:/.test(visibleText(played))) return undefined
    // A kill within that second leaves no time to ask, so post does.
    if (main.killed && main.endedAt <= limit) return undefined
    const stop = requestsOf(played, world).find(
      ({ operation, at }) => operation === 'StopDeployment' && at <= limit && at > cancelledAt
    )
    return stop || isStopping(cancelledAt, played, world)
      ? undefined
      : `${id} was running, and was not asked to stop by then`
  }
}

/** It had already been asked, because the wait was over. */
const isStopping = (at: number, played: FunctionStep, world: PlayedScene): boolean =>
  requestsOf(played, world).some(request => request.operation === 'StopDeployment' && request.at <= at)

export const stopsAsPromised: Invariant = {
  id: '4d',
  claims:
    'a stop shifts back when if-interrupted says rollback, and otherwise only because another function failed or a gate was breached',
  check: (played, world) => {
    const ours = createdBy(played, world).map(({ settings }) => settings.id)
    for (const { operation, input } of requestsOf(played, world)) {
      const { deploymentId = '', autoRollbackEnabled } = (input ?? {}) as Record<string, unknown>
      if (operation !== 'StopDeployment' || !ours.includes(String(deploymentId))) continue
      // All or none: when another function failed, it is stopped with rollback whatever the user chose for a cancel.
      if ((played.functionCount > 1 || tellsAVerdict(played)) && autoRollbackEnabled === true) continue
      if (autoRollbackEnabled !== (leavingOf(played) === 'rollback'))
        return `${deploymentId} was stopped with autoRollbackEnabled ${autoRollbackEnabled}`
    }
    return undefined
  }
}

/** The id of the deployment that the run knew before `at` and was still watching. */
function knownAt(at: number, played: FunctionStep, world: PlayedScene): string | undefined {
  const isCreated = (request: RecordedRequest) =>
    request.operation === 'CreateDeployment' && request.status === 200 && !world.stage.faults.has(request)
  const created = requestsOf(played, world).find(isCreated)
  if (!created || created.at + world.scene.latency.highMs > at) return undefined
  return createdBy(played, world)[0]?.settings.id
}

export const finishesWhatWasKilled: Invariant = {
  id: '4c',
  claims:
    'what a killed or interrupted run leaves running, post stops as if-interrupted says, or it says why not',
  check: (played, world) => {
    const { main, post, inputs } = played
    const [own] = createdBy(played, world)
    if (!main.killed || post.killed || !own || leavingOf(played) === 'continue' || inputs.wait === 'false')
      return undefined
    if (!wasLeftRunning(own, played)) return undefined
    return isReported(played, own)
      ? undefined
      : `main was killed, ${own.settings.id} was left running, and nothing says so`
  }
}

/** Post is patient for three minutes; the rest is for the last look, ms. */
const patientMs = 170_000

export const followsToTheEnd: Invariant = {
  id: '4f',
  claims: 'post sees the end of what it or main has stopped, or looks for it for minutes',
  check: ({ post, ...played }, { stage }) => {
    const isRefused = [...stage.faults.values()].some(({ times }) => times === Number.POSITIVE_INFINITY)
    const lasted = post.endedAt - post.begunAt
    if (post.killed || isRefused || lasted >= patientMs || played.functionCount > 1) return undefined
    const isOpen = post.job.printed.some(({ line }) =>
      /was asked to stop .* which has not ended yet/.test(line)
    )
    return isOpen ? `post gave up after ${lasted} ms` : undefined
  }
}

/** It was still running when the step and its post step were over, and nobody had asked it to stop. */
const wasLeftRunning = (
  { stopping, completedMs = Number.POSITIVE_INFINITY }: Deployment,
  { post }: FunctionStep
): boolean => !stopping && completedMs > post.endedAt

/** Windows allows one entry of the environment so many characters, with `STATE_` and an equals sign before its value. */
const mostInEnvironment = 32_767 - 'STATE_='.length

export const leavesAStateThatFits: StepInvariant = {
  id: '4e',
  claims: 'what main leaves for post fits where the runner hands it over, at any moment',
  check: ({ main: { job } }) =>
    job.longestState > mostInEnvironment ? `a state of ${job.longestState} characters` : undefined
}

/** The runner kills a cancelled step after so long, ms. */
const killedAfterMs = 10_000
const isRead = /^(Get|List|BatchGet|Describe|AssumeRole)/

export const tellsTheEndOfACancel: StepInvariant = {
  id: '4g',
  claims:
    'a step that is cancelled before it has changed anything tells its end in time, however late an answer is',
  check: ({ step, cancelledAt, main }, { requests }) => {
    if (cancelledAt === undefined || !main.killed || main.endedAt < cancelledAt + killedAfterMs)
      return undefined
    const sent = (requests.get(step.run) ?? []).filter(({ at }) => at <= main.endedAt)
    return sent.every(({ operation }) => isRead.test(operation)) ? 'was killed, and told nothing' : undefined
  }
}
