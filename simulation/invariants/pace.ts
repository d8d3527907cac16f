import type { RecordedRequest } from '../../simulator/aws.ts'
import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import { assuming } from './credentials.ts'
import { requestsOf } from './facts.ts'
import type { StepInvariant } from './invariant.ts'
import { perFunction } from './perfunction.ts'

/**
 * On the fastest network: nine for a survey with both hooks, four for publishing and creating, six for stopping and the last look, and
 * five when another run was faster. Two more go to CloudWatch.
 */
const mostInASecond = 26
/** When the runner's clock is off, a survey is refused, and sent once more by AWS's time. */
const mostRefused = 9
/** Finding what served before takes five more, two for each deployment that was about something else, and all that again as above. */
const mostGoingBack = 40
/** A list that is old hides another run's deployment once more: then all of that comes twice. */
const moreWhenStale = 6
/** What other aliases need is looked for as fast as the budgets allow, beside the rest of them to Lambda. */
const mostBeside = 40
/** Setting up takes two, when another run was faster a third, and then everything is read once more: six. */
const mostSettingUp = 35
/** What a release of many functions may ask within a second of each thing that AWS limits by itself. */
const budgets: readonly { of: string; most: number; holds(request: RecordedRequest): boolean }[] = [
  {
    of: "Lambda's control plane",
    most: 12,
    holds: ({ service, operation }) =>
      service === 'lambda' && operation !== 'GetFunction' && operation !== 'Invoke'
  },
  { of: 'GetFunction', most: 60, holds: ({ operation }) => operation === 'GetFunction' },
  // Every deployment is asked to stop in the same moment: what was promised is a second.
  {
    of: 'CodeDeploy',
    most: 24,
    holds: ({ service, operation }) => service === 'codedeploy' && operation !== 'StopDeployment'
  }
]
const mostInAQuietMinute = 30
/** In the last minutes, while a deployment that was asked to stop, or a rollback that the wait no longer covers, comes to its end. */
const mostInALastMinute = 60
/** How long an end is waited for once the wait is over, ms. */
const endsWithinMs = 5 * 60_000
/** For everything but watching, and for the times that are not quiet. */
const mostForTheRest = 450
/** What is asked when CodeDeploy says that another deployment was faster. */
const moreInARound = 5
const minute = 60_000

export const limitsRate: StepInvariant = {
  id: '7a',
  claims: `never more than ${mostInASecond} requests in a second; of many functions, never more of each kind than their budget`,
  check: (played, world) => {
    const requests = requestsOf(played, world)
    // What was sent within some seconds may arrive within one.
    const { lowMs, highMs } = world.scene.latency
    const spread = 1 + (highMs - lowMs) / 1_000
    const [first, ...others] = perFunction(played, world)
    if (others.length === 0) {
      const busiest = busiestSecond(
        requests.filter(each => !isRefusedForItsTime(each)),
        played
      )
      const { 'target-version': target, 'codedeploy-service-role': role } = first?.inputs ?? {}
      const isBeside =
        first?.inputs['keep-versions'] !== undefined &&
        requests.some(({ operation }) => operation === 'ListDeploymentGroups')
      const most = isBeside
        ? mostBeside
        : target === 'previous'
          ? mostGoingBack
          : role
            ? mostSettingUp
            : mostInASecond
      const isStale = world.scene.faults.some(
        ({ operation, kind }) => operation === 'ListDeployments' && kind === 'stale'
      )
      // Others were faster, and are gone a moment later: each time, all is read again. One is counted already.
      const rounds = requests.filter(
        ({ errorName }) => errorName === 'DeploymentLimitExceededException'
      ).length
      const more = (isStale ? moreWhenStale : 0) + Math.max(0, rounds - 1) * moreInARound
      if (busiest > (most + more) * spread) return `${busiest} requests in one second`
      const refused = requests.filter(isRefusedForItsTime).length
      return refused > 2 * mostRefused ? `${refused} requests with a wrong time` : undefined
    }
    for (const { of, most, holds } of budgets) {
      const busiest = busiestSecond(requests.filter(holds), played)
      // On their way, those of two windows may come together.
      if (busiest > 2 * most * spread) return `${busiest} requests to ${of} in one second`
    }
    return undefined
  }
}

const isRefusedForItsTime = ({ errorName = '' }: RecordedRequest): boolean =>
  ['InvalidSignatureException', 'SignatureDoesNotMatch'].includes(errorName)

/** Main and post are processes of their own, each of which paces itself. */
const busiestSecond = (requests: readonly RecordedRequest[], { main: { endedAt } }: PlayedStep): number => {
  const times = requests.map(({ at }) => at)
  const [mains, posts] = [times.filter(at => at <= endedAt), times.filter(at => at > endedAt)]
  return Math.max(busiestWindow(mains, 1_000), busiestWindow(posts, 1_000))
}

