import type { RecordedRequest } from '../../simulator/aws.ts'
import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import { assuming } from './credentials.ts'
import { deploymentOf, endedByItself, requestsOf, visibleText } from './facts.ts'
import type { Invariant } from './invariant.ts'
import type { FunctionStep } from './perfunction.ts'
import { tellsAVerdict } from './verdicts.ts'

const roleNotAssumed = 'ROLE_NOT_ASSUMED'

/** Codes that may end as `lost`: AWS's errors that no waiting would fix, and our own for what could not be seen for too long. */
const permanent = [
  'AccessDeniedException',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  // Only when the secret key is wrong; 8c sees to wrong clocks.
  'InvalidSignatureException',
  'SIGHT_LOST',
  'ALIAS_UNREADABLE',
  // The wait was over by then; what was done because another function failed could not be seen.
  'HELD_BACK',
  'NOT_TAKEN_BACK'
]

/** The step stopped the deployment over its figures; this stays the reason, also when how that ended cannot be seen. */
const stoppedByItself = ['CANARY_ERRORS', 'NO_TRAFFIC']

/** It says which error hid the end, or the alias is truly gone. */
const isOutOfSight = (message: string, played: FunctionStep, story: PlayedScene): boolean =>
  permanent.some(code => message.includes(code)) ||
  message.includes('Nothing could be seen of the deployment for 10 minutes') ||
  (/could not be (read|seen|asked)\b.*(The (AWS )?credentials|AWS does not accept the)/s.test(message) &&
    requestsOf(played, story).some(isRefusedFor(story))) ||
  requestsOf(played, story).some(
    request =>
      request.operation === 'GetAlias' &&
      request.status !== 200 &&
      // By an old answer, too, it was gone.
      ['stale', undefined].includes(story.stage.faults.get(request)?.kind)
  )

/** A fault refused its credentials, for good. */
const isRefusedFor =
  ({ stage }: PlayedScene) =>
  (request: RecordedRequest): boolean =>
    ['accessDenied', 'expiredToken', 'invalidToken', 'wrongSignature'].includes(
      stage.faults.get(request)?.kind ?? ''
    )

export const outlastsTransientFaults: Invariant = {
  id: '8a',
  claims: 'a passing fault never ends the wait by itself',
  check: (played, story) => {
    const outputs = played.outputs
    const { 'error-code': code = '', 'error-message': message = '' } = outputs
    const isCancelled = played.cancelledAt !== undefined
    // Post tells it in words only.
    const isBlamed = code === roleNotAssumed || visibleText(played).includes(`(${roleNotAssumed})`)
    if (isBlamed && !isNotAssumable(played, story)) return `says ${roleNotAssumed}, and nothing refused it`
    const isRefused = outputs.outcome === 'refused' && code !== roleNotAssumed
    if (endedByItself(played) && !isCancelled && isRefused && isUnanswered.test(message))
      return refusedEarly(played, story)
    if (!endedByItself(played) || outputs.outcome !== 'lost' || permanent.includes(code)) return undefined
    if (stoppedByItself.includes(code) && isOutOfSight(message, played, story)) return undefined
    if (code === roleNotAssumed) return undefined
    // A deployment that was named could not be read for so long.
    if (played.inputs['deployment-id'] && isUnanswered.test(message) && !isCancelled)
      return refusedEarly(played, story)
    // It had ended, and what it was about could not be read.
    if (message.includes('CodeDeploy ended deployment')) return undefined
    // CodeDeploy itself does not say what it is about: a rollback that shows no revision, or a deployment that nobody could read.
    const isHidden = isAboutOne.some(operation => {
      const last = requestsOf(played, story).findLast(request => request.operation === operation)
      const kind = last && story.stage.faults.get(last)?.kind
      // What an old answer says of a deployment was true.
      return kind !== undefined && kind !== 'stale'
    })
    if (code === 'DEPLOYMENT_UNREADABLE' && !isHidden) return undefined
    if (!/may have (set the weights|created the deployment)/.test(message)) return `lost, because of ${code}`
    const isDenied = requestsOf(played, story).some(isRefusedFor(story))
    return isCancelled || isDenied ? undefined : refusedEarly(played, story)
  }
}

