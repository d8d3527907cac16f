import { ServiceError } from '../error.ts'
import type { WireRequest, WireResponse } from '../wire/wire.ts'

/** What an operation of S3 answers; an answer that says nothing has none of it. */
type Output = Partial<{
  Body: Uint8Array
  ETag: string
  VersionId: string
  ContentType: string
  LastModified: Date
  Metadata: Record<string, string>
  Checksums: Record<string, string>
}>

/** S3 has ids of its own kind. */
export const s3RequestId = (uuid: string): string => uuid.replaceAll('-', '').slice(0, 16).toUpperCase()

export function s3Success(operation: string, output: Output, requestId: string): WireResponse {
  const { Body: body = new Uint8Array(), ETag, VersionId, ContentType, LastModified } = output
  const checksums = output.Checksums ?? {}
  const metadata = Object.entries(output.Metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value])
  const read = operation !== 'PutObject'
  return {
    status: 200,
    headers: {
      ...ids(requestId),
      'content-length': String(body.length),
      ...(ETag && { etag: ETag, 'x-amz-server-side-encryption': 'AES256' }),
      ...(VersionId && { 'x-amz-version-id': VersionId }),
      ...(Object.keys(checksums).length > 0 && { ...checksums, 'x-amz-checksum-type': 'FULL_OBJECT' }),
      ...(read && ContentType && { 'content-type': ContentType, 'accept-ranges': 'bytes' }),
      ...(LastModified && { 'last-modified': LastModified.toUTCString() }),
      ...Object.fromEntries(metadata)
    },
    body,
    ...(operation === 'GetObject' && { streams: true })
  }
}

/** Members whose name begins with `x-amz-` are headers. */
export function s3Failure({ name, message, status, extras }: ServiceError, requestId: string): WireResponse {
  const isHeader = ([member]: [string, unknown]) => member.startsWith('x-amz-')
  const own = Object.entries(extras)
  const members = {
    Code: name,
    Message: message,
    ...Object.fromEntries(own.filter(each => !isHeader(each))),
    RequestId: requestId,
    HostId: hostId(requestId)
  }
  const xml = Object.entries(members)
    .map(([member, value]) => `<${member}>${escaped(String(value))}</${member}>`)
    .join('')
  return {
    status,
    headers: {
      ...ids(requestId),
      'content-type': 'application/xml',
      ...(Object.fromEntries(own.filter(isHeader)) as Record<string, string>)
    },
    body: new TextEncoder().encode(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${xml}</Error>`)
  }
}

/** The same as of every service, as S3 words it. */
export function s3CommonError(
  kind: 'throttle' | 'serverError' | 'expiredToken' | 'accessDenied' | 'invalidToken',
  operation: string
): ServiceError {
  switch (kind) {
    case 'throttle':
      return new ServiceError('SlowDown', 'Please reduce your request rate.', 503)
    case 'serverError':
      return new ServiceError('InternalError', 'We encountered an internal error. Please try again.', 500)
    case 'expiredToken':
      return new ServiceError('ExpiredToken', 'The provided token has expired.')
    case 'accessDenied': {
      const action = `s3:${operation === 'HeadObject' ? 'GetObject' : operation}`
      return new ServiceError(
        'AccessDenied',
        `User: arn:aws:sts::123456789012:assumed-role/deployer/session is not authorized to perform: ${action} on the resource because no identity-based policy allows the ${action} action`,
        403
      )
    }
    case 'invalidToken':
      return new ServiceError(
        'InvalidAccessKeyId',
        'The AWS Access Key Id you provided does not exist in our records.',
        403
      )
    default:
      return kind satisfies never
  }
}

/** S3 repeats the request as it has understood it, session token included, in members of their own. */
export function s3WrongSignature(canonical: string, { headers }: WireRequest): ServiceError {
  const [, AWSAccessKeyId = ''] = /Credential=([^/]+)/.exec(headers.authorization ?? '') ?? []
  const [, SignatureProvided = ''] = /Signature=(\w+)/.exec(headers.authorization ?? '') ?? []
  return new ServiceError(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    403,
    { AWSAccessKeyId, SignatureProvided, CanonicalRequest: canonical }
  )
}

const hostId = (requestId: string): string => Buffer.from(requestId.repeat(3)).toString('base64')

const ids = (requestId: string) => ({ 'x-amz-request-id': requestId, 'x-amz-id-2': hostId(requestId) })

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
