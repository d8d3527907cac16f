import type { IfOutdated } from '../inputs/inputs.ts'
import type { Trace } from '../trace.ts'
import { createClient, type Patience } from './client.ts'
import { Environment, type EnvironmentOptions } from './environment.ts'
import { commitUrl, compareUrl, type Mark, runUrl } from './mark.ts'
import {
  type Comparer,
  compareWithLive,
  type LiveCommit,
  type Place,
  type Verdict,
  verdictOn,
  warningOf
} from './outdated.ts'
import type { Words } from './status.ts'

export interface GitHubOptions {
  /** Empty: GitHub is never asked anything. */
  token: string
  /** Empty: the release is not recorded at GitHub. */
  environment: string
  env: Readonly<Record<string, string | undefined>>
  clock: Patience
  words: Words
  cancelled: AbortSignal
  warn(message: string): void
  /** As in EnvironmentOptions. */
  deployment?: Pick<EnvironmentOptions, 'id' | 'created' | 'keep'>
  fetch?: typeof globalThis.fetch
  /** As in ClientOptions. */
  trace?: Trace
}

/** What a release needs from the job's repository at GitHub. */
export interface GitHub {
  /** How the live commit relates to ours, and what `if-outdated` makes of that. Takes seconds at most and never throws. */
  judge(
    liveDescription: string | undefined,
    policy: IfOutdated,
    place?: Place
  ): Promise<{ standing: LiveCommit; verdict: Verdict }>
  /** Links to the commit that was live before, and to what this release adds. */
  links(live: Mark): { live: string; brings: string }
  /** Undefined when the release is not recorded at GitHub. */
  environment?: Environment
}

/** Undefined when the job does not say which repository and commit it is for, as happens outside GitHub Actions. */
export function createGitHub(options: GitHubOptions): GitHub | undefined {
  const { token, env, clock, words, cancelled, deployment, fetch, trace } = options
  const { GITHUB_REPOSITORY: repository, GITHUB_SHA: sha, GITHUB_RUN_ID: runId = '' } = env
  if (!repository || !sha) return undefined
  const serverUrl = env.GITHUB_SERVER_URL || 'https://github.com'
  const apiUrl = env.GITHUB_API_URL || 'https://api.github.com'
  const client = createClient({
    token,
    apiUrl,
    repository,
    clock,
    ...(fetch && { fetch }),
    ...(trace && { trace })
  })
  const warn = once(options.warn)
  const compare = remembering(client)
  return {
    async judge(liveDescription, policy, place) {
      const standing = await compareWithLive(liveDescription, { repository, sha }, compare, cancelled, place)
      const warning = standing.kind === 'unknown' && warningOf(standing, policy)
      if (warning) warn(warning)
      return { standing, verdict: verdictOn(standing, policy) }
    },
    links: live => ({
      live: commitUrl(serverUrl, live.repository, live.sha),
      brings: compareUrl(serverUrl, repository, live.sha, sha)
    }),
    ...(options.environment && {
      environment: new Environment({
        environment: options.environment,
        sha,
        runUrl: runUrl(serverUrl, {
          repository,
          runId,
          attempt: env.GITHUB_RUN_ATTEMPT || '1'
        }),
        github: client,
        clock,
        words,
        warn,
        ...deployment
      })
    })
  }
}

/** One warning about GitHub is enough for a step. */
function once(warn: (message: string) => void): (message: string) => void {
  let warned = false
  return message => {
    if (!warned) warn(message)
    warned = true
  }
}

/** Functions that are released together mostly come from the same commit, so the answer is remembered. */
function remembering(github: Comparer): Comparer {
  const asked = new Map<string, ReturnType<Comparer['compare']>>()
  return {
    compare(base, head, cancelled) {
      const key = `${base}...${head}`
      const answer = asked.get(key) ?? github.compare(base, head, cancelled)
      asked.set(key, answer)
      return answer
    }
  }
}
