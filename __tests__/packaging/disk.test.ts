import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { diskOf } from '../../simulator/disk.ts'
import type { PackedFile } from '../../src/packaging/archive.ts'
import { diskFrom, linkText } from '../../src/packaging/disk.ts'
import { pack } from '../../src/packaging/package.ts'

const scratch = mkdtempSync(join(tmpdir(), 'packaging-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const names = ['index.mjs', 'lib/b.js', 'lib/a.js', 'lib/deep/c.js', 'Ünicode.txt']

/** The same folder, made in another way. */
function make(folder: string, { order = names, umask = 0o022 } = {}): void {
  const before = process.umask(umask)
  for (const name of order) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), `content of ${name}\n`)
  }
  writeFileSync(join(folder, 'bootstrap'), '#!/bin/sh\n')
  chmodSync(join(folder, 'bootstrap'), 0o777 & ~umask)
  symlinkSync('../index.mjs', join(folder, 'lib', 'link.mjs'))
  mkdirSync(join(folder, 'nothing-in-it'))
  process.umask(before)
}

/** In a process of its own, because a process has one time zone. */
function hashOf(folder: string, timeZone: string, platform: NodeJS.Platform = process.platform): string {
  const url = (file: string) => JSON.stringify(new URL(`../../src/packaging/${file}`, import.meta.url).href)
  const script = `
    const [{ pack }, { diskFrom }] = await Promise.all([import(${url('package.ts')}), import(${url('disk.ts')})])
    const result = await pack(${JSON.stringify(folder)}, true, diskFrom('.', ${JSON.stringify(platform)}))
    console.log(result.kind === 'packed' ? result.package.sha256 : JSON.stringify(result))`
  const args = ['--no-warnings', '--input-type=module', '-e', script]
  return execFileSync(process.execPath, args, { env: { ...process.env, TZ: timeZone } })
    .toString()
    .trim()
}

