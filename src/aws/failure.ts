import { Failure, type FailureKind, unsent } from '../failure.ts'

/** Errors that can mean that a request was signed with the time of a wrong clock. */
const signatureNames = [
  'InvalidSignatureException',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch'
] as const

/** Spellings differ between services and doc pages, and so does the HTTP status: match by name only. */
const credentialNames: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidToken',
  ...signatureNames,
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException'
])

const deniedNames = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'])

const missingNames = new Set(['NoSuchBucket', 'NoSuchKey', 'NotFound', 'ResourceNotFoundException'])

const throttlingNames = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'Throttling',
  'ThrottledException',
  'ThrottlingException',
  'TooManyRequestsException'
])

/** The connection was never established, so the service cannot have acted. */
const unconnected = new Set(['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH'])

const networkCodes = new Set([
  ...unconnected,
  'ECONNABORTED',
  'ECONNRESET',
  'EPIPE',
  'ERR_SOCKET_CLOSED',
  'ETIMEDOUT',
  'UND_ERR_SOCKET'
])

/** A request may need a permission for another action, on another resource. AWS's message names both; S3 quotes the resource. */
const refusal = /is not authorized to perform: ([\w-]+:\w+) on resource: "?([^\s"]+)/
/** Without these words, it may be another service that has denied something, or a check that is not about permissions of the caller. */
const namesPermission = /is not authorized to perform: [\w-]+:\w+/

/** The next package has another key, so the permission must be for all in its folder. */
const grantable = (resource: string): string => resource.replace(/^(arn:[\w-]+:s3:::.+\/)[^/]+$/, '$1*')

/** AWS rejected the request's signature, so it has not acted on the request. */
export const isSignatureRefusal = (thrown: unknown): boolean =>
  (signatureNames as readonly unknown[]).includes((thrown as { name?: unknown } | undefined)?.name)

/** AWS throttled the request. */
export const isThrottling = (thrown: unknown): boolean => {
  const { name = '', $metadata } = (thrown ?? {}) as {
    name?: string
    $metadata?: { httpStatusCode?: number }
  }
  return throttlingNames.has(name) || $metadata?.httpStatusCode === 429
}

/** Converts anything that the SDK threw into a Failure of the right kind. */
export function failureOf(thrown: unknown, action: string, resource: string): Failure {
  if (thrown instanceof Failure) return thrown
  const error = thrown as {
    name?: string
    message?: string
    code?: string
    $fault?: string
    $metadata?: { httpStatusCode?: number }
    Reason?: string
  }
  const status = error.$metadata?.httpStatusCode
  const network = [error.code, error.name].find(each => each !== undefined && networkCodes.has(each))
  // The code of Node's own errors, such as those of TLS, says more than their name.
  const code = network ?? (error.name === 'Error' ? error.code : undefined) ?? error.name ?? 'Unknown'
  const kind = kindOf(code, network !== undefined, status, error.$fault !== undefined)
  const [, deniedAction = action, deniedResource = resource] =
    (kind === 'denied' && refusal.exec(error.message ?? '')) || []
  return new Failure(error.message || `${code} without a message`, {
    kind,
    code,
    action: deniedAction,
    resource: kind === 'denied' ? grantable(deniedResource) : deniedResource,
    mayHaveActed:
      kind === 'malformed' ||
      (kind === 'transient' && !throttlingNames.has(code) && !unconnected.has(code) && status !== 429),
    timedOut: code === 'ETIMEDOUT' || code === 'TimeoutError',
    isUnnamed: kind === 'denied' && !namesPermission.test(error.message ?? ''),
    limit: isThrottling(thrown) ? error.Reason : undefined,
    cause: thrown
  })
}

function kindOf(
  code: string,
  isNetwork: boolean,
  status: number | undefined,
  isAnswer: boolean
): FailureKind {
  if (credentialNames.has(code)) return 'credentials'
  if (deniedNames.has(code)) return 'denied'
  if (isNetwork || throttlingNames.has(code) || status === 429) return 'transient'
  if (code === 'TimeoutError' || code === 'AbortError' || code === 'RequestTimeout') return 'transient'
  if (status !== undefined && status >= 500) return 'transient'
  // If it is not an exception of the service, the SDK failed to parse an answer, such as a proxy's HTML.
  if (!isAnswer || code === 'Unknown') return 'malformed'
  if (code.endsWith('DoesNotExistException') || missingNames.has(code)) return 'missing'
  return 'rejected'
}

/** The job was cancelled while the request waited for its turn. */
export const notSent = (service: string, commandName = ''): Failure =>
  unsent(`${service}:${commandName.replace(/Command$/, '')}`, '*')

/** The job was cancelled before the request got an answer. */
export const notAskedAgain = ({ action, resource, code, message, mayHaveActed }: Failure): Failure =>
  new Failure(message, { kind: 'unsent', code, action, resource, mayHaveActed })

/** The job was cancelled seconds ago, and there is no answer yet. */
export const tooLate = (action: string, resource: string): Failure =>
  new Failure('no answer within seconds of the cancel', {
    kind: 'transient',
    code: 'TimeoutError',
    action,
    resource,
    mayHaveActed: true
  })

/** An answer came, but it lacks a required field. */
export const malformed = (action: string, resource: string, missing: string): Failure =>
  new Failure(`the answer to ${action} lacks ${missing}`, {
    kind: 'malformed',
    code: 'MissingField',
    action,
    resource,
    mayHaveActed: true
  })

/**
 * Checks that an answer is about what was asked for, if it says what it is about. A proxy or a cache may have mixed up answers, and
 * may answer correctly later. Throws Failure.
 */
export function mustBe(
  action: string,
  resource: string,
  kind: 'function' | 'version' | 'alias' | 'deployment',
  answered: string | undefined,
  asked: string
): void {
  if (answered !== undefined && answered !== asked)
    throw otherThanAsked(action, resource, kind, answered, asked)
}

export const otherThanAsked = (
  action: string,
  resource: string,
  kind: string,
  answered: string,
  asked: string
): Failure =>
  new Failure(`the answer to ${action} is about ${kind} ${answered}, not ${asked}`, {
    kind: 'malformed',
    code: 'OtherThanAsked',
    action,
    resource,
    mayHaveActed: true
  })
