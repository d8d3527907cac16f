import type { Cause } from './deployment/outcome.ts'
import { audienceOf } from './text/audience.ts'

/**
 * Why a request failed:
 * - `transient`: throttled, 5xx or no connection; the same request may succeed later;
 * - `malformed`: the answer cannot be understood (a proxy's HTML, a missing field); the same request may succeed later;
 * - `denied`: a permission is missing;
 * - `credentials`: expired or invalid;
 * - `missing`: what was asked for does not exist;
 * - `rejected`: the request itself was refused;
 * - `unsent`: it was never sent, because the job was cancelled.
 */
export type FailureKind =
  | 'transient'
  | 'malformed'
  | 'denied'
  | 'credentials'
  | 'missing'
  | 'rejected'
  | 'unsent'

/** A request to AWS, or to GitHub for the token that AWS wants to see, that could not be answered. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly kind: FailureKind
  /** AWS's error name, such as `DeploymentLimitExceededException`; branch on this, never on the text. */
  readonly code: string
  /** The IAM action, such as `codedeploy:CreateDeployment`. */
  readonly action: string
  /** ARN of the resource that the action must be allowed on. */
  readonly resource: string
  /** The service may have acted even though no usable answer came back. */
  readonly mayHaveActed: boolean
  /** No answer came in time: the service may still act. */
  readonly timedOut: boolean
  /** Of a denial: AWS's message does not say which permission is missing, so that it need not be that for the action. */
  readonly isUnnamed: boolean
  /** What Lambda names as the limit that throttled the request, such as `ReservedFunctionConcurrentInvocationLimitExceeded`. */
  readonly limit: string | undefined

  constructor(
    message: string,
    facts: {
      kind: FailureKind
      code: string
      action: string
      resource: string
      mayHaveActed: boolean
      timedOut?: boolean
      isUnnamed?: boolean
      limit?: string | undefined
      cause?: unknown
    }
  ) {
    super(message, { cause: facts.cause })
    this.kind = facts.kind
    this.code = facts.code
    this.action = facts.action
    this.resource = facts.resource
    this.mayHaveActed = facts.mayHaveActed
    this.timedOut = facts.timedOut ?? false
    this.isUnnamed = facts.isUnnamed ?? false
    this.limit = facts.limit
  }
}

/** The job was cancelled before the request was sent. */
export const unsent = (action: string, resource: string): Failure =>
  new Failure(`${action} was not sent`, {
    kind: 'unsent',
    code: 'JOB_CANCELLED',
    action,
    resource,
    mayHaveActed: false
  })

/** Stands for the action of a failure that is GitHub's. */
const idTokenAction = "GitHub's OIDC token"

/** GitHub gave no token with which the job could assume a role. `isRefused`: asking again would not help. */
export const noIdToken = (role: string, reason: string, isRefused: boolean): Failure => {
  const message = `GitHub gave no OIDC token (${reason})`
  const facts = { action: idTokenAction, resource: role, mayHaveActed: false }
  return isRefused
    ? new Failure(`The role ${role} was not assumed: ${message}`, {
        ...facts,
        kind: 'credentials',
        code: 'ROLE_NOT_ASSUMED'
      })
    : new Failure(message, { ...facts, kind: 'transient', code: 'NO_ID_TOKEN' })
}

/** It was GitHub that did not answer, not AWS. */
export const isOfGitHub = ({ action }: Pick<Failure, 'action'>): boolean => action === idTokenAction

/** The same request may succeed later: the service could not answer, or its answer could not be understood. */
export const isTransient = (failure: unknown): boolean =>
  failure instanceof Failure && (failure.kind === 'transient' || failure.kind === 'malformed')

/** Why Lambda does not run a test yet, without a full stop; undefined for every other failure. */
export function throttledTest({ action, code, limit }: Failure): string | undefined {
  if (action !== 'lambda:InvokeFunction' || code !== 'TooManyRequestsException') return undefined
  if (limit === undefined)
    return "Lambda throttled the test: the function's reserved concurrency or the account's is used up"
  const usedUp = /^ReservedFunction/.test(limit)
    ? ": the function's reserved concurrency is used up, or is 0"
    : limit === 'ConcurrentInvocationLimitExceeded'
      ? ": the account's concurrency is used up"
      : ''
  return `Lambda throttled the test${usedUp} (${limit})`
}

