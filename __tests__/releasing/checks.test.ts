import { describe, expect, test } from '@jest/globals'
import { entryOf, withRelease } from '../../scripts/release/changelog.ts'
import { type Candidate, problemsOf } from '../../scripts/release/checks.ts'

const changelog = `# Changelog

## [Unreleased]

### Added

- Something new.

## [1.1.0] - 2026-11-20

- Something else.

## [1.0.0]

[Unreleased]: https://github.com/acme/lambda-codedeploy/compare/v1.1.0...HEAD
[1.1.0]: https://github.com/acme/lambda-codedeploy/releases/tag/v1.1.0
`

const sound: Candidate = {
  version: '1.1.0',
  tags: ['v1', 'v1.0.0'],
  changelog,
  versions: { 'package.json': '1.1.0' }
}

describe('a release', () => {
  test.each<{ name: string; changed: Partial<Candidate>; problems: string[] }>([
    { name: 'that is the next one has no problem', changed: {}, problems: [] },
    { name: 'that is the first one has no problem', changed: { tags: [] }, problems: [] },
    {
      name: 'needs a whole version',
      changed: { version: 'v1.1' },
      problems: ['v1.1 is not a version like 1.2.3']
    },
    {
      name: 'happens once',
      changed: { tags: ['v1.0.0', 'v1.1.0'] },
      problems: ['1.1.0 does not follow v1.1.0: that would be 1.1.1, 1.2.0, 2.0.0']
    },
    {
      name: 'leaves no number out; 1.10.0 is newer than 1.9.0',
      changed: { tags: ['v1.9.0', 'v1.10.0'] },
      problems: ['1.1.0 does not follow v1.10.0: that would be 1.10.1, 1.11.0, 2.0.0']
    },
    {
      name: 'has an entry in the changelog',
      changed: { version: '1.0.1', versions: {} },
      problems: ['CHANGELOG.md has no entry for 1.0.1']
    },
    {
      name: 'has a date',
      changed: { version: '1.0.0', tags: [], versions: {} },
      problems: ['CHANGELOG.md: the heading of 1.0.0 has no date']
    },
    {
      name: 'is named by every file',
      changed: { versions: { 'package.json': '1.1.0', 'src/aws/version.ts': '1.0.0' } },
      problems: ['src/aws/version.ts has version 1.0.0']
    }
  ])('$name', ({ changed, problems }) => {
    expect(problemsOf({ ...sound, ...changed })).toEqual(problems)
  })
})

describe('the changelog', () => {
  test('gives the entry of a version', () => {
    expect(entryOf(changelog, '1.1.0')).toBe('- Something else.')
  })

  test('gets what is unreleased as a version', () => {
    const next = withRelease(changelog, '1.2.0', '2026-12-01')
    expect(entryOf(next, '1.2.0')).toBe('### Added\n\n- Something new.')
    expect(next).toContain('## [Unreleased]\n\n## [1.2.0] - 2026-12-01\n\n### Added')
    expect(next).toContain(`[Unreleased]: https://github.com/acme/lambda-codedeploy/compare/v1.2.0...HEAD
[1.2.0]: https://github.com/acme/lambda-codedeploy/releases/tag/v1.2.0
`)
  })

  test('is not released without anything in it', () => {
    const empty = '# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-11-20\n'
    expect(() => withRelease(empty, '1.1.0', '2026-12-01')).toThrow('CHANGELOG.md: nothing is unreleased')
  })
})
