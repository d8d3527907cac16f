import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Fault } from '../../simulator/faults.ts'
import type { GitHub } from '../../src/github/github.ts'
import { record as released } from '../report/records.ts'
import { gitHubJob, liveFrom, says, sha } from './job.ts'

// Loading takes real time, and virtual time would run ahead meanwhile.
beforeAll(async () => void (await import('@actions/github')))

const compare = 'GET /repos/{owner}/{repo}/compare/{basehead}'
const create = 'POST /repos/{owner}/{repo}/deployments'
const status = 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'
const request = (count: number): string => `request 0400:1F2E:${count}:0:6B1F0000`

describe('each request to GitHub has a line with its route, its result, its duration and its id', () => {
  const judged = ({ judge }: GitHub) => judge(liveFrom(sha.older), 'warn')
  const recorded = async ({ environment }: GitHub) => {
    environment?.begin([released()])
    await environment?.finish('lost', [released()])
  }

  test.each<{ name: string; ask(github: GitHub): Promise<unknown>; faults?: Fault[]; told: string[] }>([
    { name: 'an answer', ask: judged, told: [`${compare}: answered in 0 ms, ${request(1)}`] },
    {
      name: 'a deployment and its statuses',
      ask: recorded,
      told: [`${create}: answered in 0 ms, ${request(1)}`, `${status}: answered in 0 ms, ${request(2)}`]
    },
    {
      name: 'a refusal',
      ask: judged,
      faults: [says(403, 'Resource not accessible ::error::x ##[add-mask]y\n::stop-commands::z')],
      told: [`${compare}: 403 in 0 ms, ${request(1)}`]
    },
    {
      name: 'a broken connection',
      ask: judged,
      faults: [{ operation: '*', kind: 'dropBefore' }],
      told: [`${compare}: ECONNRESET in 0 ms, no request id`]
    },
    {
      name: 'no answer in time',
      ask: judged,
      faults: [{ operation: '*', kind: 'timeout' }],
      told: [`${compare}: AbortError in 5000 ms, no request id`]
    },
    {
      name: "a proxy's page",
      ask: judged,
      faults: [{ operation: '*', kind: 'html', status: 502 }],
      told: [`${compare}: 502 in 0 ms, ${request(1)}`]
    }
  ])('$name', async ({ ask, faults = [], told }) => {
    const lines: string[] = []
    const { clock, github, ...rest } = gitHubJob({
      trace: { clock: { now: () => clock.now(), sleep: async () => {} }, tell: line => lines.push(line) }
    })
    for (const fault of faults) rest.faults.add(fault)
    await clock.run(() => ask(github))
    expect(lines).toEqual(told)
  })

  test('an id from a hostile proxy cannot break out of the line', async () => {
    const lines: string[] = []
    const { clock, github } = gitHubJob({
      trace: { clock: { now: () => 0, sleep: async () => {} }, tell: line => lines.push(line) },
      fetch: async () =>
        Response.json({}, { headers: { 'x-github-request-id': '\u0085::error::x ##[add-mask]y \u009b31m' } })
    })
    await clock.run(() => judged(github))
    expect(lines).toEqual([`${compare}: answered in 0 ms, request  / ::error::x #\\#[add-mask]y \\x9b31m`])
  })
})
