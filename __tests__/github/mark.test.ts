import { describe, expect, test } from '@jest/globals'
import { commitUrl, compareUrl, isSameRepository, markIn, runUrl } from '../../src/github/mark.ts'
import { requestOf } from '../inputs/given.ts'

const sha = '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d'
const sha256 = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'
const env = {
  AWS_REGION: 'eu-west-1',
  GITHUB_REPOSITORY: 'acme/payments',
  GITHUB_SHA: sha,
  GITHUB_RUN_ID: '4711',
  GITHUB_RUN_ATTEMPT: '2'
}

describe('the mark in a version', () => {
  test('is what a run writes there', () => {
    expect(markIn(requestOf({}, env).versionDescription)).toEqual({
      repository: 'acme/payments',
      sha,
      runId: '4711',
      attempt: '2'
    })
  })

  test.each<{ name: string; description: string; repository: string; sha?: string }>([
    {
      name: 'an organisation and a repository with every character that GitHub allows',
      description: `ac-me/pay.ments_2-api@${sha} run 1.1`,
      repository: 'ac-me/pay.ments_2-api'
    },
    {
      name: 'a managed user',
      description: `jane-doe_acme/x@${sha} run 1.1`,
      repository: 'jane-doe_acme/x'
    },
    {
      name: "a repository of the organisation's own settings",
      description: `acme/.github@${sha} run 1.1`,
      repository: 'acme/.github'
    },
    {
      name: 'a repository with SHA-256 commits',
      description: `acme/x@${sha256} run 1.1`,
      repository: 'acme/x',
      sha: sha256
    }
  ])('is read from $name', ({ description, repository, sha: commit = sha }) => {
    expect(markIn(description)).toEqual({ repository, sha: commit, runId: '1', attempt: '1' })
  })

  test.each<{ name: string; description: string | undefined }>([
    { name: 'no description', description: undefined },
    { name: 'an empty one', description: '' },
    { name: "somebody's own text", description: 'hotfix for the checkout' },
    { name: 'what a run outside GitHub Actions writes', description: 'Lambda CodeDeploy' },
    { name: 'an abbreviated commit', description: 'acme/payments@1a2b3c4 run 4711.1' },
    { name: 'a branch in place of a commit', description: 'acme/payments@main run 4711.1' },
    { name: 'a commit in capitals', description: `acme/payments@${sha.toUpperCase()} run 4711.1` },
    { name: 'no commit', description: 'acme/payments run 4711.1' },
    { name: 'no run', description: `acme/payments@${sha}` },
    { name: 'no attempt', description: `acme/payments@${sha} run 4711` },
    { name: 'run 0', description: `acme/payments@${sha} run 0.1` },
    { name: 'a run with too many digits', description: `acme/payments@${sha} run ${'9'.repeat(21)}.1` },
    { name: 'one that was cut', description: `acme/payments@${sha} run 47…` },
    { name: 'words before the mark', description: `v2: acme/payments@${sha} run 4711.1` },
    { name: 'words after the mark', description: `acme/payments@${sha} run 4711.1 and more` },
    { name: 'a line break after it', description: `acme/payments@${sha} run 4711.1\n` },
    { name: 'a command of the runner', description: `acme/payments@${sha} run 4711.1\n::error::pwned` },
    { name: 'a path to a parent folder', description: `acme/..@${sha} run 4711.1` },
    { name: 'a path to the same folder', description: `acme/.@${sha} run 4711.1` },
    { name: 'an owner that is a parent folder', description: `../payments@${sha} run 4711.1` },
    { name: 'a deeper path', description: `acme/payments/../../user@${sha} run 4711.1` },
    { name: 'a percent-encoded path', description: `acme/%2e%2e@${sha} run 4711.1` },
    { name: 'a query', description: `acme/payments?x=1@${sha} run 4711.1` },
    { name: 'HTML', description: `acme/<img src=x>@${sha} run 4711.1` },
    { name: 'a Markdown link', description: `acme/](https://evil.example)@${sha} run 4711.1` },
    { name: 'text that runs from right to left', description: `acme/\u202Epayments@${sha} run 4711.1` },
    { name: 'letters that look like others', description: `acmе/payments@${sha} run 4711.1` },
    { name: 'a megabyte of slashes', description: '/'.repeat(1_000_000) },
    { name: 'a megabyte of a name', description: `${'a'.repeat(1_000_000)}/b@${sha} run 1.1` }
  ])('is not read from $name', ({ description }) => {
    expect(markIn(description)).toBeUndefined()
  })
})

describe('the pages of GitHub', () => {
  const server = 'https://github.example.com'

  test.each<{ name: string; url: string; is: string }>([
    {
      name: 'of a commit',
      url: commitUrl(server, 'acme/payments', 'ccc'),
      is: 'https://github.example.com/acme/payments/commit/ccc'
    },
    {
      name: 'of what a release brings',
      url: compareUrl(server, 'acme/payments', 'aaa', 'bbb'),
      is: 'https://github.example.com/acme/payments/compare/aaa...bbb'
    },
    {
      name: 'of a run',
      url: runUrl(server, { repository: 'acme/payments', runId: '4711', attempt: '2' }),
      is: 'https://github.example.com/acme/payments/actions/runs/4711/attempts/2'
    }
  ])('the page $name', ({ url, is }) => {
    expect(url).toBe(is)
  })

  test('a repository is the same in capitals', () => {
    expect([
      isSameRepository('Acme/Payments', 'acme/payments'),
      isSameRepository('acme/payments', 'acme/payment')
    ]).toEqual([true, false])
  })
})
