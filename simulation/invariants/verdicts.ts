import type { Deployment } from '../../simulator/codedeploy/deployment.ts'
import type { PlayedScene } from '../play/play.ts'
import { answered, deploymentOf, endedByItself, requestsOf, visibleText } from './facts.ts'
import type { Invariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'

const minute = 60_000
/** Nothing is concluded from what is younger, ms. */
const restMs = 2 * minute

/** The step stopped a deployment for what its version did: the only stop that does not follow `if-interrupted`. */
export const isVerdict = (code: string | undefined): boolean =>
  code === 'CANARY_ERRORS' || code === 'NO_TRAFFIC'

/** The step said that it stops a deployment for what its version did. */
export const tellsAVerdict = (played: FunctionStep): boolean => verdictOn('').test(visibleText(played))

/** A line that says so, of a function or of any: main's, or post's when main was killed before it could. */
const verdictOn = (name: string): RegExp =>
  new RegExp(
    `(${name} +stopping +|${name && `${name}\\S*`} was to be taken back: )(v\\d+ failed|Nobody called|No invocation reached)`
  )

/** The same of this function, not of another one of the step, for whose sake post may revert this one. */
const tellsItsVerdict = (played: FunctionStep): boolean =>
  verdictOn(played.functionCount === 1 ? '' : played.names.functionName).test(visibleText(played))

/** What a version truly did in the whole minutes between two moments. */
function truth(played: FunctionStep, world: PlayedScene, version: string, from: number, to: number) {
  const { traffic } = world.stage.aws.metrics
  const criteria = { functionName: played.names.functionName, qualifier: 'live', version }
  const sum = { invocations: 0, errors: 0 }
  for (let at = from; at + minute <= to; at += minute) {
    const calls = traffic.between(criteria, at, at + minute)
    sum.invocations += calls.invocations
    sum.errors += calls.errors
  }
  return sum
}

/** When the shift of the deployment began, also rounded down to the minute; undefined when it never did. */
function shiftOf(
  played: FunctionStep,
  world: PlayedScene
): { deployment: Deployment; startedAt: number; from: number } | undefined {
  const deployment = deploymentOf(played.outputs['deployment-id'] ?? '', world.stage)
  const startedAt = deployment?.events.AllowTraffic?.startTime
  if (!deployment || startedAt === undefined) return undefined
  return { deployment, startedAt: Number(startedAt), from: Math.floor(Number(startedAt) / minute) * minute }
}

/** The first request to stop it. */
const stopOf = ({ settings: { id } }: Deployment, played: FunctionStep, world: PlayedScene) =>
  requestsOf(played, world).find(
    ({ operation, input }) =>
      operation === 'StopDeployment' && (input as { deploymentId?: string } | undefined)?.deploymentId === id
  )

/** The whole minutes that were over for two when the step looked last before `at`. */
const ends = (from: number, at: number): number[] => {
  const all: number[] = []
  for (let to = from + minute; to <= at - restMs; to += minute) all.push(to)
  return all
}

const counts = /v(\d+) failed (\d+) of (\d+)/g

/** Some minutes never get a point: then the counts may be smaller than the truth. */
export const countsTruly: Invariant = {
  id: '15a',
  claims:
    'a version is stopped for errors only if it truly made more than allowed, in whole minutes that were over for two',
  check: (played, world) => {
    const {
      'error-code': code,
      'error-message': message = '',
      version = '',
      'previous-version': before = ''
    } = played.outputs
    if (code !== 'CANARY_ERRORS' || !endedByItself(played)) return undefined
    const shift = shiftOf(played, world)
    const stop = shift && stopOf(shift.deployment, played, world)
    if (!shift || !stop) return 'a verdict without a shift or a stop'
    const limit = played.inputs['max-error-rate'] ?? ''
    const least = Number(played.inputs['min-invocations'] ?? 20)
    const told = [...message.matchAll(counts)].map(([, of, errors, invocations]) => ({
      of,
      errors: Number(errors),
      invocations: Number(invocations)
    }))
    const target = told.find(({ of }) => of === version)
    const current = told.find(({ of }) => of === before)
    if (limit === '' || !target) return `no limit was given, or nothing was counted: ${message}`
    if (target.invocations < least) return `judged ${target.invocations} invocations, ${least} are the least`
    const rate = (100 * target.errors) / target.invocations
    const base = limit.startsWith('+')
      ? (100 * (current?.errors ?? 0)) / (current?.invocations ?? Number.NaN)
      : 0
    if (!(rate > base + Number(limit))) return `${message}: this is no more than ${limit} allows`
    if (world.scene.metrics.missing > 0) return undefined
    // What could not be stopped for another reason is judged all the same.
    const judgedBy = /could not be stopped/.test(message) ? played.main.endedAt : stop.at
    const isTrueOf = (from: number, to: number) => {
      const [ours, theirs] = [version, before].map(each => truth(played, world, each, from, to))
      const isSame = (one: typeof target | undefined, other: typeof ours) =>
        one === undefined || (one.errors === other?.errors && one.invocations === other.invocations)
      return isSame(target, ours) && isSame(current, theirs)
    }
    const isTrue = ends(shift.from, judgedBy).some(to => {
      const begins = wereFaulty(events, played, world)
        ? ends(shift.from - 2 * minute, to + restMs)
        : [shift.from]
      return begins.some(from => isTrueOf(from, to))
    })
    return isTrue ? undefined : `${message}: no whole minutes have these counts`
  }
}

export const nobodyTrulyCame: Invariant = {
  id: '15b',
  claims:
    'a version is stopped for want of traffic only before the last step, and if nobody invoked it in the minutes that are named',
  check: (played, world) => {
    const { 'error-code': code, 'error-message': message = '', version = '' } = played.outputs
    if (code !== 'NO_TRAFFIC' || !endedByItself(played)) return undefined
    const shift = shiftOf(played, world)
    const stop = shift && stopOf(shift.deployment, played, world)
    if (played.inputs['if-no-traffic'] !== 'fail' || !shift || !stop) return 'nobody asked for this verdict'
    const [, hour = '', minutes = ''] = /until (\d\d):(\d\d) UTC/.exec(message) ?? []
    // What could not be stopped for another reason is judged all the same.
    const judgedBy = /could not be stopped/.test(message) ? played.main.endedAt : stop.at
    const until = Math.floor(judgedBy / minute) * minute
    const named = Array.from({ length: 60 }, (_, back) => until - back * minute).find(
      at => new Date(at).toISOString().slice(11, 16) === `${hour}:${minutes}`
    )
    if (named === undefined || named > judgedBy - restMs)
      return `names no minute that was over for two: ${message}`
    if (named < shift.from + minute) return `${message}: the shift had not begun`
    if (world.scene.metrics.missing > 0) return undefined
    const { invocations } = truth(played, world, version, shift.from, named)
    return invocations === 0 ? undefined : `${message}: ${invocations} invocations reached it until then`
  }
}

/** Why a watch ends, whatever its deployment did. */
const reasonsToLeave = ['HELD_BACK', 'JOB_CANCELLED', 'WAIT_TIME_OVER']

export const staysTheCause: Invariant = {
  id: '15d',
  claims: 'what a version was judged for stays the cause, however the watch ends after that',
  check: (played, world) => {
    const { 'error-code': code = '' } = played.outputs
    if (!reasonsToLeave.includes(code) || !tellsItsVerdict(played)) return undefined
    const { deployment } = shiftOf(played, world) ?? {}
    const stop = deployment && stopOf(deployment, played, world)
    // A verdict from after the end is no verdict. AWS says its time to the second.
    const isLate = stop && (deployment.completedMs ?? Number.POSITIVE_INFINITY) <= stop.at + 1_000
    return stop && !isLate ? `judged, but told as ${code}` : undefined
  }
}

/** How long an answer may take to be acted on, ms. */
const promptMs = 30_000
/** How long before all traffic moves a gate must have looked once more, ms. */
const lastMs = promptMs + 1_000
/** What goes wrong in the last minutes may keep it from that, ms. */
const calmMs = 3 * minute

/** What tells when traffic began to move. Without it, only the alias does, and that is early by a look or so. */
const events = ['ListDeploymentTargets', 'BatchGetDeploymentTargets']
/** How much earlier a gate then looks for the last time, ms. */
const earlyMs = 20_000

/** Whether any of these requests met a fault, or was refused for good. */
const wereFaulty = (operations: readonly string[], played: FunctionStep, world: PlayedScene): boolean =>
  requestsOf(played, world).some(
    request =>
      operations.includes(request.operation) &&
      (world.stage.faults.has(request) || request.errorName === 'AccessDeniedException')
  )

/** When a gate last looks, whatever it asked before, and nothing kept it from that. */
function lastLook(played: FunctionStep, world: PlayedScene, startedAt: number, movedAt: number): number[] {
  const areHidden = wereFaulty(events, played, world)
  const isAliasHidden = areHidden && wereFaulty(['GetAlias'], played, world)
  const at = movedAt - lastMs - world.stage.aws.uncertain.shiftLateMs - (areHidden ? earlyMs : 0)
  const isCalm = requestsOf(played, world).every(request => {
    // After a refusal, the figures are not asked for again.
    const counts = request.at >= movedAt - calmMs || request.operation === 'GetMetricData'
    if (!counts || events.includes(request.operation)) return true
    return !(world.stage.faults.has(request) || request.errorName === 'AccessDeniedException')
  })
  const begunBy = areHidden ? Math.min(at - calmMs, startedAt) : at - calmMs
  const hasBegun = !isAliasHidden && played.main.begunAt < begunBy && played.main.endedAt > movedAt
  return isCalm && hasBegun ? [at] : []
}

export const passesNoBreach: Invariant = {
  id: '15c',
  claims:
    'no release passes over a gate when CloudWatch had shown it a breach in time, or would have, even if it could not be stopped, or CodeDeploy did not show when traffic moved',
  check: (played, world) => {
    const { outcome, version = '', 'previous-version': before = '' } = played.outputs
    const limit = played.inputs['max-error-rate']
    const shift = shiftOf(played, world)
    const { metrics } = world.scene
    if (limit === undefined || outcome !== 'succeeded' || !endedByItself(played) || !shift) return undefined
    // AWS says its time to the second.
    const stop = stopOf(shift.deployment, played, world)
    if (tellsItsVerdict(played) && stop && (shift.deployment.completedMs ?? 0) > stop.at + 1_000)
      return 'passes over its own verdict'
    if (metrics.missing > 0 || metrics.broken) return undefined
    // It was answered when it asked whether it may ask, and never again.
    if (visibleText(played).includes("CloudWatch's figures could never be read")) return undefined
    const least = Number(played.inputs['min-invocations'] ?? 20)
    const { completedMs = Number.POSITIVE_INFINITY } = shift.deployment
    const movedAt = Number(shift.deployment.events.AllowTraffic?.endTime ?? completedMs)
    const { metricsLateMs } = world.stage.aws.uncertain
    const { from: still = 0, to: going = 0 } = world.stage.aws.metrics.standstill ?? {}
    const shownAt = (at: number) =>
      (still <= at && at < going ? still : at) - metricsLateMs - metrics.jitterMs
    const looks = answered(played, world, 'GetMetricData')
      // One asked only whether it may ask, and the figures of many functions are asked for in several requests.
      .filter(({ input }) => JSON.stringify(input).includes(`"${played.names.functionName}"`))
      // Nothing can be read from dates that are spelled in another way.
      .filter(answer => world.stage.faults.get(answer)?.kind !== 'isoDates')
      .map(({ at }) => at)
    const sharedUntil = Math.min(movedAt, completedMs)
    // A stop may end the shift before its time.
    const last = stop ? [] : lastLook(played, world, shift.startedAt, sharedUntil)
    for (const at of [...looks, ...last]) {
      if (at < shift.from || at + promptMs > sharedUntil) continue
      for (const to of ends(shift.from, at - world.scene.latency.highMs)) {
        // CloudWatch must have got past the minute by one more.
        if (shownAt(at) < to + 2 * minute) continue
        const [ours, theirs] = [version, before].map(each => truth(played, world, each, shift.from, to))
        if (!ours || !theirs || ours.invocations < least) continue
        if (limit.startsWith('+') && theirs.invocations < least) continue
        const base = limit.startsWith('+') ? (100 * theirs.errors) / theirs.invocations : 0
        if ((100 * ours.errors) / ours.invocations > base + Number(limit) + 1e-6)
          return `v${version} had failed ${ours.errors} of ${ours.invocations} by ${new Date(to).toISOString()}`
      }
    }
    return undefined
  }
}

export const tellsThatNobodyJudged: Invariant = {
  id: '15e',
  claims:
    'no release passes a gate that has seen no figures while two versions shared the traffic, unless it says so',
  check: (played, world) => {
    const { inputs, outputs } = played
    const hasGate = inputs['max-error-rate'] !== undefined || inputs['if-no-traffic'] === 'fail'
    const { startTime, endTime } = shiftOf(played, world)?.deployment.events.AllowTraffic ?? {}
    const isShared = startTime !== undefined && Number(endTime) - Number(startTime) > minute
    // Nobody goes by the result of a job that was cancelled.
    if (played.cancelledAt !== undefined) return undefined
    if (!hasGate || outputs.outcome !== 'succeeded' || !endedByItself(played) || !isShared) return undefined
    const hasSeen =
      !world.scene.metrics.broken &&
      answered(played, world, 'GetMetricData').some(({ input }) =>
        JSON.stringify(input).includes(`"${played.names.functionName}"`)
      )
    return hasSeen || visibleText(played).includes('nobody judged') ? undefined : 'passes without a word'
  }
}
