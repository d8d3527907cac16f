/** What a run writes into the description of a version that it publishes, read back. */
export interface Mark {
  /** `owner/repo`. */
  repository: string
  /** Of the commit, in full. */
  sha: string
  runId: string
  attempt: string
}

/**
 * Anybody who may publish a version writes its description, so only what a run itself writes is taken, and whole. Names as GitHub
 * allows them; `_` is in the logins of managed users. SHA-256 repositories have the longer commit ids.
 */
const form =
  /^(?<repository>[A-Za-z0-9][A-Za-z0-9_-]{0,99}\/(?!\.{1,2}@)[A-Za-z0-9._-]{1,100})@(?<sha>[0-9a-f]{40}|[0-9a-f]{64}) run (?<runId>[1-9]\d{0,19})\.(?<attempt>[1-9]\d{0,9})$/

/** The mark `owner/repo@sha run id.attempt`; undefined when the description is anything else. */
export function markIn(description: string | undefined): Mark | undefined {
  const { repository, sha, runId, attempt } = form.exec(description ?? '')?.groups ?? {}
  return repository && sha && runId && attempt ? { repository, sha, runId, attempt } : undefined
}

/** GitHub takes owners and repositories in any case. */
export const isSameRepository = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Page of a commit. `serverUrl` such as `https://github.com`. */
export const commitUrl = (serverUrl: string, repository: string, sha: string): string =>
  `${serverUrl}/${repository}/commit/${sha}`

/** Page of the commits that `head` has and `base` has not. */
export const compareUrl = (serverUrl: string, repository: string, base: string, head: string): string =>
  `${serverUrl}/${repository}/compare/${base}...${head}`

/** Page of one attempt of a run. */
export const runUrl = (
  serverUrl: string,
  { repository, runId, attempt }: Pick<Mark, 'repository' | 'runId' | 'attempt'>
): string => `${serverUrl}/${repository}/actions/runs/${runId}/attempts/${attempt}`