/** In words, if there is a minute with more than so many answers. Each request that was lost is sent once more. */
function tooMany(requests: readonly RecordedRequest[], most: number): string | undefined {
  const timesOf = (of: readonly RecordedRequest[]) => of.map(({ at }) => at)
  const answered = busiestWindow(timesOf(requests.filter(({ status }) => status !== 0)), minute)
  const all = busiestWindow(timesOf(requests), minute)
  return answered > most || all > 2 * most ? `${all} requests, ${answered} of them answered,` : undefined
}

export const watchesSparingly: StepInvariant = {
  id: '7b',
  claims: `while nothing begins or ends, at most ${mostInAQuietMinute} requests in a minute for each function`,
  check: (played, world) => {
    const requests = quietRequests(played, world)
    const stopAt = requestsOf(played, world).find(({ operation }) => operation === 'StopDeployment')?.at
    const { endedAt, job } = played.main
    const overdueFrom = endedAt - endsWithinMs
    // What rolls back already is not stopped when the wait is over.
    const isOverdue =
      job.outputs.outcome === 'timed-out' && stopAt === undefined && isRollingBack(overdueFrom, world)
    const lastFrom = Math.min(stopAt ?? Number.POSITIVE_INFINITY, isOverdue ? overdueFrom : endedAt)
    const functions = perFunction(played, world).length
    const quiet = tooMany(
      requests.filter(({ at }) => at < lastFrom),
      mostInAQuietMinute * functions
    )
    if (quiet !== undefined) return `${quiet} in a quiet minute`
    const last = tooMany(
      requests.filter(({ at }) => at >= lastFrom),
      mostInALastMinute * functions
    )
    return last && `${last} in one of the last minutes`
  }
}

const isRollingBack = (at: number, { stage }: PlayedScene): boolean =>
  [...stage.created.keys()]
    .flatMap(id => stage.aws.codedeploy.deployments.find(id).rolledBackBy ?? [])
    .some(({ createdMs, completedMs = at }) => createdMs <= at && completedMs >= at)

export const limitsRequests: StepInvariant = {
  id: '7c',
  claims: 'the number of requests is bounded by the time that the run took',
  check: (played, world) => {
    const times = timesOf(played, world)
    const lasted = (times.at(-1) ?? 0) - (times[0] ?? 0)
    const most = (mostForTheRest + (lasted / minute) * mostInAQuietMinute) * perFunction(played, world).length
    return times.length > most ? `${times.length} requests in ${lasted} ms` : undefined
  }
}

const timesOf = (played: PlayedStep, world: PlayedScene): number[] =>
  requestsOf(played, world).map(({ at }) => at)

/**
 * The step's requests except within a minute of anything that begins or ends, when looks are frequent. What nobody saw begins when it
 * is seen: at the first answer after others were lost.
 */
function quietRequests(played: PlayedStep, world: PlayedScene): RecordedRequest[] {
  const requests = requestsOf(played, world)
  const isChange = ({ operation }: RecordedRequest) => /^(Create|Stop|Publish|Invoke)/.test(operation)
  const isLost = (request?: RecordedRequest) =>
    request !== undefined && (request.status !== 200 || world.stage.faults.has(request))
  const isSightAgain = (request: RecordedRequest, index: number) =>
    !isLost(request) &&
    isLost(requests.slice(0, index).findLast(({ operation }) => operation === request.operation))
  // Then its version is Active, and what others do is looked at.
  const isReadyAt = requests.findLast(
    ({ operation, input }) =>
      operation === 'GetFunctionConfiguration' &&
      /^\d+$/.test((input as { Qualifier?: string } | undefined)?.Qualifier ?? '')
  )?.at
  // It may have waited for credentials, and looks around only then.
  const firstAnswered = requests.find(each => !isLost(each) && each.operation !== assuming)
  const { codedeploy } = world.stage.aws
  const deployments = [...world.stage.created.keys()]
    .map(id => codedeploy.deployments.find(id))
    .flatMap(each => (each.rolledBackBy ? [each, each.rolledBackBy] : [each]))
  const busyTimes = [
    played.main.begunAt,
    played.main.endedAt,
    ...(isReadyAt === undefined ? [] : [isReadyAt]),
    ...(firstAnswered ? [firstAnswered.at] : []),
    ...requests.filter(isChange).map(({ at }) => at),
    ...requests.filter(isSightAgain).map(({ at }) => at),
    ...deployments.flatMap(({ startedMs = 0, completedMs = 0, events }) => [
      startedMs,
      completedMs,
      ...Object.values(events).flatMap(({ startTime, endTime }) => [
        Number(startTime ?? 0),
        Number(endTime ?? 0)
      ])
    ])
  ]
  return requests.filter(({ at }) => busyTimes.every(each => Math.abs(at - each) > minute))
}

function busiestWindow(times: readonly number[], ms: number): number {
  let busiest = 0
  let first = 0
  for (const [index, at] of times.entries()) {
    while (at - (times[first] ?? at) >= ms) first += 1
    busiest = Math.max(busiest, index - first + 1)
  }
  return busiest
}
