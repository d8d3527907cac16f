import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withRelease } from './changelog.ts'
import type { Candidate } from './checks.ts'
import { identityOf } from './identity.ts'
import { ownedBy, pinned } from './references.ts'

/** Where a version is written down. */
const versionFiles = {
  'package.json': (text: string) => JSON.parse(text).version,
  'package-lock.json': (text: string) => JSON.parse(text).packages[''].version,
  'src/aws/version.ts': (text: string) => /version = '(.*)'/.exec(text)?.[1]
}

export const reusable = '.github/workflows/release-lambda.yml'

/** The working copy of this repository, as far as a release reads and changes it. */
export class Repository {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  /** What would be released. */
  candidate(version: string): Candidate {
    const versions = Object.entries(versionFiles).map(([path, read]) => [path, read(this.read(path))])
    return {
      version,
      tags: this.git('tag', '--list').split('\n').filter(Boolean),
      changelog: this.read('CHANGELOG.md'),
      versions: Object.fromEntries(versions)
    }
  }

  /** Writes the version and the date everywhere, for a pull request. dist/ must be built afterwards. */
  prepare(version: string, date: string): void {
    const { version: before } = identityOf(this.#root)
    for (const path of Object.keys(versionFiles))
      this.write(path, text =>
        // The lock file names other packages' versions too: its own are the first two.
        path === 'package-lock.json'
          ? text
              .replace(`"version": "${before}"`, `"version": "${version}"`)
              .replace(`"version": "${before}"`, `"version": "${version}"`)
          : text.replace(before, version)
      )
    this.write('CHANGELOG.md', text => withRelease(text, version, date))
  }

  /** Pins the uses of this action in these files to a commit. */
  pin(paths: readonly string[], commit: string, comment: string): void {
    const { repository } = identityOf(this.#root)
    for (const path of paths) this.write(path, text => pinned(text, repository, commit, comment))
  }

  /** Changes the owner everywhere. */
  changeOwner(to: string): void {
    const { repository } = identityOf(this.#root)
    const [owner = ''] = repository.split('/')
    const found = this.git(
      'grep',
      '--files-with-matches',
      '--fixed-strings',
      '-e',
      repository,
      '-e',
      `@${owner}/`
    )
    for (const path of found.split('\n').filter(each => each !== '' && !each.startsWith('dist/')))
      this.write(path, text => ownedBy(text, owner, to))
  }

  /** The pages and examples that show how to use the action. */
  shown(): string[] {
    return this.git('ls-files', '*.md', 'examples/*.yml').split('\n').filter(Boolean)
  }

  read(path: string): string {
    return readFileSync(join(this.#root, path), 'utf8')
  }

  write(path: string, change: (text: string) => string): void {
    writeFileSync(join(this.#root, path), change(this.read(path)))
  }

  /** What git prints. */
  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.#root, encoding: 'utf8' }).trim()
  }
}
