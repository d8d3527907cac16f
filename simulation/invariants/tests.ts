import type { RecordedRequest } from '../../simulator/aws.ts'
import { expected } from '../draw/tests.ts'
import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import { answered, createdBy, requestsOf } from './facts.ts'
import type { Invariant, StepInvariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'

/** An event that was sent to a version, and how the version answered: by what the simulated Lambda ran, not by what src made of it. */
interface Sent {
  request: RecordedRequest
  version: string
  event: string
  /** `lost`: whatever the version did, its answer did not arrive. */
  end: 'passed' | 'failed' | 'lost'
  /** Lambda ran it. */
  ran: boolean
  /** When it was over, epoch ms; infinite if it never was. */
  endedAt: number
}

function sentBy(played: PlayedStep | FunctionStep, world: PlayedScene): Sent[] {
  return requestsOf(played, world)
    .filter(({ operation, input }) => operation === 'Invoke' && input !== undefined)
    .map(request => {
      const { Qualifier = '', Payload } = request.input as { Qualifier?: string; Payload?: Uint8Array }
      const run = world.stage.runs.get(request.input as object)
      const fault = world.stage.faults.get(request)?.kind
      const harmless = ['slow', 'isoDates', 'unknownStatus']
      const isHeard = run !== undefined && request.status === 200 && (!fault || harmless.includes(fault))
      return {
        request,
        version: Qualifier,
        event: new TextDecoder().decode(Payload),
        end: !isHeard ? 'lost' : passes(run, played) ? 'passed' : 'failed',
        ran: run !== undefined,
        endedAt: run?.endedAt ?? Number.POSITIVE_INFINITY
      }
    })
}

const nameIn = ({ request }: Pick<Sent, 'request'>): string | undefined =>
  (request.input as { FunctionName?: string }).FunctionName

/** Written again here, so that no bug of src can hide itself. */
function passes({ answer, error }: { answer: string; error: boolean }, { inputs }: PlayedStep): boolean {
  if (error) return false
  return inputs['test-expect'] === undefined || answer.includes(JSON.stringify(expected).slice(0, -1))
}

const eventsOf = ({ inputs }: PlayedStep): string[] => {
  const given = JSON.parse(inputs['test-event'] ?? '[]')
  return [given].flat().map(each => JSON.stringify(each))
}

const creations = (played: PlayedStep | FunctionStep, world: PlayedScene): RecordedRequest[] =>
  requestsOf(played, world).filter(({ operation }) => /^Create(Deployment|Alias)$/.test(operation))

export const createsNothingAfterAFailedTest: StepInvariant = {
  id: '12a',
  claims: 'nothing is created after a test has failed, for none of the functions',
  check: (played, world) => {
    const failed = sentBy(played, world).find(({ end }) => end === 'failed')
    const later = failed && creations(played, world).find(({ at }) => at > failed.endedAt)
    return later && `sent ${later.operation} after version ${failed.version} had failed a test`
  }
}

export const deploysWhatWasTested: Invariant = {
  id: '12b',
  claims: 'exactly the version that has passed every test event is deployed',
  check: (played, world) => {
    const sent = sentBy(played, world)
    const untested = (version: string, at: number) =>
      eventsOf(played).find(
        event =>
          !sent.some(each => {
            const isPassed = each.end === 'passed' && each.endedAt <= at
            return isPassed && each.event === event && each.version === version
          })
      )
    for (const { createdMs, settings } of createdBy(played, world)) {
      const [, version = ''] = /"TargetVersion": "(\d+)"/.exec(settings.content) ?? []
      const event = untested(version, createdMs)
      if (event) return `deployed version ${version}, which has not passed ${event}`
    }
    for (const { operation, input, at, status } of creations(played, world)) {
      const { FunctionVersion = '' } = (input ?? {}) as { FunctionVersion?: string }
      const event = operation === 'CreateAlias' && status === 201 ? untested(FunctionVersion, at) : undefined
      if (event) return `created the alias on version ${FunctionVersion}, which has not passed ${event}`
    }
    return undefined
  }
}

/** As AWS's own clients do. */
const mostRuns = 3

export const sendsNoEventWithoutEnd: Invariant = {
  id: '12c',
  claims: `a version runs with an event ${mostRuns} times at most`,
  check: (played, world) => {
    const counts: Record<string, number> = {}
    for (const { version, event, ran } of sentBy(played, world)) {
      const key = `${event} of version ${version}`
      counts[key] = (counts[key] ?? 0) + (ran ? 1 : 0)
    }
    const [most] = Object.entries(counts).filter(([, count]) => count > mostRuns)
    return most && `${most[0]} ran ${most[1]} times`
  }
}

export const blamesNoVersionThatPasses: Invariant = {
  id: '12d',
  claims:
    'a version has failed its test only if it did, or if nothing was heard of it three times although AWS answered in between',
  check: (played, world) => {
    if (played.outputs['error-code'] !== 'TEST_FAILED') return undefined
    const sent = sentBy(played, world)
    const isRejected = sent.some(
      ({ request: { errorName } }) => errorName === 'InvalidRequestContentException'
    )
    if (isRejected || sent.some(({ end }) => end === 'failed')) return undefined
    // What was throttled was answered: the version did not run.
    const isThrottled = (request: RecordedRequest) => world.stage.faults.get(request)?.kind === 'throttle'
    const last = sent.at(-1)
    const lost = sent
      .filter(({ event, version }) => event === last?.event && version === last.version)
      .filter(({ end, request }) => end === 'lost' && !isThrottled(request))
      .slice(-mostRuns)
    if (lost.length < mostRuns) return `blamed after ${lost.length} lost answers`
    // That a version is not there yet is an answer too.
    const reads = requestsOf(played, world).filter(
      request =>
        ['GetFunctionConfiguration', 'GetFunction'].includes(request.operation) &&
        (answered(played, world, request.operation).includes(request) ||
          world.stage.faults.get(request)?.kind === 'stale')
    )
    const isOutage = lost.some(({ request }, index) => {
      const before = lost[index - 1]?.request.at
      return before !== undefined && !reads.some(({ at }) => at > before && at < request.at)
    })
    return isOutage ? 'blamed although AWS answered nothing' : undefined
  }
}

/** Faults with which a service does nothing. */
const unreached: readonly string[] = ['html', 'throttle', 'serverErrorBefore', 'dropBefore']

export const testsBeforeCreating: StepInvariant = {
  id: '12e',
  claims:
    'with several functions, all tests come before the first deployment; and none without test-event, or in a dry run',
  check: (played, world) => {
    const sent = sentBy(played, world)
    if (sent[0] && (!played.inputs['test-event'] || played.inputs['dry-run'] === 'true'))
      return `invoked version ${sent[0].version}`
    // CodeDeploy was busy with somebody else's, after which another version may be the one to go back to; or was not reached at all.
    const [first] = creations(played, world).filter(
      request =>
        request.errorName !== 'DeploymentLimitExceededException' &&
        !unreached.includes(world.stage.faults.get(request)?.kind ?? '')
    )
    // Somebody moved the alias when others had begun: the version that has become the previous one is tested as well.
    const isChanged = ({ request, version }: Sent) =>
      JSON.stringify(played.inputs).includes('previous') &&
      sent.some(other => nameIn(other) === nameIn({ request }) && other.version !== version)
    const late = first && sent.find(each => each.request.at > first.at && !isChanged(each))
    return late && `invoked version ${late.version} after a ${first.operation}`
  }
}

export const stopsNobodyForABadVersion: Invariant = {
  id: '12f',
  claims: "somebody else's deployment is replaced only by a version that has passed its tests",
  check: (played, world) => {
    const { inputs, cancelledAt } = played
    if (inputs['if-in-progress'] !== 'replace' || !inputs['test-event']) return undefined
    // To which version to go back is known only when the other deployment is over.
    if (inputs['target-version'] === 'previous') return undefined
    const sent = sentBy(played, world)
    const ours = createdBy(played, world).map(({ settings }) => settings.id)
    for (const { operation, input, at } of requestsOf(played, world)) {
      const { deploymentId = '' } = (input ?? {}) as { deploymentId?: string }
      const isTheirs = operation === 'StopDeployment' && !ours.includes(deploymentId)
      const isJoined = played.outputs['deployment-id'] === deploymentId
      if (
        !isTheirs ||
        isJoined ||
        at >= (cancelledAt ?? Number.POSITIVE_INFINITY) ||
        at > played.main.endedAt
      )
        continue
      const passed = sent.filter(({ end, endedAt }) => end === 'passed' && endedAt <= at)
      if (passed.length < eventsOf(played).length)
        return `stopped ${deploymentId} after ${passed.length} of ${eventsOf(played).length} tests`
    }
    return undefined
  }
}

export const testsNothingAfterACancel: StepInvariant = {
  id: '12g',
  claims: 'a cancel during a test ends the run at once, and nothing is sent or created after it',
  check: (played, world) => {
    const { cancelledAt, main } = played
    if (cancelledAt === undefined) return undefined
    const sent = sentBy(played, world)
    const onItsWay = cancelledAt + world.scene.latency.highMs
    const late = sent.find(({ request }) => request.at > onItsWay)
    if (late) return `invoked version ${late.version} ${late.request.at - cancelledAt} ms after the cancel`
    const isTesting = sent.some(
      ({ request, ran, endedAt }) => ran && request.at <= cancelledAt && endedAt > onItsWay
    )
    const created = isTesting ? creations(played, world)[0] : undefined
    if (created) return `sent ${created.operation} although it was cancelled during a test`
    // Reading what serves takes a few seconds at most.
    return isTesting && main.endedAt > cancelledAt + atOnceMs
      ? `went on for ${main.endedAt - cancelledAt} ms`
      : undefined
  }
}

const atOnceMs = 7_000
