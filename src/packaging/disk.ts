import { lstat, open, readdir, readFile, readlink, stat } from 'node:fs/promises'
import { join, resolve, win32 } from 'node:path'
import type { PackedFile } from './archive.ts'
import type { DiskPort, OnDisk } from './package.ts'

/** The runner's disk. Relative paths begin in `folder`; `platform` says what the disk keeps of links and of modes. */
export const diskFrom = (folder = '.', platform: NodeJS.Platform = process.platform): DiskPort => ({
  onDisk: path => onDisk(resolve(folder, path), platform)
})

/** What is on the runner's disk at a path. What cannot be read is a value too, with the reason. */
async function onDisk(path: string, platform: NodeJS.Platform): Promise<OnDisk> {
  let at = path
  try {
    const found = await stat(path)
    if (!found.isDirectory() && !found.isFile()) throw new Error(notAFile)
    if (found.isFile()) return { kind: 'file', size: found.size, read: () => readFile(path) }
    const files: PackedFile[] = []
    const folders = ['']
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      at = join(path, folder)
      for (const each of await readdir(at, { withFileTypes: true })) {
        const name = folder ? `${folder}/${each.name}` : each.name
        at = join(path, name)
        if (each.isDirectory()) folders.push(name)
        else files.push(await fileAt(at, name, { root: path, platform }))
      }
    }
    return { kind: 'folder', files }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' && at === path
      ? { kind: 'missing' }
      : { kind: 'unreadable', path: at, reason: code ?? message }
  }
}

const notAFile = 'it is neither a file, a folder nor a link'

async function fileAt(
  path: string,
  name: string,
  { root, platform }: { root: string; platform: NodeJS.Platform }
): Promise<PackedFile> {
  const found = await lstat(path)
  if (found.isSymbolicLink()) {
    const link = linkText(await readlink(path), { at: path, root }, platform)
    return {
      name,
      isExecutable: false,
      link,
      size: Buffer.byteLength(link),
      read: async () => Buffer.from(link)
    }
  }
  if (!found.isFile()) throw new Error(notAFile)
  const isExecutable = platform === 'win32' ? await isProgram(path) : (found.mode & 0o100) !== 0
  return { name, isExecutable, size: found.size, read: () => readFile(path) }
}

/**
 * Where a link points, as the archive says it. A junction of Windows, which npm and pnpm make, always names a whole path; one that
 * stays in the folder says the same as the relative link that they make elsewhere.
 */
export function linkText(
  target: string,
  { at, root }: { at: string; root: string },
  platform: NodeJS.Platform
): string {
  if (platform !== 'win32') return target
  const { dirname, isAbsolute, relative, sep } = win32
  const fromRoot = relative(root, target)
  const leaves = fromRoot === '..' || fromRoot.startsWith(`..${sep}`) || isAbsolute(fromRoot)
  const stays = isAbsolute(target) && !leaves
  return (stays ? relative(dirname(at), target) || '.' : target).replaceAll(sep, '/')
}

/** Windows keeps no executable bit. What Linux can execute begins in one of two ways. */
async function isProgram(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4)
    const head = buffer.subarray(0, bytesRead).toString('latin1')
    return head.startsWith('#!') || head === '\x7fELF'
  } finally {
    await file.close()
  }
}
