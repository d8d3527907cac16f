import type { RecordedRequest } from '../../simulator/aws.ts'
import type { Deployment } from '../../simulator/codedeploy/deployment.ts'
import type { Deletion } from '../play/deletions.ts'
import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import {
  actedAt,
  answered,
  deploymentsBeside,
  deploymentsOf,
  endedByItself,
  requestsOf,
  trueAt,
  visibleText
} from './facts.ts'
import { isSkipped } from './github.ts'
import { servedBefore, shiftedLast } from './goingback.ts'
import type { Invariant, StepInvariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'

/** A deletion that the step asked for and Lambda has made. */
interface Sent {
  request: RecordedRequest
  deletion: Deletion
}

export const sentBy = (played: FunctionStep, world: PlayedScene): Sent[] =>
  requestsOf(played, world).flatMap(request => {
    const deletion =
      request.input === undefined ? undefined : world.stage.deletions.all.get(request.input as object)
    const isOurs = deletion?.functionName === played.names.functionName
    return request.operation === 'DeleteFunction' && deletion && isOurs ? [{ request, deletion }] : []
  })

export const deletesVersionsOnly: Invariant = {
  id: '18a',
  claims: 'no request could delete a function',
  check: (played, world) => {
    const all = requestsOf(played, world).filter(({ operation }) => operation === 'DeleteFunction')
    const bad = all.find(({ input }) => {
      const { Qualifier = '' } = (input ?? { Qualifier: '1' }) as { Qualifier?: string }
      return !/^[1-9]\d*$/.test(Qualifier)
    })
    return bad && `sent DeleteFunction with ${JSON.stringify(bad.input)}`
  }
}

export const sparesDurableVersions: Invariant = {
  id: '18h',
  claims: 'no version is deleted on which durable executions may run',
  check: (played, world) => {
    const bad = sentBy(played, world).find(({ deletion }) => deletion.wasDurable)
    return bad && `deleted version ${bad.deletion.version}, which has a DurableConfig`
  }
}

const dayMs = 24 * 3_600_000
/**
 * What is in use is read every two seconds. A request may then wait for its turn: longer when AWS has throttled others, and each of three
 * functions at a time has one.
 */
export const freshMs = 12_000
/** What AWS lists may be as old as this. */
export const staleMs = 10_000

export const deletesNothingInUse: Invariant = {
  id: '18b',
  claims:
    'no version is deleted that serves or served before, is young, or is in use by what was read seconds before',
  check: (played, world) => {
    const { version = '', 'previous-version': previous = '' } = played.outputs
    const { begunAt } = played.main
    for (const { request, deletion } of sentBy(played, world)) {
      const of = `deleted version ${deletion.version}`
      if ([version, previous].includes(deletion.version ?? '')) return `${of}, which serves or served before`
      const told = [
        servedBefore(version, deletion.at, played, world),
        shiftedLast(begunAt - staleMs, played, world)
      ]
      if (played.outputs.outcome === 'unchanged' && told.includes(deletion.version))
        return `${of}, which served before by what the deployments tell`
      const age = deletion.at - (deletion.publishedMs ?? 0)
      if (age < dayMs) return `${of}, which is ${Math.round(age / 60_000)} minutes old`
      const limit = freshMs + 3 * world.scene.latency.highMs
      for (const operation of reads) {
        const answers = readBefore(operation, request.at, played, world)
        if (answers.length === 0) return `${of} without an answer to ${operation}`
        const readAt = Math.max(...answers.map(each => actedAt(each, world)))
        if (request.at - readAt > limit) return `${of} ${request.at - readAt} ms after ${operation}`
        // What was in use once is not forgotten, even if a later answer is older.
        const knownAt = Math.max(...answers.map(each => trueAt(each, world)))
        const seen = usersOf(operation, deletion, played, world).find(({ since }) => since < knownAt)
        if (seen) return `${of}, which ${seen.what} used for ${deletion.at - seen.since} ms`
      }
    }
    return undefined
  }
}

const reads = ['ListAliases', 'ListProvisionedConcurrencyConfigs', 'ListDeployments'] as const

/** The requests of this kind that were answered before then, epoch ms. */
function readBefore(
  operation: (typeof reads)[number],
  at: number,
  played: FunctionStep,
  world: PlayedScene
): RecordedRequest[] {
  // Nothing runs in a group that CodeDeploy does not have, nor in one that it did not have seconds before.
  const isTrue = (each: RecordedRequest) => ['stale', undefined].includes(world.stage.faults.get(each)?.kind)
  const none = requestsOf(played, world).filter(
    each => each.operation === operation && each.errorName?.endsWith('DoesNotExistException') && isTrue(each)
  )
  return [...answered(played, world, operation), ...none].filter(each => actedAt(each, world) <= at)
}

function usersOf(
  operation: (typeof reads)[number],
  { aliases, provisioned, at, version = '' }: Deletion,
  played: FunctionStep,
  world: PlayedScene
) {
  if (operation === 'ListAliases') return aliases
  if (operation === 'ListProvisionedConcurrencyConfigs') return provisioned
  return runningAbout(version, at, played, world)
}

/** The deployments of the function's group that were running at a moment and are about this version. */
function runningAbout(version: string, at: number, played: FunctionStep, world: PlayedScene) {
  const isAbout = ({ settings: { content } }: Deployment) => {
    const [from, to, name] = ['CurrentVersion', 'TargetVersion', 'Name'].map(
      member => new RegExp(`"${member}": ?"([^"]+)"`).exec(content)?.[1]
    )
    return name === played.names.functionName && [from, to].includes(version)
  }
  return deploymentsOf(played, world)
    .filter(
      each => isAbout(each) && each.createdMs <= at && (each.completedMs ?? Number.POSITIVE_INFINITY) > at
    )
    .map(each => ({ what: each.settings.id, since: each.createdMs }))
}

const wellEnded = ['succeeded', 'unchanged', 'created']
export const deletesOnlyWhenAllIsWell: Invariant = {
  id: '18c',
  claims:
    'nothing is deleted unless it was asked for and the release has ended well; nor after a cancel, nor by post',
  check: (played, world) => {
    const [first, ...more] = sentBy(played, world)
    if (!first) return undefined
    const { inputs, main, cancelledAt = Number.POSITIVE_INFINITY } = played
    if (inputs['keep-versions'] === undefined || inputs['dry-run'] === 'true')
      return 'deleted, and was not asked to'
    if (isSkipped(played)) return 'deleted, although it was skipped'
    const results = JSON.parse(main.job.outputs.results || '[]') as Record<string, string>[]
    const bad = results.find(({ outcome = '' }) => !wellEnded.includes(outcome))
    if (bad) return `deleted, and ended ${bad.outcome} (${bad['error-code']})`
    const last = more.at(-1)?.request ?? first.request
    const onItsWay = world.scene.latency.highMs
    if (last.at > cancelledAt + onItsWay) return `deleted ${last.at - cancelledAt} ms after the cancel`
    if (last.at > main.endedAt + onItsWay) return 'deleted after main had ended'
    return undefined
  }
}

const cleaningUp = ['ListAliases', 'ListVersionsByFunction']

/** When the step first asked about old versions, of any function, epoch ms: the release had ended by then. */
export const cleanedUpAt = ({ step }: Pick<PlayedStep, 'step'>, { requests }: PlayedScene) =>
  requests.get(step.run)?.find(({ operation }) => cleaningUp.includes(operation))?.at

const changes = ['CreateDeployment', 'StopDeployment', 'UpdateAlias', 'CreateAlias']

export const cleansUpWhatHasEnded: StepInvariant = {
  id: '18j',
  claims: 'once it is asked which versions are in use, no outcome changes, and nothing is taken back',
  check: (played, world) => {
    const sent = requestsOf(played, world).filter(({ at }) => at <= played.main.endedAt)
    // Nothing else asks for that.
    const first = sent.findIndex(({ operation }) => operation === 'ListAliases')
    if (first < 0) return undefined
    const change = sent.slice(first).find(({ operation }) => changes.includes(operation))
    if (change) return `sent ${change.operation} after it had asked about old versions`
    const results = JSON.parse(played.main.job.outputs.results || '[]') as Record<string, string>[]
    const bad = results.find(({ outcome = '' }) => ![...wellEnded, 'planned'].includes(outcome))
    return bad && `asked about old versions, and ended ${bad.outcome} (${bad['error-code']})`
  }
}

export const tellsWhatOthersChose: Invariant = {
  id: '18d',
  claims: 'a version that somebody chose while it was deleted is told',
  check: (played, world) => {
    if (!endedByItself(played) || played.cancelledAt !== undefined) return undefined
    if (visibleText(played).includes('deleted in the moment in which')) return undefined
    const last = answered(played, world, 'ListAliases').at(-1)
    if (!last) return undefined
    const readAt = actedAt(last, world)
    const sent = sentBy(played, world)
    // An answer to the last look cannot be from before a deletion. Any other one may be.
    const isLate = !isCutShort(sent, played, world)
    const seenAt = isLate ? readAt : trueAt(last, world)
    // Whoever chose it may have chosen another before the aliases were read again.
    const isSeen = ({ aliases, at }: Deletion) =>
      at < readAt &&
      aliases.some(({ since, until = Number.POSITIVE_INFINITY }) => since < seenAt && readAt < until)
    const missed = sent.find(({ deletion }) => isSeen(deletion))
    return missed && `deleted version ${missed.deletion.version}, which an alias names, and does not say so`
  }
}

/** The last look got no answer, or there was no time left for it. */
function isCutShort(sent: readonly Sent[], played: FunctionStep, world: PlayedScene): boolean {
  const from = Math.max(...sent.map(({ deletion }) => deletion.at)) + staleMs
  const looks = requestsOf(played, world).filter(
    ({ at, operation }) => at >= from && reads.some(each => each === operation)
  )
  const complete = reads.flatMap(each => readBefore(each, played.main.endedAt, played, world))
  const [first] = requestsOf(played, world).filter(({ operation }) => operation === 'ListAliases')
  const isTimeUp = played.main.endedAt - (first?.at ?? 0) >= deletingMs + staleMs
  return isTimeUp || looks.some(each => !complete.includes(each))
}

/** For how long versions are deleted. */
const deletingMs = 60_000

/** Then it may wait for one answer, and until no answer can be older than that, and look once more. */
const longestMs = 120_000

export const deletesInTime: Invariant = {
  id: '18e',
  claims: 'deleting versions keeps a step for two minutes at most',
  check: (played, world) => {
    const asked = requestsOf(played, world).filter(({ operation }) => operation === 'ListAliases')
    const [first] = asked
    if (!first || played.inputs['keep-versions'] === undefined || !endedByItself(played)) return undefined
    const last = asked.at(-1)?.at ?? first.at
    return last - first.at > longestMs ? `went on for ${last - first.at} ms` : undefined
  }
}

/** How many versions are deleted of a function. */
const mostDeleted = 50

export const deletesWhatIsOld: Invariant = {
  id: '18f',
  claims:
    'what was to be deleted is gone after a release that ended well, if nothing went wrong and nobody else was about',
  check: (played, world) => {
    const { inputs, names, functionCount, cancelledAt } = played
    const keep = Number(inputs['keep-versions'])
    const { outcome = '' } = played.outputs
    const isDisturbed =
      world.stage.faults.size > 0 || world.scene.actors.length > 0 || world.scene.steps.length > 1
    if (!keep || isDisturbed || cancelledAt !== undefined || !endedByItself(played)) return undefined
    if (functionCount > 1 || !['succeeded', 'created'].includes(outcome) || isSkipped(played))
      return undefined
    const { version = '', 'previous-version': previous = '' } = played.outputs
    const { lambda } = world.stage.aws
    const numbers: string[] = []
    for (let number = 1; number <= mostVersions; number++)
      if (lambda.publishedMs(names.functionName, String(number)) !== undefined) numbers.push(String(number))
    const isOld = (number: string | undefined) =>
      number !== undefined &&
      played.main.endedAt - (lambda.publishedMs(names.functionName, number) ?? 0) > dayMs + longestMs
    const { Aliases } = lambda.listAliases({ FunctionName: names.functionName })
    const named = Aliases.flatMap(({ FunctionVersion = '' }) => FunctionVersion)
    // Aliases may share a group.
    const ofOthers = deploymentsOf(played, world).filter(({ appSpec }) => appSpec?.alias !== 'live')
    const needed = [...deploymentsBeside(played, world), ...ofOthers].flatMap(({ appSpec }) => [
      appSpec?.currentVersion,
      appSpec?.targetVersion
    ])
    // Of an alias that nothing tells of, as many stay as of all.
    const others = Aliases.filter(({ Name }) => Name !== 'live')
    const below = others.flatMap(({ FunctionVersion = '' }) =>
      numbers.slice(0, numbers.indexOf(FunctionVersion) + 1).slice(-keep)
    )
    const inUse = [version, previous, ...named, ...needed, ...below]
    const left = numbers.filter(
      (number, index) =>
        index < numbers.length - keep &&
        isOld(number) &&
        isOld(numbers[index + 1]) &&
        !inUse.includes(number) &&
        !lambda.isDurable(names.functionName, number)
    )
    if (sentBy(played, world).length >= mostDeleted || left.length === 0) return undefined
    // AWS's answers took so long that time was up.
    const [began = played.main.endedAt] = requestsOf(played, world)
      .filter(({ operation }) => operation === 'ListVersionsByFunction')
      .map(({ at }) => at)
    const isTimeUp = played.main.endedAt - began >= deletingMs + staleMs - 6 * world.scene.latency.highMs
    if (isTimeUp && visibleText(played).includes(' left for the next release')) return undefined
    return `left ${left.join(', ')} although they are old`
  }
}

const mostVersions = 150
