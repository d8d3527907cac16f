import { VirtualClock } from '../../simulator/clock.ts'
import { Faults } from '../../simulator/faults.ts'
import { GitHub } from '../../simulator/github.ts'
import { createGitHub, type GitHubOptions } from '../../src/github/github.ts'
import { headline } from '../../src/report/words.ts'
import { servingText } from '../../src/text/traffic.ts'

const id = (digit: string): string => digit.repeat(40)
/** `base` ← `older` ← `ours` ← `newer`, and `base` ← `branch`; `orphan` has no common ancestor with them. */
export const sha = {
  base: id('1'),
  older: id('2'),
  ours: id('3'),
  newer: id('4'),
  branch: id('5'),
  orphan: id('6')
}

/** A commit that was removed by a force push. */
export const gone = id('7')

export const repository = {
  name: 'acme/payments',
  token: 'ghs_secret',
  commits: {
    [sha.base]: [],
    [sha.older]: [sha.base],
    [sha.ours]: [sha.older],
    [sha.newer]: [sha.ours],
    [sha.branch]: [sha.base],
    [sha.orphan]: []
  },
  head: sha.newer
}

export const words = { serving: servingText, headline }

export const liveFrom = (commit: string, name = 'acme/payments'): string => `${name}@${commit} run 4700.1`

/** A job at commit `ours`, with a simulated GitHub and virtual time. */
export function gitHubJob(over: Partial<GitHubOptions> = {}) {
  const clock = new VirtualClock(0)
  const faults = new Faults()
  const simulated = new GitHub(repository, faults)
  const warnings: string[] = []
  const created: number[] = []
  const sentAt: number[] = []
  /** Requests that were neither answered nor aborted. */
  const pending = { count: 0 }
  const github = createGitHub({
    token: repository.token,
    environment: 'staging',
    env: {
      GITHUB_REPOSITORY: 'acme/payments',
      GITHUB_SHA: sha.ours,
      GITHUB_RUN_ID: '4711',
      GITHUB_RUN_ATTEMPT: '2'
    },
    clock,
    words,
    cancelled: new AbortController().signal,
    warn: message => void warnings.push(message),
    deployment: { created: deployment => void created.push(deployment) },
    fetch: async (input, init) => {
      sentAt.push(clock.now())
      pending.count += 1
      try {
        return await simulated.fetch(input, init)
      } finally {
        pending.count -= 1
      }
    },
    ...over
  })
  if (!github) throw new Error('the job says which repository it is for')
  const { environment } = github
  if (!environment) throw new Error('github-environment is given')
  /** Each status that was sent: second, state, description, and GitHub's answer. */
  const statuses = () =>
    simulated.requests.flatMap(({ operation, body, status }, index) => {
      const { state, description } = body as { state?: string; description?: string }
      const at = `${(sentAt[index] ?? 0) / 1_000}s`
      return operation.endsWith('/deployments')
        ? [`${at} create: ${description} (${status || 'no answer'})`]
        : [`${at} ${state}: ${description} (${status || 'no answer'})`]
    })
  return { clock, faults, simulated, warnings, created, github, environment, statuses, pending }
}

/** GitHub's answer to every request of one kind from now on. */
export const says = (status: number, message: string, operation = '*') => ({
  operation,
  kind: 'custom' as const,
  times: Number.POSITIVE_INFINITY,
  error: { name: '', message, status }
})
