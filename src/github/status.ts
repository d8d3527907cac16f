import { qualifiedName } from '../deployment/names.ts'
import type { Traffic } from '../deployment/observation.ts'
import type { OutcomeKind } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import type { Answer } from './answer.ts'

/** The body of `POST /repos/{owner}/{repo}/deployments`, with the API's names. */
export interface NewDeployment {
  ref: string
  task: 'deploy'
  auto_merge: false
  required_contexts: string[]
  environment: string
  description: string
  transient_environment: false
  payload: { functions: Record<string, string>[] }
}

export type State = 'in_progress' | 'success' | 'failure' | 'error'

/** The body of `POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses`. */
export interface NewStatus {
  state: State
  description: string
  log_url: string
  environment_url?: string
  auto_inactive: false
}

/** GitHub's deployments of the job's repository. Nothing here throws. */
export interface GitHubDeployments {
  /** Returns the deployment's id. */
  createDeployment(deployment: NewDeployment, cancelled?: AbortSignal): Promise<Answer<number>>
  createStatus(deploymentId: number, status: NewStatus, cancelled?: AbortSignal): Promise<Answer<undefined>>
}

/** The words that the log and the summary use. */
export interface Words {
  /** `v8`, or `v7 90% and v8 10%`. */
  serving(traffic: Traffic): string
  /** The outcome in one sentence. */
  headline(record: ReleaseRecord): string
}

/**
 * GitHub's state for each outcome. GitHub has no state for a cancelled deployment. `failure` means that the release did not
 * complete, `error` that nobody knows.
 */
export const stateOf: Readonly<Record<OutcomeKind, State>> = {
  succeeded: 'success',
  unchanged: 'success',
  created: 'success',
  weighted: 'success',
  planned: 'success',
  started: 'in_progress',
  'rolled-back': 'failure',
  failed: 'failure',
  stopped: 'failure',
  'timed-out': 'failure',
  interrupted: 'failure',
  lost: 'error',
  refused: 'failure'
}

/**
 * One deployment for the whole step. By default, `auto_merge` merges the default branch into the commit, and `required_contexts`
 * refuses while any check of the commit is pending, such as this very job: see "Create a deployment" in GitHub's REST API. Whether
 * the environment is a production one is left to GitHub, which goes by its name.
 */
export function newDeployment(
  records: readonly ReleaseRecord[],
  { sha, environment }: { sha: string; environment: string }
): NewDeployment {
  return {
    ref: sha,
    task: 'deploy',
    auto_merge: false,
    required_contexts: [],
    environment,
    description: cut(records.map(each => `${qualifiedName(each)} ${versions(each)}`.trim()).join(', ')),
    transient_environment: false,
    payload: { functions: records.map(facts) }
  }
}

/** By the names of the step's outputs. */
function facts(record: ReleaseRecord): Record<string, string> {
  const { functionName, alias, previousVersion, version, deploymentId } = record
  return {
    'function-name': functionName,
    alias,
    ...(previousVersion && { 'previous-version': previousVersion }),
    ...(version && { version }),
    ...(deploymentId && { 'deployment-id': deploymentId })
  }
}

/**
 * Without `auto_inactive: false`, GitHub would mark every earlier successful deployment to an environment of that name inactive.
 * An environment such as `staging` is shared: by other functions, regions and workflows, and by the job's own `environment:`.
 */
export function newStatus(
  state: State,
  description: string,
  { runUrl, consoleUrl }: { runUrl: string; consoleUrl?: string | undefined }
): NewStatus {
  return {
    state,
    description: cut(description),
    log_url: runUrl,
    ...(consoleUrl && { environment_url: consoleUrl }),
    auto_inactive: false
  }
}

/** Where the traffic of each release goes, as far as it was seen. */
export function progress(seen: ReadonlyMap<ReleaseRecord, Traffic | undefined>, words: Words): string {
  return [...seen]
    .map(([record, traffic]) => {
      const before = record.previousVersion && { version: record.previousVersion, weights: {} }
      const serving = traffic ?? before
      return serving ? `${qualifiedName(record)} on ${words.serving(serving)}` : qualifiedName(record)
    })
    .join(', ')
}

/** The end, in the words of the release with the worst outcome. */
export function conclusion(kind: OutcomeKind, records: readonly ReleaseRecord[], words: Words): string {
  const worst = records.find(({ outcome }) => outcome?.kind === kind)
  if (!worst) return kind
  const others = records.length - 1
  return `${words.headline(worst)}${others > 0 ? ` (and ${others} more)` : ''}`
}

const versions = ({ previousVersion, version }: ReleaseRecord): string =>
  [previousVersion, version].flatMap(each => (each ? `v${each}` : [])).join(' → ')

/** GitHub's limit for the description of a status, in characters. */
const longest = 140

const cut = (text: string): string =>
  text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text

/** What main has left for post, as JSON; undefined when that is nothing, or when it cannot be understood. */
export function fromStatusState(text: string): NewStatus | undefined {
  try {
    return text ? (JSON.parse(text) as NewStatus) : undefined
  } catch {
    return undefined
  }
}
