import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { diskFrom } from '../../src/packaging/disk.ts'

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
function hashOf(folder: string, timeZone: string): string {
  const url = (file: string) => JSON.stringify(new URL(`../../src/packaging/${file}`, import.meta.url).href)
  const script = `
    const [{ pack }, { diskFrom }] = await Promise.all([import(${url('package.ts')}), import(${url('disk.ts')})])
    const result = await pack(${JSON.stringify(folder)}, true, diskFrom())
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
    private: join(scratch, 'private')
  }
  make(folders.first)
  make(folders.reversed, { order: [...names].reverse() })
  make(folders.private, { umask: 0o077 })

  test('gives one archive in three time zones, for two orders of creation and two umasks', () => {
    const hashes = [
      hashOf(folders.first, 'UTC'),
      hashOf(folders.first, 'Asia/Tokyo'),
      hashOf(folders.first, 'America/Los_Angeles'),
      hashOf(folders.reversed, 'UTC'),
      hashOf(folders.private, 'UTC')
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
