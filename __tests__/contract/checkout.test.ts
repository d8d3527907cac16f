import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { root, tracked } from './files.ts'

const scratch = mkdtempSync(join(tmpdir(), 'checkout-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** What git would write on a machine with these settings. */
function checkout(name: string, ...settings: string[]): string {
  const folder = join(scratch, name)
  const given = settings.flatMap(each => ['-c', each])
  execFileSync('git', [...given, 'checkout-index', '--all', `--prefix=${folder}/`], { cwd: root })
  return folder
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(path => statSync(join(folder, path)).isFile())
    .sort()

describe('a checkout on Windows', () => {
  test('has the same files, to the byte, as one elsewhere', () => {
    const here = checkout('here', 'core.autocrlf=false', 'core.eol=lf')
    const windows = checkout('windows', 'core.autocrlf=true', 'core.eol=crlf')
    expect(filesIn(windows)).toEqual(filesIn(here))
    const differing = filesIn(here).filter(
      path => !readFileSync(join(here, path)).equals(readFileSync(join(windows, path)))
    )
    expect(differing).toEqual([])
  })

  test('takes dist/ for what it is: nothing in it is converted, in either direction', () => {
    const dist = tracked().filter(path => path.startsWith('dist/'))
    const told = execFileSync('git', ['check-attr', 'text', ...dist], { cwd: root, encoding: 'utf8' })
    expect(told.trim().split('\n')).toEqual(dist.map(path => `${path}: text: unset`))
  })

  test('needs no name that Windows does not have, and no two that differ in case only', () => {
    const paths = tracked()
    const reserved = /(^|\/)(con|prn|aux|nul|com\d|lpt\d)(\.|\/|$)/i
    expect(paths.filter(path => reserved.test(path) || /[<>:"|?*\\]|[. ](\/|$)/.test(path))).toEqual([])
    expect(paths.filter(path => path.length > 150)).toEqual([])
    const folded = paths.map(path => path.normalize('NFC').toLowerCase())
    expect(paths.filter((_, index) => folded.indexOf(folded[index] ?? '') !== index)).toEqual([])
  })

  test('needs no symbolic link, which git on Windows writes as a text', () => {
    const modes = execFileSync('git', ['ls-files', '--stage'], { cwd: root, encoding: 'utf8' })
    expect(modes.match(/^120000 .*/gm)).toBeNull()
  })
})
