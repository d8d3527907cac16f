import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Faults } from '../../simulator/faults.ts'
import { GitHub, serveGitHub } from '../../simulator/github.ts'
import { realClock } from '../../src/clock.ts'
import { createClient } from '../../src/github/client.ts'
import { newDeployment, newStatus } from '../../src/github/status.ts'
import { repository, says, sha } from './job.ts'

let faults: Faults
let simulated: GitHub
let server: Awaited<ReturnType<typeof serveGitHub>>
let client: ReturnType<typeof createClient>

beforeEach(async () => {
  faults = new Faults()
  simulated = new GitHub(repository, faults)
  server = await serveGitHub(simulated)
  client = createClient({
    token: repository.token,
    apiUrl: server.url,
    repository: repository.name,
    clock: realClock()
  })
})

afterEach(() => server.close())

describe('GitHub over HTTP', () => {
  test('is asked at the address of the job', async () => {
    expect([
      await client.compare(sha.newer, sha.ours),
      await client.createDeployment(newDeployment([], { sha: sha.ours, environment: 'staging' })),
      await client.createStatus(1001, newStatus('success', 'done', { runUrl: 'https://github.com/run' }))
    ]).toEqual([
      { kind: 'given', value: { status: 'behind', aheadBy: 0, behindBy: 1 } },
      { kind: 'given', value: 1001 },
      { kind: 'given', value: undefined }
    ])
    expect(simulated.deployments.map(({ states }) => states)).toEqual([['success']])
  })

  test.each<{ name: string; fault: Parameters<Faults['add']>[0]; kind: string }>([
    { name: '401', fault: says(401, 'Bad credentials'), kind: 'credentials' },
    { name: '403', fault: says(403, 'Resource not accessible by integration'), kind: 'denied' },
    { name: '404', fault: says(404, 'Not Found'), kind: 'missing' },
    { name: '409', fault: says(409, 'Conflict'), kind: 'rejected' },
    { name: '422', fault: says(422, 'Validation Failed'), kind: 'rejected' },
    { name: '429', fault: says(429, 'Slow down'), kind: 'throttled' },
    { name: '500', fault: says(500, 'Server Error'), kind: 'transient' },
    { name: '503', fault: says(503, 'Unavailable'), kind: 'transient' },
    { name: 'a broken connection', fault: { operation: '*', kind: 'dropBefore' }, kind: 'transient' },
    { name: "a proxy's page", fault: { operation: '*', kind: 'html' }, kind: 'malformed' },
    { name: 'an empty answer', fault: { operation: '*', kind: 'emptyJson' }, kind: 'malformed' }
  ])('$name is $kind', async ({ fault, kind }) => {
    faults.add(fault)
    expect(await client.compare(sha.older, sha.ours)).toMatchObject({ kind: 'failed', trouble: { kind } })
  })

  test('a server that is not there is transient', async () => {
    await server.close()
    expect(await client.compare(sha.older, sha.ours)).toMatchObject({
      kind: 'failed',
      trouble: { kind: 'transient' }
    })
  })

  test('a long message from GitHub is cut', async () => {
    faults.add(says(422, 'x'.repeat(1_000_000)))
    expect(await client.compare(sha.older, sha.ours)).toEqual({
      kind: 'failed',
      trouble: { kind: 'rejected', message: `422, ${'x'.repeat(300)}` }
    })
  })

  test('a token that is not valid in a header is not shown', async () => {
    const broken = createClient({
      token: 'ghs_line one\nline two',
      apiUrl: server.url,
      repository: repository.name,
      clock: realClock()
    })
    expect(await broken.compare(sha.older, sha.ours)).toEqual({
      kind: 'failed',
      trouble: { kind: 'transient', message: 'Headers.append: "token ***" is an invalid header value.' }
    })
  })

  test('a cancelled job sends no more requests', async () => {
    expect(await client.compare(sha.older, sha.ours, AbortSignal.abort())).toMatchObject({
      kind: 'failed',
      trouble: { kind: 'cancelled' }
    })
    expect(simulated.requests).toEqual([])
  })
})

describe('GitHub that limits requests', () => {
  test.each<{ name: string; headers: Record<string, string>; kind: string }>([
    { name: 'no requests left', headers: { 'x-ratelimit-remaining': '0' }, kind: 'throttled' },
    { name: 'a time to wait', headers: { 'retry-after': '60' }, kind: 'throttled' },
    { name: 'requests left', headers: { 'x-ratelimit-remaining': '999' }, kind: 'denied' }
  ])('403 with $name is $kind', async ({ headers, kind }) => {
    const limited = createClient({
      token: 'ghs_secret',
      apiUrl: 'https://github.example.com/api/v3',
      repository: 'acme/payments',
      clock: realClock(),
      fetch: async () => Response.json({ message: 'No' }, { status: 403, headers })
    })
    expect(await limited.compare(sha.older, sha.ours)).toEqual({
      kind: 'failed',
      trouble: { kind, message: '403, No' }
    })
  })
})
