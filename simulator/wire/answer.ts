import { ServiceError } from '../error.ts'
import type { Invocation } from '../lambda/invocation.ts'
import { s3CommonError, s3Success } from '../storage/answer.ts'
import { queryAnswer, queryError } from './query.ts'
import type { Protocol, Routed } from './route.ts'
import type { WireResponse } from './wire.ts'

export interface Spelling {
  /** Dates as ISO strings instead of numbers, which the SDK cannot read. */
  isoDates?: boolean
  /** A status that no client knows. */
  unknownStatus?: boolean
}

/** The output of an operation, as it goes over the wire. */
export function success(
  routed: Routed,
  output: unknown,
  requestId: string,
  spelling: Spelling = {}
): WireResponse {
  const { protocol, operation } = routed
  if (routed.service === 's3') return s3Success(operation.name, output as object, requestId)
  if (protocol === 'query') return xmlAnswer(200, queryAnswer(operation.name, output, requestId), requestId)
  if (operation.name === 'Invoke') return invocationAnswer(output as Partial<Invocation>, requestId)
  // The model says 200, and that the status is part of the answer.
  const status = operation.name === 'DeleteFunction' ? 204 : (operation.http?.status ?? 200)
  const text = status === 204 ? '' : JSON.stringify(spelled(output, spelling))
  return { status, headers: headers(routed, requestId), body: encoder.encode(text) }
}

/** `place` is all that is needed of what was routed. */
export function failure(
  place: Pick<Routed, 'service' | 'protocol'>,
  error: ServiceError,
  requestId: string
): WireResponse {
  const { name, message, status, extras, messageKey } = error
  if (place.protocol === 'query') return xmlAnswer(status, queryError(name, message, requestId), requestId)
  const own = headers(place, requestId)
  if (place.service === 'cloudwatch') own['x-amzn-query-error'] = `${name};Sender`
  if (place.protocol === 'json')
    return {
      status,
      headers: own,
      body: encoder.encode(JSON.stringify({ __type: name, message, ...extras }))
    }
  own['x-amzn-errortype'] = name
  return { status, headers: own, body: encoder.encode(JSON.stringify({ ...extras, [messageKey]: message })) }
}

/** Of a proxy, which knows nothing of request ids and has a clock of its own. */
export function page(status: number, html: string, date?: Date): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', ...(date && { date: date.toUTCString() }) },
    body: encoder.encode(html)
  }
}

/** An error that any service can answer; each service words it in its own way. */
export function commonError(
  kind: 'throttle' | 'serverError' | 'expiredToken' | 'accessDenied' | 'invalidToken',
  { service, operation }: Routed,
  expiredStatus: 400 | 403
): ServiceError {
  if (service === 's3') return s3CommonError(kind, operation.name)
  const lambda = service === 'lambda'
  const forbidden = lambda ? 403 : 400
  switch (kind) {
    case 'throttle':
      return lambda
        ? new ServiceError('TooManyRequestsException', 'Rate exceeded', 429, {
            Type: 'User',
            Reason: 'CallerRateLimitExceeded'
          })
        : new ServiceError('ThrottlingException', 'Rate exceeded')
    case 'serverError':
      return lambda
        ? new ServiceError(
            'ServiceException',
            'An error occurred and the request cannot be processed.',
            500,
            {
              Type: 'Service'
            }
          )
        : new ServiceError(
            'InternalFailure',
            'The request processing has failed because of an unknown error.',
            500
          )
    case 'expiredToken':
      return new ServiceError(
        'ExpiredTokenException',
        'The security token included in the request is expired',
        lambda ? 403 : expiredStatus
      )
    case 'accessDenied':
      return new ServiceError(
        'AccessDeniedException',
        `User: arn:aws:sts::123456789012:assumed-role/deployer/session is not authorized to perform: ${service}:${operation.name} on the resource because no identity-based policy allows the ${service}:${operation.name} action`,
        forbidden
      )
    case 'invalidToken':
      return new ServiceError(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
        forbidden
      )
    default:
      return kind satisfies never
  }
}

const encoder = new TextEncoder()

const CONTENT_TYPES: Record<Exclude<Protocol, 'query' | 'xml'>, string> = {
  json: 'application/x-amz-json-1.1',
  rest: 'application/json'
}

function headers(
  { service, protocol: spoken }: Pick<Routed, 'service' | 'protocol'>,
  requestId: string
): Record<string, string> {
  const protocol = spoken === 'json' ? 'json' : 'rest'
  const json10 = service === 'cloudwatch'
  return {
    'content-type': json10 ? 'application/x-amz-json-1.0' : CONTENT_TYPES[protocol],
    'x-amzn-requestid': requestId
  }
}

function xmlAnswer(status: number, text: string, requestId: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: encoder.encode(text)
  }
}

/** Without members, it is what a proxy makes of it. */
function invocationAnswer(output: Partial<Invocation>, requestId: string): WireResponse {
  return {
    status: output.StatusCode ?? 200,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      ...(output.ExecutedVersion && { 'x-amz-executed-version': output.ExecutedVersion }),
      ...(output.FunctionError && { 'x-amz-function-error': output.FunctionError }),
      ...(output.LogResult && { 'x-amz-log-result': output.LogResult })
    },
    body: output.Payload ?? encoder.encode('{}')
  }
}

function spelled(value: unknown, spelling: Spelling, name?: string): unknown {
  if (value instanceof Date) return spelling.isoDates ? value.toISOString() : value.getTime() / 1000
  if (Array.isArray(value)) return value.map(each => spelled(each, spelling))
  if (typeof value === 'string' && spelling.unknownStatus && (name === 'status' || name === 'State'))
    return 'Paused'
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, spelled(each, spelling, key)]))
}