/** What says which function, alias and versions a deployment is about. */
const isAboutOne: readonly string[] = [
  'GetDeployment',
  'ListDeploymentTargets',
  'BatchGetDeploymentTargets',
  'GetApplicationRevision'
]

/** The words for a request that met nothing but passing faults. */
const isUnanswered = /got no usable answer|GitHub gave no OIDC token/
/** Ten minutes, less the pause after which the next request would have come, ms. */
const patienceMs = 585_000

/** What has been going wrong for less than ten minutes is no reason to refuse. */
function refusedEarly(played: FunctionStep, story: PlayedScene): string | undefined {
  const { begunAt, endedAt } = played.main
  const sent = requestsOf({ ...played, functionCount: 1 }, story).filter(
    request => request.at >= begunAt && request.at <= endedAt
  )
  const faulty = sent.find(request => story.stage.faults.has(request))
  const noToken = story.stage.idTokens.failedAt.find(at => at >= begunAt)
  // Before the very first request, it may have waited for GitHub's token.
  const since = faulty === sent[0] && faulty ? begunAt : Math.min(faulty?.at ?? endedAt, noToken ?? endedAt)
  const lasted = endedAt - since
  const { 'error-code': code } = played.outputs
  return lasted < patienceMs ? `given up, because of ${code} in the last ${lasted} ms` : undefined
}

export const needsNoRightClock: Invariant = {
  id: '8c',
  claims: "a runner's clock that is off, or that somebody sets, is no reason to refuse or to lose sight",
  check: (played, { stage }) => {
    const { 'error-code': code = '' } = played.outputs
    if ([...stage.faults.values()].some(({ kind }) => kind === 'wrongSignature')) return undefined
    return ['InvalidSignatureException', 'SignatureDoesNotMatch'].includes(code)
      ? `${played.outputs.outcome}, because of ${code}`
      : undefined
  }
}

export const losesOnlyWhatIsDenied: Invariant = {
  id: '8f',
  claims: 'a denial about one deployment ends the watch of that one alone',
  check: (played, world) => {
    const { functionCount, outputs, names } = played
    const { outcome, 'error-code': code, 'error-message': message = '' } = outputs
    const isDenied = code === 'AccessDeniedException' && message.includes('codedeploy:GetDeployment on')
    if (functionCount === 1 || outcome !== 'lost' || !isDenied) return undefined
    const isOwn = requestsOf(played, world).some(
      ({ operation, errorName }) => operation === 'GetDeployment' && errorName === 'AccessDeniedException'
    )
    return isOwn ? undefined : `${names.functionName} is lost, though its own deployment may be read`
  }
}

export const goesOnReading: Invariant = {
  id: '8d',
  claims: 'no part of a deployment is given up because an answer was too old to know of it',
  check: played => {
    const told = visibleText(played)
      .split('\n')
      .find(line => /AWS does not know .*Continuing without/.test(line))
    return told && `says '${told.trim()}'`
  }
}

/** A request that nobody answers, and the longest pause between two looks, ms. */
const lookMs = 60_000

/** A minute, less the longest pause before a stop is asked for again, ms. */
const unseenMs = 45_000

/** How long post watches, and a request, ms. */
const postWatchesMs = 200_000

export const asksAgainToStop: Invariant = {
  id: '8e',
  claims: 'a stop that a passing fault has kept from CodeDeploy is asked for again while the deployment runs',
  check: (played, story) => {
    const stops = requestsOf(played, story).filter(({ operation }) => operation === 'StopDeployment')
    const idOf = ({ input }: RecordedRequest) => (input as { deploymentId?: string }).deploymentId ?? ''
    for (const id of new Set(stops.map(idOf))) {
      const last = stops.findLast(each => idOf(each) === id)
      const { kind } = (last && story.stage.faults.get(last)) ?? {}
      if (!last || !['throttle', 'serverErrorBefore', 'dropBefore'].includes(kind ?? '')) continue
      // Once nothing is left to see, it is asked for a minute, and then it is told that this has failed.
      const askedForMs = last.at - (stops.find(each => idOf(each) === id)?.at ?? last.at)
      if (played.outputs.outcome === 'lost' && askedForMs >= unseenMs) continue
      const { main, post } = played
      // Then post watches no more, and reads what serves.
      const endedAt =
        last.at <= main.endedAt ? main.endedAt : Math.min(post.endedAt, main.endedAt + postWatchesMs)
      const { completedMs = Number.POSITIVE_INFINITY } = deploymentOf(id, story.stage) ?? {}
      const ranOn = Math.min(completedMs, endedAt) - last.at
      if (ranOn > lookMs) return `${id} ran on for ${ranOn} ms after the last stop met ${kind}`
    }
    return undefined
  }
}

