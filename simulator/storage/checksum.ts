import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { ServiceError } from '../error.ts'

/** The checksums that a request for S3 may carry, by header, and how many bytes each has. */
const CHECKSUMS: Record<string, { name: string; bytes: number; of(body: Uint8Array): string }> = {
  'x-amz-checksum-crc32': {
    name: 'CRC32',
    bytes: 4,
    of: body => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(crc32(body))
      return bytes.toString('base64')
    }
  },
  'x-amz-checksum-sha1': {
    name: 'SHA1',
    bytes: 20,
    of: body => createHash('sha1').update(body).digest('base64')
  },
  'x-amz-checksum-sha256': {
    name: 'SHA256',
    bytes: 32,
    of: body => createHash('sha256').update(body).digest('base64')
  }
}

/** Headers of checksums that are checked; those of others are refused. */
export const checksumHeaders: readonly string[] = Object.keys(CHECKSUMS)

/**
 * The checksums among these headers or trailers.
 * @throws InvalidRequest for what cannot be a checksum, BadDigest for one of other bytes
 */
export function checkedChecksums(given: Record<string, string>, body: Uint8Array): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [header, { name, bytes, of }] of Object.entries(CHECKSUMS)) {
    const value = given[header]
    if (value === undefined) continue
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value) || Buffer.from(value, 'base64').length !== bytes)
      throw new ServiceError('InvalidRequest', `Value for ${header} header is invalid.`)
    if (of(body) !== value)
      throw new ServiceError('BadDigest', `The ${name} you specified did not match the calculated checksum.`)
    found[header] = value
  }
  return found
}

/** @throws InvalidDigest, BadDigest */
export function checkMd5(given: string | undefined, body: Uint8Array): void {
  if (given === undefined) return
  if (Buffer.from(given, 'base64').length !== 16)
    throw new ServiceError('InvalidDigest', 'The Content-MD5 you specified was invalid.')
  if (md5(body).toString('base64') !== given)
    throw new ServiceError('BadDigest', 'The Content-MD5 you specified did not match what we received.')
}

/** Of an object that was stored in one piece, and is not encrypted with a key of KMS. */
export const etagOf = (body: Uint8Array): string => `"${md5(body).toString('hex')}"`

const md5 = (body: Uint8Array): Buffer => createHash('md5').update(body).digest()
