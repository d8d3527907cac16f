import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { identityOf } from '../../scripts/release/identity.ts'
import { referencesIn } from '../../scripts/release/references.ts'
import { root, tracked } from '../contract/files.ts'

const folder = mkdtempSync(join(tmpdir(), 'release-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=A. Releaser', '-c', 'user.email=release@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8'
  }).trim()

const release = (...args: string[]): string =>
  execFileSync(process.execPath, ['--no-warnings', join(folder, 'scripts', 'release.ts'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: 'A',
      GIT_AUTHOR_EMAIL: 'a@example.com',
      GIT_COMMITTER_NAME: 'A',
      GIT_COMMITTER_EMAIL: 'a@example.com'
    }
  }).trim()

const text = (path: string): string => readFileSync(join(folder, path), 'utf8')

/** A repository with what is tracked here, as one commit. */
function clone(): void {
  for (const path of tracked()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    cpSync(join(root, path), join(folder, path))
  }
  // After a release nothing is unreleased.
  const changelog = join(folder, 'CHANGELOG.md')
  writeFileSync(
    changelog,
    text('CHANGELOG.md').replace('## [Unreleased]\n', '## [Unreleased]\n\n- A change.\n')
  )
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'Begin')
}

describe('a release in a repository of its own', () => {
  clone()
  const before = identityOf(root).version
  const next = before.replace(/\d+\.\d+$/, minor => `${Number(minor.split('.')[0]) + 1}.0`)
  git('tag', `v${before}`)

  test('is refused before it is prepared', () => {
    expect(() => release('check', next)).toThrow(`CHANGELOG.md has no entry for ${next}`)
  })

  test('is prepared by writing the version and the date everywhere', () => {
    release('prepare', next)
    git('commit', '--all', '--quiet', '--message', 'Prepare')
    expect(git('show', '--name-only', '--format=', 'HEAD').split('\n')).toEqual([
      'CHANGELOG.md',
      'package-lock.json',
      'package.json',
      'src/aws/version.ts'
    ])
    const { repository } = identityOf(folder)
    expect(release('check', next)).toBe(`${repository} can be released as v${next}.`)
    expect(release('notes', next)).not.toBe('')
  })

  test('is a commit in which only the reusable workflow names the commit before', () => {
    const tested = git('rev-parse', 'HEAD')
    const tagged = release('commit', next)
    git('tag', `v${next}`)
    expect(tagged).toBe(git('rev-parse', 'HEAD'))
    expect(git('diff', '--name-only', tested, tagged)).toBe('.github/workflows/release-lambda.yml')
    const references = referencesIn(text('.github/workflows/release-lambda.yml'))
    expect(references.length).toBe(3)
    for (const { ref, comment } of references)
      expect([ref, comment]).toEqual([tested, `the commit before v${next}`])
  })

  test('has the same archive every time, and a list of the packages that run', () => {
    const paths = release('assets', join(folder, 'one')).split('\n')
    release('assets', join(folder, 'two'))
    expect(paths.map(path => path.slice(folder.length))).toEqual(['/one/dist.tar.gz', '/one/sbom.spdx.json'])
    expect(readFileSync(join(folder, 'two', 'dist.tar.gz'))).toEqual(
      readFileSync(join(folder, 'one', 'dist.tar.gz'))
    )
    // As SECURITY.md says.
    execFileSync('tar', ['--extract', '--file', 'one/dist.tar.gz', '--directory', 'one'], { cwd: folder })
    execFileSync('diff', ['--recursive', 'one/lambda-codedeploy/dist', 'dist'], { cwd: folder })
    expect(text('one/lambda-codedeploy/action.yml')).toBe(text('action.yml'))
    const { packages } = JSON.parse(text('one/sbom.spdx.json')) as { packages: { name: string }[] }
    const names = packages.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(Object.keys(JSON.parse(text('package.json')).dependencies)))
    expect(names).not.toContain('jest')
  })

  test('is then shown in the pages and examples by the commit of its tag', () => {
    const tagged = git('rev-parse', `v${next}`)
    release('show', next)
    const changed = git('diff', '--name-only', tagged, 'HEAD').split('\n')
    expect(changed).toEqual(
      expect.arrayContaining(['README.md', 'examples/release.yml', 'examples/waves.yml'])
    )
    for (const path of changed)
      for (const { ref, comment } of referencesIn(text(path)))
        expect([ref, comment]).toEqual([tagged, `v${next}`])
  })

  test('can be published by another owner', () => {
    const { repository } = identityOf(folder)
    release('owner', 'acme')
    expect(identityOf(folder).repository).toBe('acme/lambda-codedeploy')
    // git grep fails when it finds nothing.
    expect(() => git('grep', '--fixed-strings', repository, '--', ':!dist')).toThrow('Command failed')
  })
})
