import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { Cause } from '../deployment/outcome.ts'
import { size } from '../text/units.ts'
import { archive, type PackedFile } from './archive.ts'

/** What is at a path. */
export type OnDisk =
  | { kind: 'missing' }
  | { kind: 'unreadable'; path: string; reason: string }
  | { kind: 'file'; size: number; read(): Promise<Uint8Array> }
  /** All files below the folder, in any order. */
  | { kind: 'folder'; files: readonly PackedFile[] }

/** What packing asks of the disk. */
export interface DiskPort {
  onDisk(path: string): Promise<OnDisk>
}

/** A .zip archive, ready to be uploaded. */
export interface CodePackage {
  /** As the input names it. */
  path: string
  bytes: Uint8Array
  /** As Lambda will report it: base64. */
  sha256: string
  files: number
  /** Bytes of all files together, unzipped. */
  unzipped: number
}

export type PackResult =
  | { kind: 'packed'; package: CodePackage }
  | { kind: 'refused'; cause: Cause }
  /** The signal has aborted. */
  | { kind: 'cancelled' }

/** Lambda's limit for an archive in a request, bytes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const mostInRequest = 52_428_800
/** Lambda's limit for the code and its layers, unzipped, bytes. */
const mostUnzipped = 262_144_000
/** An archive with more needs a newer form, which is not written here. */
const mostFiles = 65_535
/** What an archive adds for names and sizes at the most, bytes: with very many files, it is larger than what is in it. */
const archiveFrame = 40_000_000

/**
 * Makes the package of a folder, or takes an archive as it is. Refuses what Lambda could not run, before anything is sent.
 * `isBounded`: there is no bucket for an archive that is too large for a request. Compressing ends soon after `signal` has aborted.
 */
export async function pack(
  path: string,
  isBounded: boolean,
  { onDisk }: DiskPort,
  signal?: AbortSignal
): Promise<PackResult> {
  const found = await onDisk(path)
  switch (found.kind) {
    case 'missing':
      return notFound(path, 'does not exist', 'Build it in an earlier step, or correct code.')
    case 'unreadable':
      return unreadable(path, `${found.path}: ${found.reason}`)
    case 'file':
      return await given(path, found, isBounded)
    case 'folder':
      return await made(path, found.files, isBounded, signal)
  }
}

/** A folder's files as an archive. */
async function made(
  path: string,
  files: readonly PackedFile[],
  isBounded: boolean,
  signal?: AbortSignal
): Promise<PackResult> {
  if (files.length === 0)
    return notFound(path, 'is empty', 'Build into it in an earlier step, or correct code.')
  const outside = files.find(leavesFolder)
  if (outside)
    return notFound(
      path,
      `holds a link that leads out of it: ${outside.name} → ${outside.link}`,
      'Put a copy in its place (cp -RL): Lambda gets nothing but the folder.'
    )
  const unzipped = files.reduce((sum, file) => sum + file.size, 0)
  const excess =
    (files.length > mostFiles &&
      tooLarge(
        `The code in ${path} has ${files.length} files, and an archive holds at most ${mostFiles}.${largestOf(files)}`,
        'Bundle the code into fewer files, or use a container image.'
      )) ||
    beyond(path, { unzipped, zipped: 0 }, isBounded, largestOf(files))
  if (excess) return excess
  let bytes: Uint8Array
  try {
    bytes = await archive(files, signal)
  } catch (error) {
    if (signal?.aborted) return { kind: 'cancelled' }
    return unreadable(path, (error as Error).message)
  }
  return (
    beyond(path, { unzipped, zipped: bytes.length }, isBounded, largestOf(files)) ??
    packed({ path, bytes, files: files.length, unzipped })
  )
}

