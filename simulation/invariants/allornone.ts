import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import { isReported } from './cancellation.ts'
import {
  createdBy,
  deploymentOf,
  endedByItself,
  historyOf,
  leavingOf,
  requestsOf,
  revertsOf,
  visibleText
} from './facts.ts'
import type { Invariant, StepInvariant } from './invariant.ts'
import { type FunctionStep, perFunction } from './perfunction.ts'

export const publishesBeforeCreating: StepInvariant = {
  id: '9a',
  claims: 'all versions of a release are published before its first deployment is created',
  check: (played, world) => {
    const sent = requestsOf(played, world)
    const created = sent.find(({ operation }) => operation === 'CreateDeployment')
    const late =
      created && sent.find(({ operation, at }) => operation === 'PublishVersion' && at > created.at)
    return (
      late && `published at ${late.at}, ${late.at - created.at} ms after the first deployment was created`
    )
  }
}

export const allOrNone: StepInvariant = {
  id: '9b',
  claims:
    'after a failed release of several functions, all aliases are on their targets, or all are on their previous versions, or it is reported exactly what is left',
  check: (played, world) => {
    const parts = perFunction(played, world)
    if (parts.length === 1 || played.main.exitCode === 0 || played.post.killed) return undefined
    if (parts.some(({ inputs }) => inputs.weight !== undefined)) return undefined
    const isLeft = leavingOf(played) !== 'rollback' || played.inputs.wait === 'false'
    if (isLeft && mayBeLeftByChoice(played, parts)) return undefined
    if (isLeftToOthers(played, parts, world)) return undefined
    // What others do with one of them later is not ours.
    const end = Math.max(played.main.endedAt, played.post.endedAt)
    const isOnTarget = (part: FunctionStep) =>
      historyOf(part, world).between(end, end).at(-1) === part.outputs.version
    if (parts.every(isOnTarget)) return undefined
    for (const part of parts) {
      const what = problemOf(part, world)
      if (what !== undefined) return `${part.names.functionName}: ${what}`
    }
    return undefined
  }
}

/** How soon the next look sees a failure, ms, and how many round trips it takes. */
const soonMs = 25_000
const soonTrips = 10

export const stopsTheOthers: StepInvariant = {
  id: '9d',
  claims:
    'when one function of a release fails, the others are stopped soon, however slow the answers about them are',
  check: (played, world) => {
    const { main, inputs, cancelledAt } = played
    if (inputs.wait === 'false') return undefined
    const parts = perFunction(played, world)
    const all = parts.flatMap(part => createdBy(part, world))
    const [first] = parts
      .flatMap(part =>
        createdBy(part, world).map(({ status, completedMs }) => ({ part, status, completedMs }))
      )
      .filter(({ status }) => status === 'Failed' || status === 'Stopped')
      .sort((one, other) => (one.completedMs ?? 0) - (other.completedMs ?? 0))
    if (!first) return undefined
    const { part, completedMs: failedAt = 0 } = first
    // With faults, its failure may go unseen for a long time.
    const isHidden = requestsOf(part, world).some(request => world.stage.faults.has(request))
    // While others are still being created, none is looked at.
    const isCreating = requestsOf(played, world).some(
      request =>
        request.operation === 'CreateDeployment' &&
        (request.status !== 200 || world.stage.faults.has(request))
    )
    if (isHidden || isCreating || cancelledAt !== undefined) return undefined
    // Over a slow network, creating the rest takes long, and none is looked at before that.
    const begunAt = Math.max(failedAt, ...all.map(({ createdMs }) => createdMs))
    const by = begunAt + soonMs + soonTrips * 2 * world.scene.latency.highMs
    if (main.killed || main.endedAt < by) return undefined
    const stopped = requestsOf(played, world)
      .filter(({ operation, at }) => operation === 'StopDeployment' && at < by)
      .map(({ input }) => (input as { deploymentId?: string }).deploymentId)
    const left = all.find(
      ({ settings, completedMs = Number.POSITIVE_INFINITY }) =>
        completedMs > by && !stopped.includes(settings.id)
    )
    return left && `${left.settings.id} still runs, and another deployment failed ${by - failedAt} ms before`
  }
}

export const stopsWhatIsOutOfSight: Invariant = {
  id: '9e',
  claims:
    'of several functions, one whose deployment can no longer be seen is asked to stop, as the others are',
  check: (played, world) => {
    const { functionCount, inputs, outputs, main, cancelledAt } = played
    if (functionCount === 1 || inputs.wait === 'false' || main.killed || cancelledAt !== undefined)
      return undefined
    const [own] = createdBy(played, world)
    if (outputs.outcome !== 'lost' || !own || outputs['deployment-id'] !== own.settings.id) return undefined
    if ((own.completedMs ?? Number.POSITIVE_INFINITY) <= main.endedAt) return undefined
    // The others were left as they are.
    const others = perFunction(played, world).filter(({ names }) => names !== played.names)
    if (others.every(each => each.outputs.outcome === 'unchanged')) return undefined
    const isAsked = requestsOf(played, world).some(({ operation }) => operation === 'StopDeployment')
    const isUnableToAsk = /not stopped +/.test(visibleText(played))
    return isAsked || isUnableToAsk ? undefined : `${own.settings.id} goes on, and nobody asked it to stop`
  }
}

