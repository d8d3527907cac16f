import type { PlayedScene } from '../play/play.ts'
import { actedAt, answered, endedByItself, historyOf, requestsOf, trueAt, visibleText } from './facts.ts'
import type { Invariant, StepInvariant } from './invariant.ts'
import { type FunctionStep, perFunction } from './perfunction.ts'

const isByHand = ({ inputs }: FunctionStep): boolean => inputs.weight !== undefined

/** Between Lambda's answer and the end of the step there are at most some slow answers to other requests, ms. */
const freshMs = 45_000

/** What Lambda answers about an alias may be as old as this, ms. */
const staleMs = 10_000

/** The target's share in percent, as `serving-version` spells what serves. */
function percentOf(version: string, serving: string): number {
  if (!serving.includes(':')) return serving === version ? 100 : 0
  const part = serving.split(',').find(each => each.startsWith(`${version}:`))
  return part === undefined ? 0 : Math.round(Number(part.split(':')[1]) * 1e4) / 100
}

/** The target's share in percent that an UpdateAlias sets. */
function percentSet(version: string, input: unknown): number {
  const { FunctionVersion, RoutingConfig } = input as Update
  const weights = RoutingConfig?.AdditionalVersionWeights ?? {}
  const rest = 1 - Object.values(weights).reduce((sum, each) => sum + each, 0)
  return Math.round((FunctionVersion === version ? rest : (weights[version] ?? 0)) * 1e4) / 100
}

export const confirmsWeights: Invariant = {
  id: '17a',
  claims:
    "weighted means that the target has the share that was asked for, by Lambda's own answer at the end",
  check: (played, world) => {
    const { outcome, version = '' } = played.outputs
    if (!isByHand(played) || outcome !== 'weighted' || !endedByItself(played) || played.main.exitCode !== 0)
      return undefined
    const { endedAt } = played.main
    const answer = answered(played, world, 'GetAlias').findLast(({ at }) => at <= endedAt)
    if (!answer) return 'weighted without an answer from Lambda'
    const at = trueAt(answer, world)
    if (endedAt - at > freshMs) return `weighted on an answer that is ${endedAt - at} ms old`
    const served = historyOf(played, world).between(at, at)
    const asked = Number(played.inputs.weight)
    // A cancelled step has no time to see an old answer give way, or to wait for one, and Lambda's answer to the change is newer.
    const set = answered(played, world, 'UpdateAlias').findLast(each => each.at <= endedAt)
    const isSet = set !== undefined && endedAt - set.at < staleMs && percentSet(version, set.input) === asked
    const isOlder = isSet && (set.at > answer.at || world.stage.faults.get(answer)?.kind === 'stale')
    if (played.cancelledAt !== undefined && isOlder) return undefined
    return served.some(serving => percentOf(version, serving) === asked)
      ? undefined
      : `asked for ${asked}% of ${version}, and Lambda's last answer was ${served.join(' or ')}`
  }
}

interface Update {
  FunctionVersion?: string
  RoutingConfig?: { AdditionalVersionWeights?: Record<string, number> }
  RevisionId?: string
}

export const setsWholeMaps: Invariant = {
  id: '17b',
  claims: 'weights are set as a whole map under the revision that was read, and without CodeDeploy',
  check: (played, world) => {
    for (const { operation, input } of requestsOf(played, world)) {
      if (operation === 'UpdateAlias' && input !== undefined) {
        if (!isByHand(played)) return 'a release by CodeDeploy changed the alias itself'
        const { FunctionVersion, RoutingConfig, RevisionId } = input as Update
        if (!RevisionId) return 'changed the alias whatever others had made of it'
        if (!FunctionVersion || !RoutingConfig?.AdditionalVersionWeights)
          return 'left a part of the alias as it was'
      }
      if (isByHand(played) && /Deployment/.test(operation) && operation !== 'ListDeployments')
        return `asked CodeDeploy: ${operation}`
    }
    return undefined
  }
}

/** What the step, or post, says of an alias that it could not give back. */
const saysWhatIsLeft = /could not get back the weights|may have set the weights anyway|aws lambda get-alias/

export const givesBackWeights: StepInvariant = {
  id: '17c',
  claims:
    'after a step that set weights and did not pass, all aliases have what they had, or it is reported what is left',
  check: (played, world) => {
    const parts = perFunction(played, world)
    if (!parts.every(isByHand) || played.main.exitCode === 0 || played.post.killed) return undefined
    // A single function that was told as weighted, in a job that was cancelled or killed after that.
    const told = visibleText(played)
    for (const part of parts) {
      const what = leftOf(part, world)
      if (what === undefined) continue
      const isTold = endedByItself(played) || played.main.job.outputs.outcome === 'weighted'
      const isSingle = parts.length === 1 && isTold
      if (isSingle || saysWhatIsLeft.test(told)) continue
      return `${part.names.functionName}: ${what}`
    }
    return undefined
  }
}

/** The last change of the alias is one of this run, and it is not back at what it had. */
function leftOf(part: FunctionStep, world: PlayedScene): string | undefined {
  const accepted = requestsOf(part, world).filter(
    ({ operation, status }) => operation === 'UpdateAlias' && status >= 200 && status <= 299
  )
  const [first, set] = [accepted[0], accepted.at(-1)]
  const history = historyOf(part, world)
  const { last } = history
  if (!first || !set || last.bySomebody || last.at !== actedAt(set, world)) return undefined
  const before = history.between(0, actedAt(first, world) - 1).at(-1)
  // Another run of the same inputs may have set the same in between, and nobody can tell whose it was.
  const atFirst = history.between(0, part.main.begunAt).at(-1)
  return [before, atFirst].includes(last.serving)
    ? undefined
    : `served ${before} before and serves ${last.serving}`
}

export const buildsOnThePlan: Invariant = {
  id: '17d',
  claims:
    'weights are not set over what somebody else has made of the alias since the plan, unless it is the same',
  check: (played, world) => {
    const set = requestsOf(played, world).find(
      ({ operation, status, at }) =>
        operation === 'UpdateAlias' && status >= 200 && status <= 299 && at <= played.main.endedAt
    )
    const [planned] = answered(played, world, 'GetAlias')
    if (!isByHand(played) || !set || !planned) return undefined
    const history = historyOf(played, world)
    const [from, to] = [trueAt(planned, world), actedAt(set, world)]
    // The first answer may be as old as this, so what is seen within that time counts as well.
    const was = history.between(from, from + staleMs)
    const [is = ''] = history.between(0, to - 1).slice(-1)
    return !was.includes(is) && history.wasTouched(from + staleMs, to - 1)
      ? `it was planned on ${was.join(' or ')}, somebody had set ${is}, and the step set its own over that`
      : undefined
  }
}
