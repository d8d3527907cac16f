import { createServer, type IncomingMessage } from 'node:http'
import { ServiceError } from './error.ts'
import type { Fault, Faults } from './faults.ts'
import { type Listening, listen } from './wire/listen.ts'
import { flag, listOf, type StructureShape, structure, text } from './wire/shapes.ts'
import { decode } from './wire/validate.ts'

/** A repository at GitHub: its commits with their parents, and what it takes to get in. */
export interface Repository {
  /** `owner/repo`. */
  name: string
  token: string
  commits: Readonly<Record<string, readonly string[]>>
  /** The head of the default branch. */
  head: string
}

export interface GitHubDeployment {
  id: number
  environment: string
  production: boolean
  transient: boolean
  states: string[]
}

/** A request and the status of its answer; 0 while there is none. */
export interface GitHubRequest {
  operation: string
  body?: unknown
  status: number
}

interface Incoming {
  method: string
  url: URL
  headers: Headers
  body: string
}

/** Never answered: the connection is held, or dropped when `drop` says so. */
class NoAnswer extends Error {}

const deployment = structure(
  'Deployment',
  {
    ref: text({ min: 1 }),
    task: text({ max: 128 }),
    auto_merge: flag,
    required_contexts: listOf(text()),
    environment: text({ min: 1, max: 255 }),
    description: text({ max: 140 }),
    transient_environment: flag,
    production_environment: flag
  },
  ['ref']
)

const url = text({ pattern: /^https?:\/\/[^\s]+$/ })
const status = structure(
  'DeploymentStatus',
  {
    state: text({ oneOf: ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'] }),
    target_url: url,
    log_url: url,
    description: text({ max: 140 }),
    environment: text(),
    environment_url: url,
    auto_inactive: flag
  },
  ['state']
)

/**
 * The part of GitHub's REST API that a release uses: comparing commits, deployments and their statuses. Stricter than GitHub in two
 * ways: unknown members and query parameters are refused, and so are descriptions of deployments of more than 140 characters, a
 * limit that is documented only for statuses. Written from GitHub's REST API reference.
 */
export class GitHub {
  readonly requests: GitHubRequest[] = []
  readonly deployments: GitHubDeployment[] = []
  readonly #repository: Repository
  readonly #faults: Faults

  /** The operations for faults are `compare`, `deployment` and `status`. */
  constructor(repository: Repository, faults: Faults) {
    this.#repository = repository
    this.#faults = faults
  }

  /** Replaces the network; a request without an answer ends when its `signal` aborts. */
  readonly fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const { signal, method = 'GET', headers, body } = init
    signal?.throwIfAborted()
    try {
      return this.respond({
        method,
        url: new URL(String(input)),
        headers: new Headers(headers),
        body: String(body ?? '')
      })
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      return await new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
    }
  }

  /** @throws NoAnswer; TypeError as `fetch` does when the connection breaks */
  respond(incoming: Incoming): Response {
    const { method, url, body } = incoming
    const request: GitHubRequest = {
      operation: `${method} ${url.pathname}${url.search}`,
      ...(body && { body: parsed(body) }),
      status: 0
    }
    this.requests.push(request)
    let response: Response
    try {
      response = this.#answer(incoming, request)
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error
      const about = { message: error.message, documentation_url: 'https://docs.github.com/rest' }
      response = json(error.status, { ...about, ...error.extras, status: String(error.status) })
    }
    request.status = response.status
    response.headers.set('x-github-request-id', `0400:1F2E:${this.requests.length}:0:6B1F0000`)
    return response
  }

  #answer({ method, url, headers }: Incoming, { body }: GitHubRequest): Response {
    const { name, token } = this.#repository
    const prefix = `/repos/${name}/`
    const path = url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : ''
    const [, base, head] = /^compare\/([^/]+)\.\.\.([^/]+)$/.exec(path) ?? []
    const [, id] = /^deployments\/(\d+)\/statuses$/.exec(path) ?? []
    const isCompare = method === 'GET' && base !== undefined
    const isStatus = method === 'POST' && id !== undefined
    if (!isCompare && !isStatus && !(method === 'POST' && path === 'deployments')) throw missing()
    const fault = this.#faults.take(isCompare ? 'compare' : isStatus ? 'status' : 'deployment', 0)
    if (fault) strike(fault)
    if (fault?.kind === 'html') return page(fault.status ?? 200)
    if (!headers.get('user-agent'))
      throw new ServiceError('', 'Request forbidden by administrative rules', 403)
    if (!['token', 'Bearer'].some(each => headers.get('authorization') === `${each} ${token}`))
      throw new ServiceError('', 'Bad credentials', 401)
    if (fault?.kind === 'emptyJson') return json(200, {})
    if (fault?.kind === 'wrongShape') return json(200, { id: '1001', state: 1, ...oddComparison })
    if (isCompare) return this.#compare(base, head ?? '', url.searchParams)
    if (!headers.get('content-type')?.startsWith('application/json'))
      throw new ServiceError('', 'Problems parsing JSON', 400)
    return isStatus ? this.#state(Number(id), body) : this.#deploy(body)
  }

  #compare(base: string, head: string, query: URLSearchParams): Response {
    for (const name of query.keys())
      if (name !== 'page' && name !== 'per_page') throw invalid(`${name} is unknown`)
    const [ofBase, ofHead] = [this.#history(base), this.#history(head)]
    const ahead_by = [...ofHead].filter(each => !ofBase.has(each)).length
    const behind_by = [...ofBase].filter(each => !ofHead.has(each)).length
    if (ahead_by === ofHead.size)
      throw new ServiceError('', `No common ancestor between ${base} and ${head}.`, 404)
    const files =
      query.get('page') === '1' || !query.has('page') ? [{ filename: 'index.js', patch: '+' }] : []
    const order =
      ahead_by === 0 ? (behind_by === 0 ? 'identical' : 'behind') : behind_by === 0 ? 'ahead' : 'diverged'
    return json(200, { status: order, ahead_by, behind_by, total_commits: ahead_by, commits: [], files })
  }

  /** A commit and all its ancestors. */
  #history(sha: string): Set<string> {
    const found = new Set<string>()
    const waiting = [sha]
    for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
      const parents = this.#repository.commits[each]
      if (!parents) throw missing()
      if (!found.has(each)) waiting.push(...parents)
      found.add(each)
    }
    return found
  }

  #deploy(body: unknown): Response {
    const { payload, ...rest } = members(body)
    if (payload !== undefined && typeof payload !== 'string' && typeof payload !== 'object')
      throw invalid('payload')
    const { ref, auto_merge, required_contexts, ...asked } = checked(deployment, rest)
    const { commits, head } = this.#repository
    if (!commits[String(ref)]) throw new ServiceError('', `No ref found for: ${ref}`, 422)
    if (auto_merge !== false && ref !== head)
      return json(202, { message: `Auto-merged main into ${ref} on deployment.` })
    if (!Array.isArray(required_contexts) || required_contexts.length > 0)
      throw new ServiceError('', `Conflict: Commit status checks failed for ${ref}.`, 409)
    const environment = String(asked.environment ?? 'production')
    const created: GitHubDeployment = {
      id: 1001 + this.deployments.length,
      environment,
      production: asked.production_environment === true || environment === 'production',
      transient: asked.transient_environment === true,
      states: []
    }
    this.deployments.push(created)
    return json(201, { id: created.id, ref, sha: ref, environment, payload: payload ?? {} })
  }

  #state(id: number, body: unknown): Response {
    const found = this.deployments.find(each => each.id === id)
    if (!found) throw missing()
    const { state, auto_inactive } = checked(status, members(body))
    found.states.push(String(state))
    if (state === 'success' && auto_inactive !== false)
      for (const each of this.deployments)
        if (each !== found && each.environment === found.environment && !each.production && !each.transient)
          if (each.states.at(-1) === 'success') each.states.push('inactive')
    return json(201, { id: 1, state })
  }
}