/** The user chose what happens to a release that is cut short. */
const mayBeLeftByChoice = (played: PlayedStep, parts: readonly FunctionStep[]): boolean =>
  played.cancelledAt !== undefined ||
  played.main.killed ||
  parts.some(part => part.outputs.outcome === 'timed-out')

/** All that did not succeed was begun by another run, and left to it: it may yet succeed. */
const isLeftToOthers = (played: PlayedStep, parts: readonly FunctionStep[], world: PlayedScene): boolean => {
  const { inputs, main } = played
  // A main that was killed gives no outputs. What it had joined is in its log.
  const joined = main.job.log.lines.flatMap(({ text }) => /Joining deployment (\S+),/.exec(text)?.[1] ?? [])
  const isJoined = ({ names }: FunctionStep) =>
    joined.some(id => deploymentOf(id, world.stage)?.settings.group.deploymentGroupName === names.group)
  const hasSucceeded = (part: FunctionStep) =>
    main.killed
      ? createdBy(part, world).some(({ status }) => status === 'Succeeded')
      : ['succeeded', 'unchanged'].includes(part.outputs.outcome ?? '')
  const isCutShort = (part: FunctionStep) =>
    main.killed ? isJoined(part) : ['interrupted', 'timed-out'].includes(part.outputs.outcome ?? '')
  const left = parts.filter(part => !hasSucceeded(part))
  return (
    inputs['if-interrupted'] === undefined &&
    left.length > 0 &&
    left.every(part => isCutShort(part) && createdBy(part, world).length === 0)
  )
}

/** What is wrong with how a function was left, or nothing. */
function problemOf(part: FunctionStep, world: PlayedScene): string | undefined {
  const [own] = createdBy(part, world)
  const { last } = historyOf(part, world)
  if (!own) return undefined
  const [, before] = /"CurrentVersion": "(\d+)"/.exec(own.settings.content) ?? []
  // What others did to it afterwards is not ours to report.
  if (last.serving === before || last.bySomebody || isOthers(part, world)) return undefined
  if (isReported(part, own)) return undefined
  const { outcome = '', 'error-message': message = '', 'serving-version': serving } = part.outputs
  // An exception that is reported truthfully.
  if (endedByItself(part) && !['succeeded', 'rolled-back'].includes(outcome) && serving === last.serving)
    return undefined
  if (/may have created the deployment anyway/.test(message)) return undefined
  // The step was not to wait, and says that the deployment goes on.
  if (outcome === 'started' && part.inputs.wait === 'false') return undefined
  return `version ${before} served before, ${last.serving} is left (${endedByItself(part) ? outcome : 'killed'}), and nothing says so`
}

/** The newest deployment of the group is somebody else's. */
function isOthers(part: FunctionStep, world: PlayedScene): boolean {
  const ours = [...createdBy(part, world), ...revertsOf(part, world)].map(({ settings }) => settings.id)
  const newest = [...world.stage.created.keys()].findLast(
    id =>
      world.stage.aws.codedeploy.deployments.find(id).settings.group.deploymentGroupName === part.names.group
  )
  return newest !== undefined && !ours.includes(newest)
}

/** The last answer about the alias before that was none. */
function wasUnread(part: FunctionStep, at: number, world: PlayedScene): boolean {
  const last = requestsOf(part, world).findLast(
    request => request.operation === 'GetAlias' && request.at <= at
  )
  return last !== undefined && world.stage.faults.has(last)
}

export const revertsOnce: Invariant = {
  id: '9c',
  claims: 'a deployment is reverted at most once, and only after it has succeeded',
  check: (part, world) => {
    const [back, ...more] = revertsOf(part, world)
    if (!back) return undefined
    // Several runs may have joined the same deployment, and each of them reverts it.
    // Where neither the first nor the alias could be read for minutes, CodeDeploy refuses the second one.
    const isBlind = more.every(each => wasUnread(part, each.createdMs, world))
    if (more.length >= world.played.length && !isBlind) return `reverted ${more.length + 1} times`
    const id = part.outputs['deployment-id']
    const [own = id && world.stage.aws.codedeploy.deployments.find(id)] = createdBy(part, world)
    if (!own) return 'reverted what it had not released'
    return own.status === 'Succeeded' ? undefined : `reverted, although it is ${own.status}`
  }
}
