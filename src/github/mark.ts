/** What a run writes into the description of a version that it publishes, parsed. */
export interface Mark {
  /** `owner/repo`. */
  repository: string
  /** The full commit id. */
  sha: string
  runId: string
  attempt: string
}

/**
 * Anybody who may publish a version can write any description, so only exactly what a run writes is accepted. Names as GitHub
 * allows them; managed users have `_` in their logins. SHA-256 repositories have the longer commit ids.
 */
const form =
  /^(?<repository>[A-Za-z0-9][A-Za-z0-9_-]{0,99}\/(?!\.{1,2}@)[A-Za-z0-9._-]{1,100})@(?<sha>[0-9a-f]{40}|[0-9a-f]{64}) run (?<runId>[1-9]\d{0,19})\.(?<attempt>[1-9]\d{0,9})$/

/** Parses `owner/repo@sha run id.attempt`; undefined for any other description. */
export function markIn(description: string | undefined): Mark | undefined {
  const { repository, sha, runId, attempt } = form.exec(description ?? '')?.groups ?? {}
  return repository && sha && runId && attempt ? { repository, sha, runId, attempt } : undefined
}

/** GitHub ignores case in owners and repositories. */
export const isSameRepository = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** The page of a commit. `serverUrl` is such as `https://github.com`. */
export const commitUrl = (serverUrl: string, repository: string, sha: string): string =>
  `${serverUrl}/${repository}/commit/${sha}`

/** The page of the commits that `head` has and `base` does not. */
export const compareUrl = (serverUrl: string, repository: string, base: string, head: string): string =>
  `${serverUrl}/${repository}/compare/${base}...${head}`

/** The page of one attempt of a run. */
export const runUrl = (
  serverUrl: string,
  { repository, runId, attempt }: Pick<Mark, 'repository' | 'runId' | 'attempt'>
): string => `${serverUrl}/${repository}/actions/runs/${runId}/attempts/${attempt}`
