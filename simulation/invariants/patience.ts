import type { PlayedScene } from '../play/play.ts'
import type { PlayedStep } from '../play/runner.ts'
import { endedByItself, outputsOf, requestsOf } from './facts.ts'
import type { Invariant } from './invariant.ts'

/** Ends of sight that no waiting would mend, by AWS's name; and our own words for what could not be seen for long enough. */
const definite = [
  'AccessDeniedException',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  // Only when the secret key is wrong; 8c sees to wrong clocks.
  'InvalidSignatureException',
  'DeploymentDoesNotExistException',
  'SIGHT_LOST',
  'ALIAS_UNREADABLE',
  // The wait was over by then; what was done for the sake of another function could not be seen.
  'HELD_BACK',
  'NOT_TAKEN_BACK'
]

export const outlastsWhatPasses: Invariant = {
  id: '8a',
  claims: 'a passing fault never ends the wait by itself',
  check: played => {
    const outputs = outputsOf(played)
    const { 'error-code': code = '', 'error-message': message = '' } = outputs
    if (!endedByItself(played) || outputs.outcome !== 'lost' || definite.includes(code)) return undefined
    return /may have created the deployment/.test(message) ? undefined : `lost, because of ${code}`
  }
}

export const needsNoRightClock: Invariant = {
  id: '8c',
  claims: "a runner's clock that is off, or that somebody sets, is no reason to refuse or to lose sight",
  check: (played, { stage }) => {
    const { 'error-code': code = '' } = outputsOf(played)
    if ([...stage.faults.values()].some(({ kind }) => kind === 'wrongSignature')) return undefined
    return ['InvalidSignatureException', 'SignatureDoesNotMatch'].includes(code)
      ? `${outputsOf(played).outcome}, because of ${code}`
      : undefined
  }
}

/** Requests under way, a last word, and at most one more look, ms. */
const atOnceMs = 120_000

export const yieldsToWhatIsDefinite: Invariant = {
  id: '8b',
  claims: 'a definite refusal to be shown the deployment ends the wait at once',
  check: (played, story) => {
    const refused = requestsOf(played, story).find(request => isDefinite(request.operation, request, story))
    const { endedAt, killed } = played.main
    if (!refused || killed || refused.at > endedAt || isOurs(played, story, refused.at)) return undefined
    const after = endedAt - refused.at
    return after > atOnceMs
      ? `${refused.errorName} was answered, and main went on for ${after} ms`
      : undefined
  }
}

const isDefinite = (operation: string, request: object, { stage }: PlayedScene): boolean => {
  const fault = stage.faults.get(request as never)
  return (
    operation === 'GetDeployment' &&
    fault?.times === Number.POSITIVE_INFINITY &&
    ['accessDenied', 'expiredToken', 'invalidToken', 'wrongSignature'].includes(fault.kind)
  )
}

/** Before a deployment was created the run may have been looking at somebody else's. */
const isOurs = (played: PlayedStep, { stage }: PlayedScene, at: number): boolean =>
  played.inputs['deployment-id'] === undefined &&
  ![...stage.created.values()].some(createdAt => createdAt <= at)