/** For what is worth nothing without an answer, whatever the reason. Throws what is unforeseen. */
export function unlessUnforeseen(failure: unknown): undefined {
  if (!(failure instanceof Failure)) throw failure
  return undefined
}

/** The failure in words for the person who has to do something about it. */
export function causeOfFailure(failure: Failure): Cause {
  const { code, message } = failure
  // A cause's message is what AWS says.
  if (isOfGitHub(failure)) return { code, ...wordsOnToken(failure) }
  const [what, next] = words(failure)
  return { code, what, next, ...(what !== `${message}.` && { message }) }
}

function wordsOnToken({ kind, message }: Failure): Pick<Cause, 'what' | 'next'> {
  switch (kind) {
    case 'credentials':
      return { what: `${message}.`, next: 'The job needs permissions: id-token: write.' }
    case 'unsent':
      return {
        what: 'The job was cancelled before GitHub gave an OIDC token.',
        next: 'Run the step again when you mean to release.'
      }
    default:
      return { what: `${message}.`, next: 'Run the step again; see githubstatus.com if it recurs.' }
  }
}

function words(failure: Failure): [what: string, next: string] {
  const { kind, code, action, resource, message } = failure
  switch (kind) {
    case 'denied':
      if (failure.isUnnamed)
        return [
          `AWS denied ${action} on ${resource}, and does not say which permission is missing.`,
          `Look into what the AWS message names. If it names nothing, check that the role has ${action} on ${resource}, and that no other policy denies it.`
        ]
      return [
        `The credentials do not allow ${action} on ${resource}.`,
        `Grant the role ${action} on ${resource}.`
      ]
    case 'credentials':
      if (code === 'ROLE_NOT_ASSUMED')
        return [
          `The role ${resource} could not be assumed with GitHub's OIDC token.`,
          `The job needs permissions: id-token: write, and the role's trust policy must admit this repository (sub) with audience ${audienceOf(resource)}.`
        ]
      return code.startsWith('Expired')
        ? [
            `The AWS credentials expired (${action}).`,
            'Give the role a longer session (role-duration-seconds of aws-actions/configure-aws-credentials, and the maximum session duration of the role).'
          ]
        : [
            `AWS does not accept the credentials (${action}: ${code}).`,
            'Run aws-actions/configure-aws-credentials before this step, in the same job.'
          ]
    case 'missing':
      if (code === 'DeploymentConfigDoesNotExistException')
        return [
          `CodeDeploy has no deployment configuration of that name (${code}).`,
          'Check that codedeploy-deployment-config is right. To have it created, the role needs codedeploy:GetDeploymentConfig as well.'
        ]
      return [
        `AWS does not know ${resource} (${action}: ${code}).`,
        'Check that the names, the account and the region are right.'
      ]
    case 'rejected':
      if (code === 'WRONG_COMPUTE_PLATFORM')
        return [
          `${message}.`,
          'Give a configuration of compute platform Lambda as codedeploy-deployment-config, such as CodeDeployDefault.LambdaCanary10Percent5Minutes.'
        ]
      if (code === 'PermanentRedirect')
        return [
          `The bucket of ${resource} is in another region (${action}: ${code}).`,
          'Give a bucket in the region of the function: Lambda takes packages from no other.'
        ]
      return [`AWS refused ${action}: ${code}.`, 'Correct what the AWS message names.']
    case 'unsent':
      return [
        `The job was cancelled before ${action} was sent.`,
        'Run the step again when you mean to release.'
      ]
    case 'transient':
    case 'malformed': {
      const throttled = throttledTest(failure)
      if (throttled)
        return [
          `${throttled}.`,
          'Run the step again when the function has concurrency to spare. With a reserved concurrency of 0, nothing runs: raise it.'
        ]
      return [
        `${action} got no usable answer: ${code}.`,
        'Run the step again; see the AWS Health Dashboard if it recurs.'
      ]
    }
  }
}