/** The role is refused for certain. */
function isNotAssumable(played: PlayedStep, { stage, ...story }: PlayedScene): boolean {
  const passing = ['slow', 'timeout', 'dropBefore', 'dropAfter', 'throttle', 'serverErrorBefore', 'html']
  const isRefused = requestsOf(played, { stage, ...story }).some(
    request =>
      request.operation === assuming &&
      (request.status !== 200 || stage.faults.has(request)) &&
      !passing.includes(stage.faults.get(request)?.kind ?? '')
  )
  return isRefused || stage.idTokens.refusedAt.length > 0
}

/** Requests under way, a last word, and at most one more look, ms. */
const atOnceMs = 120_000

export const endsOnPermanentFault: Invariant = {
  id: '8b',
  claims: 'a permanent refusal to show the deployment ends the wait at once',
  check: (played, world) => {
    const refused = requestsOf(played, world).find(request => isPermanent(request.operation, request, world))
    const { endedAt, killed } = played.main
    if (!refused || killed || refused.at > endedAt || isOurs(played, world, refused.at)) return undefined
    // With several functions, main goes on for the others.
    const isAboutIt = ({ input }: { input: unknown }) =>
      (input as { deploymentId?: string } | undefined)?.deploymentId ===
      (refused.input as { deploymentId?: string }).deploymentId
    const lastAt = requestsOf(played, world).findLast(each => each.at <= endedAt && isAboutIt(each))?.at ?? 0
    const after = (played.functionCount === 1 ? endedAt : lastAt) - refused.at
    return after > atOnceMs
      ? `the answer was ${refused.errorName}, and main went on for ${after} ms`
      : undefined
  }
}

const isPermanent = (operation: string, request: object, { stage }: PlayedScene): boolean => {
  const fault = stage.faults.get(request as never)
  return (
    operation === 'GetDeployment' &&
    fault?.times === Number.POSITIVE_INFINITY &&
    ['accessDenied', 'expiredToken', 'invalidToken', 'wrongSignature'].includes(fault.kind)
  )
}

/** Before a deployment was created, the run may have been looking at somebody else's. */
const isOurs = (played: PlayedStep, { stage }: PlayedScene, at: number): boolean =>
  played.inputs['deployment-id'] === undefined &&
  ![...stage.created.values()].some(createdAt => createdAt <= at)

/** How long the looks go on after CodeDeploy has refused a stop, with what is read and reported then, ms. */
const lastWordMs = 60_000

export const waitsForNoRefusedStop: Invariant = {
  id: '8g',
  claims:
    'once CodeDeploy has refused for good to stop what is to be stopped, nothing is waited for any more',
  check: (played, world) => {
    const { faults } = world.stage
    const sent = requestsOf(played, world)
    const stops = sent.filter(({ operation }) => operation === 'StopDeployment')
    const isRefused = (request: RecordedRequest) =>
      request.errorName === 'AccessDeniedException' && faults.get(request)?.times === Number.POSITIVE_INFINITY
    // What was judged is watched to its end all the same, and others of the step may still be on their way back.
    if (played.functionCount > 1 || tellsAVerdict(played) || !stops.every(isRefused)) return undefined
    for (const { begunAt, endedAt, killed } of [played.main, played.post]) {
      const refused = stops.findLast(({ at }) => at >= begunAt && at <= endedAt)
      if (!refused || killed) continue
      const since = sent.filter(({ at }) => at >= refused.at && at <= endedAt)
      // Without a look, it is not known whether it runs on.
      const isCalm = since.every(request => isRefused(request) || !faults.has(request))
      const id = (refused.input as { deploymentId: string }).deploymentId
      const { completedMs = Number.POSITIVE_INFINITY } = deploymentOf(id, world.stage) ?? {}
      const lasted = endedAt - refused.at
      if (isCalm && completedMs > endedAt && lasted > lastWordMs)
        return `${id} was watched for another ${lasted} ms`
    }
    return undefined
  }
}
