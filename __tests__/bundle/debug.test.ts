import { expect, test } from '@jest/globals'
import type { Rehearsed } from '../../simulator/demo/rehearsal.ts'
import { Faults } from '../../simulator/faults.ts'
import { GitHub, serveGitHub } from '../../simulator/github.ts'
import { repository } from '../github/job.ts'
import { like, step } from './step.ts'

const sha = '3'.repeat(40)
const ending = like('before-hook', {
  setting: { before: { behaviour: 'fail', log: 'expected 201, got 500' } },
  inputs: { 'github-environment': 'staging', 'github-token': repository.token }
})

const lines = ({ result }: Rehearsed): string[] =>
  result.log.flatMap(({ kind, text }) => (kind === 'debug' ? text : []))

/** A release whose hook fails, recorded at GitHub: it makes every kind of request except to STS. */
async function played(env: Record<string, string>): Promise<{ done: Rehearsed; asked: string[] }> {
  const github = new GitHub(repository, new Faults())
  const server = await serveGitHub(github)
  try {
    const done = await step(ending, { env: { ...env, GITHUB_SHA: sha, GITHUB_API_URL: server.url } })
    const ofAws = done.requests.flatMap(({ operation, userAgent }) =>
      userAgent?.includes('lambda-codedeploy') ? operation : []
    )
    return {
      done,
      asked: [...ofAws, ...github.requests.map(({ operation }) => operation.split('?')[0] ?? '')]
    }
  } finally {
    await server.close()
  }
}

/** A line's request, with GitHub's names filled in. */
const requestOf = (line: string): string =>
  (line.split(': ')[0] ?? '').replace('{owner}/{repo}', repository.name).replace('{deployment_id}', '1001')

test('with debug logging the log has one line for each request to AWS and to GitHub, and no secret', async () => {
  const { done, asked } = await played({ RUNNER_DEBUG: '1' })
  expect(asked).toEqual(expect.arrayContaining(['FilterLogEvents', 'POST /repos/acme/payments/deployments']))
  expect(lines(done).map(requestOf).sort()).toEqual(asked.sort())
  expect(lines(done).filter(line => !/^[^:]+: \w+ in \d+ ms, request [\w:-]+$/.test(line))).toEqual([])
}, 60_000)

test('without it there is none', async () => {
  expect(lines((await played({})).done)).toEqual([])
}, 60_000)
