/** One file of a package, or a symbolic link. */
export interface PackedFile {
  /** Relative to the folder, with forward slashes. */
  name: string
  isExecutable: boolean
  /** For a link: where it points, as it is written. */
  link?: string
  /** Of a file, in bytes. */
  size: number
  read(): Promise<Uint8Array>
}

/**
 * The earliest date that an archive can hold, so that it says nothing about when or where it was made. Archives hold local times, and
 * there is no zone without a noon.
 */
const dateOfAll = new Date(1980, 0, 1, 12)
/** The code of Unix, where the modes below have a meaning. */
const unix = 3
const modes = { file: 0o100644, executable: 0o100755, link: 0o120777 }

/**
 * A .zip archive that is the same to the byte for the same names, contents and executable bits, on every machine. The compression is
 * fflate's own: that of Node's zlib may change with Node. Throws what `read` throws, and the signal's reason once it has aborted.
 */
export async function archive(files: readonly PackedFile[], signal?: AbortSignal): Promise<Uint8Array> {
  const { Zip, ZipDeflate } = await import('fflate')
  const chunks: Uint8Array[] = []
  const zip = new Zip((error, chunk) => {
    if (error) throw error
    chunks.push(chunk)
  })
  for (const file of inOrder(files)) {
    signal?.throwIfAborted()
    const content = file.link === undefined ? await file.read() : Buffer.from(file.link)
    const mode = file.link === undefined ? (file.isExecutable ? modes.executable : modes.file) : modes.link
    const entry = Object.assign(new ZipDeflate(file.name, { level: 6 }), {
      mtime: dateOfAll,
      os: unix,
      attrs: (mode << 16) >>> 0
    })
    zip.add(entry)
    entry.push(content, true)
  }
  zip.end()
  return Buffer.concat(chunks)
}

/** By the bytes of their names: the order in which a disk lists them differs. */
const inOrder = (files: readonly PackedFile[]): PackedFile[] =>
  files
    .map(file => ({ file, bytes: Buffer.from(file.name) }))
    .sort((one, other) => Buffer.compare(one.bytes, other.bytes))
    .map(({ file }) => file)
