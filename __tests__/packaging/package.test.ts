import { describe, expect, test } from '@jest/globals'
import { zipSync } from 'fflate'
import { diskOf } from '../../simulator/disk.ts'
import { zip } from '../../simulator/lambda/zip.ts'
import { type OnDisk, type PackResult, pack } from '../../src/packaging/package.ts'
import { largeArchive, noise } from './noise.ts'

const MB = 1024 ** 2
const handler = { 'index.mjs': 'export const handler = async () => 1\n' }

/** A folder whose files only say how large they are; none of them can be read. */
const folderOf = (sizes: Record<string, number>): OnDisk => ({
  kind: 'folder',
  files: Object.entries(sizes).map(([name, size]) => ({
    name,
    size,
    isExecutable: false,
    read: () => Promise.reject(new Error('was read'))
  }))
})

const told = (result: PackResult): string =>
  result.kind === 'packed'
    ? `packed: ${result.package.files} files, ${result.package.unzipped} bytes`
    : result.kind === 'refused'
      ? `${result.cause.code}: ${result.cause.what} ${result.cause.next}`
      : result.kind

describe('a package is made', () => {
  test('of a folder', async () => {
    const result = await pack('dist', true, diskOf({ dist: handler }))
    expect(result).toEqual({
      kind: 'packed',
      package: {
        path: 'dist',
        bytes: expect.any(Uint8Array),
        sha256: expect.stringMatching(/^[\w+/]{43}=$/),
        files: 1,
        unzipped: 37
      }
    })
  })

  test('of an archive, which goes as it is', async () => {
    const bytes = zip('release 9')
    expect(await pack('code.zip', true, diskOf({ 'code.zip': bytes }))).toEqual({
      kind: 'packed',
      package: { path: 'code.zip', bytes, sha256: expect.any(String), files: 1, unzipped: 9 }
    })
  })

  test('of a folder with links that stay within it', async () => {
    const result = await pack(
      'dist',
      true,
      diskOf({ dist: { ...handler, 'bin/run': { link: '../index.mjs' } } })
    )
    expect(told(result)).toBe('packed: 2 files, 49 bytes')
  })

  test('of an archive with folders and with a launch script before it, as jars have them', async () => {
    const withFolder = zipSync({ 'lib/': new Uint8Array(), 'lib/a.js': Buffer.from('1') })
    const bytes = Buffer.concat([Buffer.from('#!/bin/sh\nexec java -jar "$0"\n'), withFolder])
    const disk = diskOf({ 'plain.jar': withFolder, 'script.jar': bytes })
    expect([told(await pack('plain.jar', true, disk)), told(await pack('script.jar', true, disk))]).toEqual([
      'packed: 1 files, 1 bytes',
      expect.stringMatching(/^packed: /)
    ])
  })

  test('of an archive with a backslash in one of its names, which Linux allows', async () => {
    const bytes = zipSync({ 'lib/a.js': Buffer.from('1'), 'fixtures/a\\b': Buffer.from('2') })
    expect(told(await pack('code.zip', true, diskOf({ 'code.zip': bytes })))).toBe('packed: 2 files, 2 bytes')
  })

  test('of more than 50 MB, when there is a bucket for it', async () => {
    const result = await pack('code.zip', false, diskOf({ 'code.zip': largeArchive() }))
    expect(told(result)).toBe(`packed: 1 files, ${51 * MB} bytes`)
  })
})

