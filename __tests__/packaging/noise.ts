import { createCipheriv } from 'node:crypto'
import { zipSync } from 'fflate'

/** Bytes that cannot be compressed, always the same. */
export const noise = (length: number): Uint8Array =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(length))

/** An archive that is too large for a request to Lambda. */
export const largeArchive = (): Uint8Array => zipSync({ 'noise.bin': noise(51 * 1024 ** 2) }, { level: 0 })
