/**
 * Why a request to GitHub's API failed:
 * - `no-token`: nothing was sent;
 * - `credentials`, `denied`, `missing`, `rejected`: a definite no (401, 403, 404, other 4xx);
 * - `throttled`: too many requests (403 or 429);
 * - `transient`: 5xx, no connection, or no answer in time;
 * - `malformed`: an answer that cannot be understood;
 * - `cancelled`: we gave the request up.
 */
export interface Trouble {
  kind:
    | 'no-token'
    | 'credentials'
    | 'denied'
    | 'missing'
    | 'rejected'
    | 'throttled'
    | 'transient'
    | 'malformed'
    | 'cancelled'
  /** In GitHub's words, or ours, in short. Foreign text. */
  message: string
}

/** An answer of GitHub's API. A refusal is a value and never thrown: no release depends on GitHub. */
export type Answer<T> = { kind: 'given'; value: T } | { kind: 'failed'; trouble: Trouble }

export const given = <T>(value: T): Answer<T> => ({ kind: 'given', value })
export const failed = (kind: Trouble['kind'], message: string): Answer<never> => ({
  kind: 'failed',
  trouble: { kind, message }
})

/**
 * A warning for people. `subject` says what was not done; `permission` is what the job's token needs for it, such as
 * `deployments: write`.
 */
export function troubleText(subject: string, permission: string, { kind, message }: Trouble): string {
  const why = `${subject}: ${message.replace(/[.\s]+$/, '')}. The release does not depend on it.`
  switch (kind) {
    case 'no-token':
    case 'credentials':
      return `${why} Give github-token a token that is valid for as long as the job runs, such as the default.`
    case 'denied':
      return `${why} The job needs permissions: ${permission}; a token for a pull request from a fork never has write access.`
    case 'missing':
      return `${why} GitHub also answers this when the token lacks access: the job needs permissions: ${permission}.`
    case 'rejected':
    case 'throttled':
    case 'transient':
    case 'malformed':
    case 'cancelled':
      return why
  }
}