describe('no package is made', () => {
  test.each<{ name: string; disk: OnDisk; says: string }>([
    {
      name: 'of what is not there',
      disk: { kind: 'missing' },
      says: 'CODE_NOT_FOUND: There is no code to upload: dist does not exist. Build it in an earlier step, or correct code.'
    },
    {
      name: 'of a folder without a file',
      disk: { kind: 'folder', files: [] },
      says: 'CODE_NOT_FOUND: There is no code to upload: dist is empty. Build into it in an earlier step, or correct code.'
    },
    {
      name: 'of what may not be read',
      disk: { kind: 'unreadable', path: 'dist/secret', reason: 'EACCES' },
      says: 'CODE_NOT_FOUND: There is no code to upload: dist cannot be read: dist/secret: EACCES. Make sure that the job may read all of it, and that it holds only files, folders and links.'
    },
    {
      name: 'of a file that cannot be read in the end',
      disk: folderOf({ 'index.mjs': 10 }),
      says: 'CODE_NOT_FOUND: There is no code to upload: dist cannot be read: was read. Make sure that the job may read all of it, and that it holds only files, folders and links.'
    },
    {
      name: 'of a file that is no archive',
      disk: { kind: 'file', size: 5, read: async () => Buffer.from('hello') },
      says: 'CODE_NOT_FOUND: There is no code to upload: dist is no .zip archive. Give a folder, or an archive that unzip -t accepts.'
    },
    {
      name: 'of an archive that was cut off',
      disk: { kind: 'file', size: 50, read: async () => zip('release 9').subarray(0, 50) },
      says: 'CODE_NOT_FOUND: There is no code to upload: dist is no .zip archive. Give a folder, or an archive that unzip -t accepts.'
    },
    {
      name: 'of an archive as Windows PowerShell and .NET Framework make it',
      disk: {
        kind: 'file',
        size: 50,
        read: async () => zipSync({ 'index.mjs': Buffer.from('1'), 'lib\\deep\\a.js': Buffer.from('2') })
      },
      says: 'CODE_NOT_FOUND: There is no code to upload: dist was made on Windows with backslashes in its names: lib\\deep\\a.js. Lambda takes them for letters, so that its folders are missing. Give the folder itself, or make the archive with 7-Zip or PowerShell 7.'
    },
    {
      name: 'of too much code, which is not even read',
      disk: folderOf({
        'node_modules/@acme/big/a.js': 100 * MB,
        'node_modules/@acme/big/lib/b.js': 80 * MB,
        'node_modules/sharp/c.node': 70 * MB,
        'index.mjs': 1
      }),
      says: 'CODE_TOO_LARGE: The code in dist is 250.1 MB unzipped, and Lambda runs at most 250 MB with all layers. The largest folders in it: node_modules/@acme/big 180 MB, node_modules/sharp 70 MB, . 1 B. Leave out what the function does not need, or use a container image.'
    },
    {
      name: 'of an archive that cannot be read',
      disk: { kind: 'file', size: 50, read: () => Promise.reject(new Error('EACCES')) },
      says: 'CODE_NOT_FOUND: There is no code to upload: dist cannot be read: EACCES. Make sure that the job may read all of it, and that it holds only files, folders and links.'
    },
    {
      name: 'of an archive of 3 GB, which is not even read',
      disk: { kind: 'file', size: 3_000 * MB, read: () => Promise.reject(new Error('was read')) },
      says: 'CODE_TOO_LARGE: The archive dist is 3000 MB, and Lambda runs at most 250 MB, unzipped and with all layers. Leave out what the function does not need, or use a container image.'
    },
    {
      name: 'of more files than an archive holds',
      disk: folderOf(Object.fromEntries(Array.from({ length: 65_536 }, (_, index) => [`${index}.js`, 1]))),
      says: 'CODE_TOO_LARGE: The code in dist has 65536 files, and an archive holds at most 65535. The largest folders in it: . 64 kB. Bundle the code into fewer files, or use a container image.'
    },
    {
      name: 'of an archive that is too large for a request',
      disk: { kind: 'file', size: 50 * MB + 1, read: () => Promise.reject(new Error('was read')) },
      says: 'CODE_TOO_LARGE: The package of dist is 50.1 MB, and Lambda takes at most 50 MB in a request. Give code-bucket: larger packages go there. Or leave out what the function does not need.'
    }
  ])('$name', async ({ disk, says }) => {
    expect(told(await pack('dist', true, { onDisk: async () => disk }))).toBe(says)
  })

  test('of a folder whose archive is too large for a request', async () => {
    const result = await pack('dist', true, diskOf({ dist: { 'lib/noise.bin': noise(51 * MB) } }))
    expect(told(result)).toMatch(
      /^CODE_TOO_LARGE: The package of dist is 51[.\d]* MB, and Lambda takes at most 50 MB in a request\. The largest folders in it: lib 51 MB\. Give code-bucket/
    )
  })

  test('once the job is cancelled', async () => {
    expect(told(await pack('dist', true, diskOf({ dist: handler }), AbortSignal.abort()))).toBe('cancelled')
  })

  test.each([
    { name: 'to the folder above', link: '../../secret' },
    { name: 'to an absolute path', link: '/etc/passwd' },
    { name: 'to a drive of Windows', link: 'C:/secret' },
    { name: 'out by a detour', link: '../bin/../../secret' }
  ])('of a folder with a link $name', async ({ link }) => {
    const result = await pack('dist', true, diskOf({ dist: { ...handler, 'bin/run': { link } } }))
    expect(told(result)).toBe(
      `CODE_NOT_FOUND: There is no code to upload: dist holds a link that leads out of it: bin/run → ${link}. Put a copy in its place (cp -RL): Lambda gets nothing but the folder.`
    )
  })
})
