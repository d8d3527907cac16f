import { describe, expect, test } from '@jest/globals'
import { Faults } from '../../simulator/faults.ts'
import { GitHub } from '../../simulator/github.ts'
import { repository, sha } from '../github/job.ts'

const headers = {
  authorization: 'token ghs_secret',
  'user-agent': 'test',
  'content-type': 'application/json; charset=utf-8'
}
const minimal = { ref: sha.ours, auto_merge: false, required_contexts: [] }
const deployments = '/repos/acme/payments/deployments'
const statuses = `${deployments}/1001/statuses`

/** Sends a request to a repository with one deployment. */
async function ask(path: string, body?: unknown, over: Record<string, string> = {}) {
  const github = new GitHub(repository, new Faults())
  const send = (to: string, what?: unknown) =>
    github.fetch(`https://api.github.com${to}`, {
      method: what === undefined ? 'GET' : 'POST',
      headers: { ...headers, ...over },
      ...(what !== undefined && { body: JSON.stringify(what) })
    })
  if (path === statuses) await send(deployments, minimal)
  const response = await send(path, body)
  return { status: response.status, body: await response.json(), github }
}

describe('the simulated GitHub', () => {
  test.each<{
    base: keyof typeof sha
    head: keyof typeof sha
    status: string
    ahead: number
    behind: number
  }>([
    { base: 'ours', head: 'ours', status: 'identical', ahead: 0, behind: 0 },
    { base: 'base', head: 'ours', status: 'ahead', ahead: 2, behind: 0 },
    { base: 'newer', head: 'base', status: 'behind', ahead: 0, behind: 3 },
    { base: 'branch', head: 'newer', status: 'diverged', ahead: 3, behind: 1 }
  ])('$head is $status compared with $base', async ({ base, head, status, ahead, behind }) => {
    expect((await ask(`/repos/acme/payments/compare/${sha[base]}...${sha[head]}`)).body).toMatchObject({
      status,
      ahead_by: ahead,
      behind_by: behind
    })
  })

  test.each<{ name: string; path: string; body?: unknown; headers?: Record<string, string>; status: number }>(
    [
      { name: 'takes a deployment', path: deployments, body: minimal, status: 201 },
      { name: 'takes a status', path: statuses, body: { state: 'success' }, status: 201 },
      {
        name: 'takes a token as bearer',
        path: deployments,
        body: minimal,
        headers: { authorization: 'Bearer ghs_secret' },
        status: 201
      },
      {
        name: 'refuses a request without a token',
        path: deployments,
        body: minimal,
        headers: { authorization: '' },
        status: 401
      },
      {
        name: 'refuses another token',
        path: deployments,
        body: minimal,
        headers: { authorization: 'token ghs_other' },
        status: 401
      },
      {
        name: 'refuses a request without a user agent',
        path: deployments,
        body: minimal,
        headers: { 'user-agent': '' },
        status: 403
      },
      {
        name: 'refuses what is not JSON',
        path: deployments,
        body: minimal,
        headers: { 'content-type': 'text/plain' },
        status: 400
      },
      { name: 'refuses a list', path: deployments, body: [minimal], status: 400 },
      {
        name: 'knows no other repository',
        path: '/repos/acme/other/deployments',
        body: minimal,
        status: 404
      },
      { name: 'knows no other endpoint', path: '/repos/acme/payments/releases', body: {}, status: 404 },
      { name: 'does not list deployments', path: deployments, status: 404 },
      {
        name: 'knows no other deployment',
        path: `${deployments}/7/statuses`,
        body: { state: 'success' },
        status: 404
      },
      {
        name: 'knows no commit that was removed by a force push',
        path: `/repos/acme/payments/compare/${sha.ours}...abc`,
        status: 404
      },
      {
        name: 'compares only commits with a common ancestor',
        path: `/repos/acme/payments/compare/${sha.ours}...${sha.orphan}`,
        status: 404
      },
      {
        name: 'refuses an unknown parameter',
        path: `/repos/acme/payments/compare/${sha.ours}...${sha.base}?perpage=1`,
        status: 422
      },
      { name: 'requires a ref', path: deployments, body: { ...minimal, ref: undefined }, status: 422 },
      {
        name: 'requires a ref that exists',
        path: deployments,
        body: { ...minimal, ref: 'abc' },
        status: 422
      },
      {
        name: 'refuses an unknown member',
        path: deployments,
        body: { ...minimal, enviroment: 'x' },
        status: 422
      },
      {
        name: 'refuses a wrong type',
        path: deployments,
        body: { ...minimal, auto_merge: 'false' },
        status: 422
      },
      {
        name: 'refuses a payload that is a number',
        path: deployments,
        body: { ...minimal, payload: 1 },
        status: 422
      },
      {
        name: 'refuses a long description of a deployment',
        path: deployments,
        body: { ...minimal, description: 'x'.repeat(141) },
        status: 422
      },
      {
        name: 'merges when auto_merge is left out',
        path: deployments,
        body: { ...minimal, auto_merge: undefined },
        status: 202
      },
      {
        name: 'insists on checks when required_contexts is left out',
        path: deployments,
        body: { ...minimal, required_contexts: undefined },
        status: 409
      },
      {
        name: 'insists on checks when auto_merge has nothing to merge',
        path: deployments,
        body: { ref: sha.newer, auto_merge: true },
        status: 409
      },
      { name: 'requires a state', path: statuses, body: {}, status: 422 },
      { name: 'requires a state that exists', path: statuses, body: { state: 'cancelled' }, status: 422 },
      {
        name: 'takes a description of 140 characters',
        path: statuses,
        body: { state: 'success', description: 'x'.repeat(140) },
        status: 201
      },
      {
        name: 'refuses a longer one',
        path: statuses,
        body: { state: 'success', description: 'x'.repeat(141) },
        status: 422
      },
      {
        name: 'refuses an invalid URL',
        path: statuses,
        body: { state: 'success', environment_url: 'javascript:alert(1)' },
        status: 422
      },
      {
        name: 'refuses an unknown member of a status',
        path: statuses,
        body: { state: 'success', autoInactive: false },
        status: 422
      }
    ]
  )('$name', async ({ path, body, headers: over, status }) => {
    expect((await ask(path, body, over)).status).toBe(status)
  })

  test.each<{ name: string; status: object; environment?: object; older: string }>([
    { name: 'makes inactive', status: {}, older: 'inactive' },
    { name: 'leaves alone when it is told to', status: { auto_inactive: false }, older: 'success' },
    {
      name: 'leaves alone under another name',
      status: {},
      environment: { environment: 'staging/orders' },
      older: 'success'
    },
    {
      name: 'leaves alone in production',
      status: {},
      environment: { environment: 'production' },
      older: 'success'
    }
  ])('success $name an older deployment', async ({ status, environment, older }) => {
    const github = new GitHub(repository, new Faults())
    const post = (path: string, body: object) =>
      github.fetch(`https://api.github.com${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const first = environment && 'environment' in environment && environment.environment === 'production'
    await post(deployments, { ...minimal, environment: first ? 'production' : 'staging' })
    await post(statuses, { state: 'success' })
    await post(deployments, { ...minimal, environment: 'staging', ...environment })
    await post(`${deployments}/1002/statuses`, { state: 'success', ...status })
    expect(github.deployments.map(({ states }) => states.at(-1))).toEqual([older, 'success'])
  })
})
