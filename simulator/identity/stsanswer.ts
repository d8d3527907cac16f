import type { ServiceError } from '../error.ts'
import type { WireResponse } from '../wire/wire.ts'

/** STS uses the query protocol, with its own namespace and some error names of its own. */

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/'
/** `Version` in its requests. */
export const STS_VERSION = '2011-06-15'

/** Errors that newer services name differently. */
const NAMES: Record<string, string> = {
  ValidationException: 'ValidationError',
  ThrottlingException: 'Throttling',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  UnrecognizedClientException: 'InvalidClientTokenId'
}

export function stsSuccess(operation: string, output: object, requestId: string): WireResponse {
  const result = `<${operation}Result>${xml(output)}</${operation}Result>`
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
  return answer(200, `${operation}Response`, `${result}${metadata}`, requestId)
}

export function stsFailure({ name, message, status }: ServiceError, requestId: string): WireResponse {
  const error = { Type: status < 500 ? 'Sender' : 'Receiver', Code: NAMES[name] ?? name, Message: message }
  return answer(status, 'ErrorResponse', xml({ Error: error, RequestId: requestId }), requestId)
}

function answer(status: number, element: string, content: string, requestId: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
    body: new TextEncoder().encode(`<${element} xmlns="${NAMESPACE}">${content}</${element}>`)
  }
}

/** Times without milliseconds, as STS writes them. */
function xml(value: unknown): string {
  if (value instanceof Date) return `${value.toISOString().slice(0, 19)}Z`
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, each]) => `<${name}>${xml(each)}</${name}>`)
      .join('')
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
