import type { RecordedRequest } from '../../simulator/aws.ts'
import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import { requestsOf } from './facts.ts'
import type { StepInvariant } from './invariant.ts'
import { perFunction } from './perfunction.ts'

/** On the fastest network: a survey with both hooks takes nine, publishing and creating four, stopping and the last look six. */
const mostInASecond = 20
/** Of many that take turns, twelve are sent in any second: on their way, those of two seconds may come together. */
const mostTogether = 24
const mostInAQuietMinute = 30
/** In the last minutes, when a deployment was asked to stop and somebody waits for its end. */
const mostInALastMinute = 60
/** Everything but watching, and the same for what is not quiet. */
const mostForTheRest = 450
const minute = 60_000

export const neverRushes: StepInvariant = {
  id: '7a',
  claims: `never more than ${mostInASecond} requests in a second, or ${mostTogether} of many functions`,
  check: (played, story) => {
    // Every deployment is asked to stop in the same moment: what was promised is a second.
    const isAlone = perFunction(played, story).length === 1
    const times = requestsOf(played, story)
      .filter(({ operation }) => isAlone || operation !== 'StopDeployment')
      .map(({ at }) => at)
    const { endedAt } = played.main
    const mains = busiestWindow(
      times.filter(at => at <= endedAt),
      1_000
    )
    const posts = busiestWindow(
      times.filter(at => at > endedAt),
      1_000
    )
    const busiest = Math.max(mains, posts)
    // What was sent within some seconds may arrive within one.
    const { lowMs, highMs } = story.scene.latency
    const most = (isAlone ? mostInASecond : mostTogether) * (1 + (highMs - lowMs) / 1_000)
    return busiest > most ? `${busiest} requests in one second` : undefined
  }
}

export const watchesCalmly: StepInvariant = {
  id: '7b',
  claims: `while nothing begins or ends, at most ${mostInAQuietMinute} requests in a minute for each function`,
  check: (played, story) => {
    const times = quietTimes(played, story)
    const stopAt = requestsOf(played, story).find(({ operation }) => operation === 'StopDeployment')?.at
    const lastFrom = Math.min(stopAt ?? Number.POSITIVE_INFINITY, played.main.endedAt)
    const quiet = busiestWindow(
      times.filter(at => at < lastFrom),
      minute
    )
    const functions = perFunction(played, story).length
    if (quiet > mostInAQuietMinute * functions) return `${quiet} requests in a quiet minute`
    const last = busiestWindow(
      times.filter(at => at >= lastFrom),
      minute
    )
    return last > mostInALastMinute * functions ? `${last} requests in one of the last minutes` : undefined
  }
}

export const staysWithinBounds: StepInvariant = {
  id: '7c',
  claims: 'the number of requests is bounded by the time that the run took',
  check: (played, story) => {
    const times = timesOf(played, story)
    const lasted = (times.at(-1) ?? 0) - (times[0] ?? 0)
    const most = (mostForTheRest + (lasted / minute) * mostInAQuietMinute) * perFunction(played, story).length
    return times.length > most ? `${times.length} requests in ${lasted} ms` : undefined
  }
}

const timesOf = (played: PlayedStep, story: PlayedScene): number[] =>
  requestsOf(played, story).map(({ at }) => at)

/** The step's requests, without the minute around each turn: where something begins or ends, and looks are close. */
function quietTimes(played: PlayedStep, story: PlayedScene): number[] {
  const requests = requestsOf(played, story)
  const turn = ({ operation }: RecordedRequest) => /^(Create|Stop|Publish)/.test(operation)
  const { codedeploy } = story.stage.aws
  const deployments = [...story.stage.created.keys()]
    .map(id => codedeploy.deployments.find(id))
    .flatMap(each => (each.rolledBackBy ? [each, each.rolledBackBy] : [each]))
  const turns = [
    played.main.begunAt,
    played.main.endedAt,
    ...requests.filter(turn).map(({ at }) => at),
    ...deployments.flatMap(({ startedMs = 0, completedMs = 0, events }) => [
      startedMs,
      completedMs,
      ...Object.values(events).flatMap(({ startTime, endTime }) => [
        Number(startTime ?? 0),
        Number(endTime ?? 0)
      ])
    ])
  ]
  return requests.map(({ at }) => at).filter(at => turns.every(each => Math.abs(at - each) > minute))
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