const json = (status: number, body: unknown): Response => Response.json(body, { status })
const page = (status: number): Response =>
  new Response('<html><body>Please log in to the network.</body></html>', {
    status,
    headers: { 'content-type': 'text/html' }
  })

const oddComparison = { status: 'sideways', ahead_by: '1', behind_by: -0.5 }

const missing = (): ServiceError => new ServiceError('', 'Not Found', 404)
const invalid = (message: string): ServiceError =>
  new ServiceError('', 'Validation Failed', 422, { errors: [{ code: 'custom', message }] })

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

function members(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ServiceError('', 'Body should be a JSON object', 400)
  return body as Record<string, unknown>
}

function checked(shape: StructureShape, given: Record<string, unknown>): Record<string, unknown> {
  try {
    return decode(shape, given)
  } catch (error) {
    throw error instanceof ServiceError ? invalid(error.message) : error
  }
}

const hungUp = (): Error => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })

function strike({ kind, error }: Fault): void {
  if (kind === 'timeout') throw new NoAnswer()
  if (kind === 'dropBefore') throw new TypeError('fetch failed', { cause: hungUp() })
  if (kind === 'custom') throw new ServiceError('', error?.message ?? '', error?.status ?? 500)
}

/** Serves it over HTTP on this machine only; port 0 takes a free one. */
export async function serveGitHub(github: GitHub, port = 0): Promise<Listening> {
  const server = createServer(async (request, response) => {
    try {
      const answer = github.respond(await incoming(request))
      response.writeHead(answer.status, Object.fromEntries(answer.headers))
      response.end(await answer.text())
    } catch (error) {
      if (!(error instanceof NoAnswer)) request.socket.destroy()
    }
  })
  return await listen(server, port)
}

async function incoming(request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return {
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', 'http://github'),
    headers: new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks).toString()
  }
}
