import { createHash } from 'node:crypto'
import { ServiceError } from '../error.ts'
import type { WireRequest } from '../wire/wire.ts'

/** What a request carries, with its trailers among the headers. */
export interface Payload {
  body: Uint8Array
  headers: Record<string, string>
}

/**
 * The payload of a request to S3: as it is, or in chunks of the form `aws-chunked`. Signatures of chunks are not verified.
 * @throws XAmzContentSHA256Mismatch, IncompleteBody
 */
export function payloadOf({ body, headers }: WireRequest): Payload {
  const hash = headers['x-amz-content-sha256'] ?? ''
  if (hash.startsWith('STREAMING-')) return unchunked(body, headers)
  if (hash !== 'UNSIGNED-PAYLOAD') {
    const computed = createHash('sha256').update(body).digest('hex')
    if (computed !== hash)
      throw new ServiceError(
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        400,
        { ClientComputedContentSHA256: hash, S3ComputedContentSHA256: computed }
      )
  }
  return { body, headers }
}

/** `5;chunk-signature=…\r\nbytes\r\n0\r\nx-amz-checksum-crc32:…\r\n\r\n` */
function unchunked(given: Uint8Array, headers: Record<string, string>): Payload {
  const bytes = Buffer.from(given)
  const chunks: Buffer[] = []
  let at = 0
  const line = (): string => {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) throw incomplete()
    const text = bytes.toString('latin1', at, end)
    at = end + 2
    return text
  }
  for (;;) {
    const [, size = ''] = /^([0-9a-f]+)(?:;|$)/i.exec(line()) ?? []
    const length = Number.parseInt(size, 16)
    if (Number.isNaN(length)) throw incomplete()
    if (length === 0) break
    chunks.push(bytes.subarray(at, at + length))
    at += length
    if (line() !== '') throw incomplete()
  }
  const trailers: Record<string, string> = {}
  while (at < bytes.length) {
    const [, name, value] = /^([^:]+):(.*)$/.exec(line()) ?? []
    if (name !== undefined) trailers[name.toLowerCase()] = (value ?? '').trim()
  }
  const body = new Uint8Array(Buffer.concat(chunks))
  const announced = headers['x-amz-trailer']
  const decoded = Number(headers['x-amz-decoded-content-length'])
  if (body.length !== decoded || (announced && !(announced in trailers))) throw incomplete()
  return { body, headers: { ...headers, ...trailers } }
}

const incomplete = () =>
  new ServiceError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header'
  )