describe('a folder on a disk', () => {
  const folders = {
    first: join(scratch, 'first'),
    reversed: join(scratch, 'reversed'),
    private: join(scratch, 'private'),
    plain: join(scratch, 'plain')
  }
  make(folders.first)
  make(folders.reversed, { order: [...names].reverse() })
  make(folders.private, { umask: 0o077 })
  make(folders.plain)
  chmodSync(join(folders.plain, 'bootstrap'), 0o644)

  test('gives one archive in three time zones, for two orders of creation and two umasks, and as Windows keeps it', () => {
    const hashes = [
      hashOf(folders.first, 'UTC'),
      hashOf(folders.first, 'Asia/Tokyo'),
      hashOf(folders.first, 'America/Los_Angeles'),
      hashOf(folders.reversed, 'UTC'),
      hashOf(folders.private, 'UTC'),
      hashOf(folders.plain, 'UTC', 'win32')
    ]
    // The digest stands here, so that the next version of a library cannot change it unnoticed: every function would be uploaded again.
    expect([...new Set(hashes)]).toEqual(['AgDqJOHuJdcxHTun1oh47urnbMfIXmrh31u9Qy/9DWs='])
  })

  test('is found with its files and links, however deep, and without empty folders', async () => {
    const found = await diskFrom(scratch).onDisk('first')
    const files = found.kind === 'folder' ? found.files : []
    expect(
      files
        .map(({ name, isExecutable, link, size }) => ({ name, isExecutable, link, size }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
    ).toEqual([
      { name: 'bootstrap', isExecutable: true, link: undefined, size: 10 },
      { name: 'index.mjs', isExecutable: false, link: undefined, size: 21 },
      { name: 'lib/a.js', isExecutable: false, link: undefined, size: 20 },
      { name: 'lib/b.js', isExecutable: false, link: undefined, size: 20 },
      { name: 'lib/deep/c.js', isExecutable: false, link: undefined, size: 25 },
      { name: 'lib/link.mjs', isExecutable: false, link: '../index.mjs', size: 12 },
      { name: 'Ünicode.txt', isExecutable: false, link: undefined, size: 24 }
    ])
  })

  test('is missing when there is nothing at its path', async () => {
    expect(await diskFrom(scratch).onDisk('nowhere')).toEqual({ kind: 'missing' })
  })

  test('keeps a link to a name with a backslash, which Unix allows', async () => {
    const folder = join(scratch, 'backslash')
    mkdirSync(folder)
    symlinkSync('a\\b', join(folder, 'link'))
    const found = await diskFrom().onDisk(folder)
    expect(found.kind === 'folder' && found.files.map(({ link }) => link)).toEqual(['a\\b'])
  })

  test('is unreadable when it is a pipe: reading it would never end', async () => {
    const pipe = join(scratch, 'queue')
    execFileSync('mkfifo', [pipe])
    expect(await diskFrom().onDisk(pipe)).toEqual({
      kind: 'unreadable',
      path: pipe,
      reason: 'it is neither a file, a folder nor a link'
    })
  })

  test('is unreadable when something in it is neither a file nor a folder', async () => {
    const folder = join(scratch, 'pipe')
    mkdirSync(folder)
    execFileSync('mkfifo', [join(folder, 'queue')])
    expect(await diskFrom().onDisk(folder)).toEqual({
      kind: 'unreadable',
      path: join(folder, 'queue'),
      reason: 'it is neither a file, a folder nor a link'
    })
  })
})

describe('a file of a package may be executed', () => {
  const folder = join(scratch, 'programs')
  mkdirSync(folder)

  test.each<{ name: string; content: string | Buffer; mode: number; linux: boolean; windows: boolean }>([
    { name: 'a script', content: '#!/bin/sh\n', mode: 0o755, linux: true, windows: true },
    {
      name: 'a script of Windows, which does not run',
      content: '#!/bin/sh\r\n',
      mode: 0o755,
      linux: true,
      windows: true
    },
    { name: 'a program', content: '\x7fELF\x02', mode: 0o755, linux: true, windows: true },
    { name: 'a script without its bit', content: '#!/bin/sh\n', mode: 0o644, linux: false, windows: true },
    { name: 'a library without its bit', content: '\x7fELF\x02', mode: 0o644, linux: false, windows: true },
    { name: 'a text with the bit', content: 'echo 1\n', mode: 0o755, linux: true, windows: false },
    { name: 'a text', content: 'echo 1\n', mode: 0o644, linux: false, windows: false },
    { name: 'a program for Windows', content: 'MZ', mode: 0o644, linux: false, windows: false },
    { name: 'a text that begins later', content: '\n#!/bin/sh\n', mode: 0o644, linux: false, windows: false },
    {
      name: 'a text with a mark before it',
      content: '\ufeff#!/bin/sh\n',
      mode: 0o644,
      linux: false,
      windows: false
    },
    { name: 'one byte', content: '#', mode: 0o644, linux: false, windows: false },
    { name: 'nothing', content: '', mode: 0o644, linux: false, windows: false }
  ])('$name: on Linux and macOS by its bit, on Windows by how it begins', async row => {
    const { name, content, mode, linux, windows } = row
    writeFileSync(join(folder, name), content)
    chmodSync(join(folder, name), mode)
    const found = async (platform: NodeJS.Platform) => {
      const { files = [] } = (await diskFrom(scratch, platform).onDisk('programs')) as {
        files?: PackedFile[]
      }
      return files.find(file => file.name === name)?.isExecutable
    }
    expect([await found('linux'), await found('darwin'), await found('win32')]).toEqual([
      linux,
      linux,
      windows
    ])
  })
})

describe('a link is kept', () => {
  const at = 'D:\\a\\shop\\dist\\lib\\link'
  const root = 'D:\\a\\shop\\dist'
  test.each<{ name: string; target: string; windows: string }>([
    { name: 'as it is', target: '../index.mjs', windows: '../index.mjs' },
    { name: 'with forward slashes', target: '..\\bin\\run', windows: '../bin/run' },
    // npm and pnpm make junctions, and a junction names a whole path.
    {
      name: 'relative, when a junction stays in the folder',
      target: `${root}\\packages\\a`,
      windows: '../packages/a'
    },
    { name: 'relative, when its end is a backslash', target: `${root}\\packages\\`, windows: '../packages' },
    {
      name: 'relative, in whatever case the path is written',
      target: 'd:\\A\\Shop\\Dist\\packages\\a',
      windows: '../packages/a'
    },
    { name: 'relative, when a junction names the folder itself', target: root, windows: '..' },
    {
      name: 'relative, to a name that begins with dots',
      target: `${root}\\..packages`,
      windows: '../..packages'
    },
    { name: 'whole, when a junction leads out', target: 'D:\\a\\shop\\secret', windows: 'D:/a/shop/secret' },
    {
      name: 'whole, when it leads to a folder whose name goes on',
      target: `${root}2\\a`,
      windows: 'D:/a/shop/dist2/a'
    },
    {
      name: 'whole, when it leads to another drive',
      target: 'C:\\a\\shop\\dist\\b',
      windows: 'C:/a/shop/dist/b'
    },
    { name: 'whole, when it leads to a share', target: '\\\\server\\share\\a', windows: '//server/share/a' }
  ])('$name', ({ target, windows }) => {
    expect(linkText(target, { at, root }, 'win32')).toBe(windows)
    expect(linkText(target, { at, root }, 'linux')).toBe(target)
  })

  test.each(['D:/a/shop/secret', '//server/share/a', '../../secret'])(
    'but refused when it is %s',
    async link => {
      const result = await pack('dist', true, diskOf({ dist: { 'lib/link': { link } } }))
      expect(result.kind === 'refused' && result.cause.code).toBe('CODE_NOT_FOUND')
    }
  )
})
