import { type Trace, traced } from '../trace.ts'
import { type Answer, failed, given, type Trouble } from './answer.ts'
import type { Comparer, Comparison } from './outdated.ts'
import type { GitHubDeployments } from './status.ts'
import { signs } from './trace.ts'

export interface GitHubClientOptions {
  /** Empty: GitHub is never asked anything. */
  token: string
  /** Such as `https://api.github.com`. */
  apiUrl: string
  /** `owner/repo`. */
  repository: string
  clock: Patience
  /** Replaces the network in simulations. Default: undici's `fetch`, through the job's proxy. */
  fetch?: typeof globalThis.fetch
  /** Receives a line for every request. Default: no trace. */
  trace?: Trace
}

/** The part of a clock that waits; `ms` is measured on the machine that sends the request. */
export interface Patience {
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The release waits for this answer, so not for long, ms. */
const compareMs = 5_000
/** Nobody waits for these, ms. */
const recordMs = 10_000
/** Without a limit, a proxy's error page would fill the log. */
const longest = 300

type Octokit = ReturnType<typeof import('@actions/github').getOctokit>
type Sending = { signal: AbortSignal; fetch?: typeof globalThis.fetch }

/**
 * The job's repository in GitHub's API. The library is loaded with the first request: it reads the job's event while loading, and
 * a release that does not need GitHub should not depend on that. Nothing here throws; every request has a time limit, and none is
 * repeated.
 */
export function createClient({
  token,
  apiUrl,
  repository,
  clock,
  fetch,
  trace
}: GitHubClientOptions): Comparer & GitHubDeployments {
  const [owner = '', repo = ''] = repository.split('/')
  let loading: Promise<Octokit> | undefined
  const loaded = (): Promise<Octokit> => {
    loading ??= load(token, apiUrl, trace)
    return loading
  }

  async function ask<T>(
    request: (octokit: Octokit, sending: Sending) => Promise<Answer<T>>,
    withinMs: number,
    cancelled?: AbortSignal
  ): Promise<Answer<T>> {
    if (!token) return failed('no-token', 'no github-token was given')
    const answered = new AbortController()
    const hangUp = new AbortController()
    const bounds = AbortSignal.any([answered.signal, ...(cancelled ? [cancelled] : [])])
    const asking = async (): Promise<Answer<T>> => {
      try {
        return await request(await loaded(), { signal: hangUp.signal, ...(fetch && { fetch }) })
      } catch (error) {
        return { kind: 'failed', trouble: troubleOf(error, token) }
      }
    }
    await loaded().catch(() => {})
    if (bounds.aborted) return hungUp
    const waiting = clock.sleep(withinMs, bounds).then(() => {
      hangUp.abort()
      return cancelled?.aborted ? hungUp : failed('transient', `no answer within ${withinMs / 1_000} s`)
    })
    try {
      return await Promise.race([asking(), waiting])
    } finally {
      answered.abort()
    }
  }

  return {
    compare: (base, head, cancelled) =>
      ask(
        async (octokit, request) => {
          const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
            owner,
            repo,
            basehead: `${base}...${head}`,
            // Only the first page lists the changed files, with their patches; every page has the counts.
            per_page: 1,
            page: 2,
            request
          })
          return comparisonIn(data)
        },
        compareMs,
        cancelled
      ),
    createDeployment: (deployment, cancelled) =>
      ask(
        async (octokit, request) => {
          const answer = await octokit.rest.repos.createDeployment({ owner, repo, ...deployment, request })
          const { id } = answer.data as { id?: unknown }
          return Number.isSafeInteger(id)
            ? given(id as number)
            : failed('malformed', `the answer (${answer.status}) holds no deployment`)
        },
        recordMs,
        cancelled
      ),
    createStatus: (deploymentId, status, cancelled) =>
      ask(
        async (octokit, request) => {
          await octokit.rest.repos.createDeploymentStatus({
            owner,
            repo,
            deployment_id: deploymentId,
            ...status,
            request
          })
          return given(undefined)
        },
        recordMs,
        cancelled
      )
  }
}

const hungUp = failed('cancelled', 'the request was given up')

async function load(token: string, baseUrl: string, trace?: Trace): Promise<Octokit> {
  const { getOctokit } = await import('@actions/github')
  // Otherwise Octokit writes to the console, which the runner scans for commands.
  const silent = () => {}
  const octokit = getOctokit(token, {
    baseUrl,
    log: { debug: silent, info: silent, warn: silent, error: silent }
  })
  // The route as GitHub documents it, `GET /repos/{owner}/{repo}/compare/{basehead}`, without its parameters.
  if (trace)
    octokit.hook.wrap('request', (send, request) =>
      traced(trace, `${request.method} ${request.url}`, async () => await send(request), signs)
    )
  return octokit
}

const statuses: readonly unknown[] = [
  'ahead',
  'behind',
  'identical',
  'diverged'
] satisfies Comparison['status'][]

function comparisonIn(data: unknown): Answer<Comparison> {
  const { status, ahead_by, behind_by } = (data ?? {}) as Record<string, unknown>
  if (!statuses.includes(status) || !Number.isSafeInteger(ahead_by) || !Number.isSafeInteger(behind_by))
    return failed('malformed', 'the answer holds no comparison')
  return given({
    status: status as Comparison['status'],
    aheadBy: ahead_by as number,
    behindBy: behind_by as number
  })
}

/** Octokit also says 500 when there was no answer at all. */
function troubleOf(thrown: unknown, token: string): Trouble {
  const error = thrown as {
    status?: number
    message?: string
    response?: { data?: unknown; headers?: Record<string, string | number | undefined> }
  }
  const { status = 0, response } = error
  const said = typeof response?.data === 'object' || !response ? error.message : undefined
  // If a token is not valid in a header, the error quotes it.
  const words = (said || 'no reason given')
    .replaceAll(token, '***')
    .replace(/ - https?:\S+$/, '')
    .slice(0, longest)
  if (!response) return { kind: 'transient', message: words }
  const headers = response.headers ?? {}
  const limited = headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0'
  return { kind: kindOf(status, limited), message: `${status}, ${words}` }
}

function kindOf(status: number, limited: boolean): Trouble['kind'] {
  if (status >= 500) return 'transient'
  if (status === 429 || (status === 403 && limited)) return 'throttled'
  if (status === 401) return 'credentials'
  if (status === 403) return 'denied'
  if (status === 404) return 'missing'
  return 'rejected'
}
