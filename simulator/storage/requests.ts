import { ServiceError } from '../error.ts'
import { blob, type Operation, structure, text } from '../wire/shapes.ts'
import type { WireRequest } from '../wire/wire.ts'
import { checksumHeaders } from './checksum.ts'
import { type Payload, payloadOf } from './payload.ts'

const any = text()
const address = { Bucket: any, Key: any, ExpectedBucketOwner: any }

const operation = (name: string, method: string, members: Parameters<typeof structure>[1]): Operation => ({
  name,
  input: structure(`${name}Request`, { ...address, ...members }, ['Bucket', 'Key']),
  http: { method, path: '/{Bucket}/{Key+}', status: 200 }
})

export const s3Operations: readonly Operation[] = [
  operation('PutObject', 'PUT', {
    Body: blob,
    ContentType: any,
    ContentMD5: any,
    IfNoneMatch: any,
    Metadata: { is: 'map', of: any },
    Checksums: { is: 'map', of: any }
  }),
  operation('HeadObject', 'HEAD', { VersionId: any, ChecksumMode: any }),
  operation('GetObject', 'GET', { VersionId: any, ChecksumMode: any })
]

/** Of a virtual host, the bucket is the first part: `bucket.s3.eu-west-1.amazonaws.com`. */
const S3_HOST =
  /^(?:(?<bucket>.+)\.)?s3(?:\.dualstack)?(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?(?::\d+)?$/

/** By the address, or by what the signature is for: over HTTP, every service has the same address. */
export const isForS3 = ({ host = '', headers }: WireRequest): boolean =>
  S3_HOST.test(host) || /\/s3\/aws4_request,/.test(headers.authorization ?? '')

/** @throws NotImplemented for an operation that is not simulated */
export function s3Operation(request: WireRequest): Operation {
  const { method, query } = request
  const found = s3Operations.find(({ http }) => http?.method === method)
  const known = Object.keys(query).every(name => name === 'x-id' || name === 'versionId')
  if (!found || !known || !objectOf(request).Key)
    throw notImplemented(`The simulator does not know this operation of S3: ${method} ${request.path}`)
  return found
}

/** Headers that concern the request as such, or that are read below. */
const KNOWN =
  /^x-amz-(?:date|security-token|content-sha256|user-agent|sdk-checksum-algorithm|checksum-mode|decoded-content-length|trailer|expected-bucket-owner|meta-.*)$/
const CONDITIONS = ['range', 'if-match', 'if-modified-since', 'if-unmodified-since']

/** @throws NotImplemented for a header that asks for what is not simulated, and what `payloadOf` throws */
export function s3Members(request: WireRequest): Record<string, unknown> {
  for (const [name, value] of Object.entries(request.headers)) {
    const ours = KNOWN.test(name) || checksumHeaders.includes(name)
    const unknown = (name.startsWith('x-amz-') && !ours) || CONDITIONS.includes(name)
    const otherMatch = name === 'if-none-match' && !(request.method === 'PUT' && value === '*')
    const otherTrailer = name === 'x-amz-trailer' && !checksumHeaders.includes(value)
    if (unknown || otherMatch || otherTrailer)
      throw notImplemented('A header you provided implies functionality that is not implemented.', name)
  }
  const { body, headers }: Payload =
    request.method === 'PUT' ? payloadOf(request) : { body: request.body, headers: request.headers }
  const members: Record<string, unknown> = {
    ...objectOf(request),
    ExpectedBucketOwner: headers['x-amz-expected-bucket-owner']
  }
  if (request.method !== 'PUT')
    return { ...members, VersionId: request.query.versionId, ChecksumMode: headers['x-amz-checksum-mode'] }
  const pick = (prefix: RegExp, cut: number) =>
    Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        prefix.test(name) ? [[name.slice(cut), value]] : []
      )
    )
  return {
    ...members,
    Body: body,
    ContentType: headers['content-type'],
    ContentMD5: headers['content-md5'],
    IfNoneMatch: headers['if-none-match'],
    Metadata: pick(/^x-amz-meta-/, 'x-amz-meta-'.length),
    Checksums: pick(/^x-amz-checksum-/, 0)
  }
}

function objectOf({ host = '', path }: WireRequest): { Bucket: string; Key: string } {
  const bucket = S3_HOST.exec(host)?.groups?.bucket
  const whole = bucket === undefined ? path.slice(1) : `${bucket}${path}`
  const end = whole.indexOf('/')
  const decoded = (part: string) => {
    try {
      return decodeURIComponent(part)
    } catch {
      throw new ServiceError('InvalidURI', "Couldn't parse the specified URI.", 400, { URI: path })
    }
  }
  if (end < 0) return { Bucket: decoded(whole), Key: '' }
  return { Bucket: decoded(whole.slice(0, end)), Key: decoded(whole.slice(end + 1)) }
}

const notImplemented = (message: string, Header?: string) =>
  new ServiceError('NotImplemented', message, 501, { ...(Header && { Header }) })
