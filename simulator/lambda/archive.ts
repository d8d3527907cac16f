import { crc32, inflateRawSync } from 'node:zlib'

/** One file of a zip archive, as the central directory has it. */
interface Entry {
  method: number
  crc: number
  packed: number
  unpacked: number
  /** Where its local header is. */
  at: number
}

/** A zip archive. Archives with sizes of 64 bits, over several disks, or encrypted are not read: they look broken. */
export class Archive {
  readonly #bytes: Buffer
  readonly #entries: readonly Entry[]

  /** @throws Error when there is no central directory, or it is broken */
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#entries = entriesOf(this.#bytes)
  }

  get files(): number {
    return this.#entries.length
  }

  /** Bytes of all files, as the central directory says. */
  get unpackedBytes(): number {
    return this.#entries.reduce((sum, { unpacked }) => sum + unpacked, 0)
  }

  /** Unpacks everything, and throws it away. @throws Error for a file that does not unpack to what the directory says */
  check(): void {
    for (const { method, crc, packed, unpacked, at } of this.#entries) {
      if (this.#bytes.readUInt32LE(at) !== 0x04034b50) throw new Error('There is no file where one should be')
      const start = at + 30 + this.#bytes.readUInt16LE(at + 26) + this.#bytes.readUInt16LE(at + 28)
      const data = this.#bytes.subarray(start, start + packed)
      if (method !== 0 && method !== 8) throw new Error('A file is packed in another way')
      const file = method === 0 ? data : inflateRawSync(data, { maxOutputLength: unpacked + 1 })
      if (file.length !== unpacked || crc32(file) !== crc) throw new Error('A file is broken')
    }
  }
}

const END_BYTES = 22
const MOST_COMMENT_BYTES = 65_535

function entriesOf(bytes: Buffer): Entry[] {
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  if (end < 0 || bytes.length - end > END_BYTES + MOST_COMMENT_BYTES) throw new Error('No zip archive')
  const entries: Entry[] = []
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) throw new Error('The central directory is broken')
    entries.push({
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      packed: bytes.readUInt32LE(at + 20),
      unpacked: bytes.readUInt32LE(at + 24),
      at: bytes.readUInt32LE(at + 42)
    })
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return entries
}