/** An archive that is there already. */
async function given(
  path: string,
  file: Extract<OnDisk, { kind: 'file' }>,
  isBounded: boolean
): Promise<PackResult> {
  if (file.size > mostUnzipped + archiveFrame)
    return tooLarge(
      `The archive ${path} is ${size(file.size)}, and Lambda runs at most ${size(mostUnzipped)}, unzipped and with all layers.`,
      'Leave out what the function does not need, or use a container image.'
    )
  const excess = beyond(path, { unzipped: 0, zipped: file.size }, isBounded)
  if (excess) return excess
  let bytes: Uint8Array
  try {
    bytes = await file.read()
  } catch (error) {
    return unreadable(path, (error as Error).message)
  }
  const { unzipSync } = await import('fflate')
  let files = 0
  let unzipped = 0
  const names = { withBackslash: '', haveSlash: false }
  try {
    // Nothing is inflated: the archive's own directory is read.
    unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!name.endsWith('/')) files += 1
        unzipped += originalSize
        if (name.includes('\\')) names.withBackslash ||= name
        if (name.includes('/')) names.haveSlash = true
        return false
      }
    })
  } catch {
    return notFound(path, 'is no .zip archive', 'Give a folder, or an archive that unzip -t accepts.')
  }
  if (files === 0) return notFound(path, 'is an empty archive', 'Pack what the function needs.')
  if (names.withBackslash && !names.haveSlash)
    return notFound(
      path,
      `was made on Windows with backslashes in its names: ${names.withBackslash}. Lambda takes them for letters, so that its folders are missing`,
      'Give the folder itself, or make the archive with 7-Zip or PowerShell 7.'
    )
  // With something before it, such as a launch script, the sizes are read from the wrong places.
  const isPlain = bytes[0] === 0x50 && bytes[1] === 0x4b
  return (
    (isPlain ? beyond(path, { unzipped, zipped: bytes.length }, isBounded) : undefined) ??
    packed({ path, bytes, files, unzipped: isPlain ? unzipped : bytes.length })
  )
}

const packed = (made: Omit<CodePackage, 'sha256'>): PackResult => ({
  kind: 'packed',
  package: { ...made, sha256: createHash('sha256').update(made.bytes).digest('base64') }
})

/** Links are kept as they are, so they must work wherever the folder is. */
function leavesFolder({ name, link }: PackedFile): boolean {
  if (link === undefined) return false
  const target = posix.normalize(posix.join(posix.dirname(name), link))
  return posix.isAbsolute(link) || /^[A-Za-z]:/.test(link) || target === '..' || target.startsWith('../')
}

function beyond(
  path: string,
  { unzipped, zipped }: { unzipped: number; zipped: number },
  isBounded: boolean,
  largest = ''
): PackResult | undefined {
  if (unzipped > mostUnzipped)
    return tooLarge(
      `The code in ${path} is ${size(unzipped)} unzipped, and Lambda runs at most ${size(mostUnzipped)} with all layers.${largest}`,
      'Leave out what the function does not need, or use a container image.'
    )
  if (isBounded && zipped > mostInRequest)
    return tooLarge(
      `The package of ${path} is ${size(zipped)}, and Lambda takes at most ${size(mostInRequest)} in a request.${largest}`,
      'Give code-bucket: larger packages go there. Or leave out what the function does not need.'
    )
  return undefined
}

const shown = 10

/** `node_modules/sharp 31.2 MB, …`: the ten largest, by the first two parts of their path, or three for a scope of npm. */
function largestOf(files: readonly PackedFile[]): string {
  const sums = new Map<string, number>()
  for (const { name, size } of files) {
    const parts = name.split('/').slice(0, -1)
    const folder = parts.slice(0, parts[1]?.startsWith('@') ? 3 : 2).join('/') || '.'
    sums.set(folder, (sums.get(folder) ?? 0) + size)
  }
  const largest = [...sums]
    .sort(([, one], [, other]) => other - one)
    .slice(0, shown)
    .map(([folder, sum]) => `${folder} ${size(sum)}`)
  return ` The largest folders in it: ${largest.join(', ')}.`
}

const unreadable = (path: string, reason: string): PackResult =>
  notFound(
    path,
    `cannot be read: ${reason}`,
    'Make sure that the job may read all of it, and that it holds only files, folders and links.'
  )

const notFound = (path: string, what: string, next: string): PackResult => ({
  kind: 'refused',
  cause: { code: 'CODE_NOT_FOUND', what: `There is no code to upload: ${path} ${what}.`, next }
})

const tooLarge = (what: string, next: string): PackResult => ({
  kind: 'refused',
  cause: { code: 'CODE_TOO_LARGE', what, next }
})
