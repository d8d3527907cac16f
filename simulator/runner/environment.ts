import { randomUUID } from 'node:crypto'
import { delimiter, dirname, join } from 'node:path'
import { type Action, evaluate } from './action.ts'
import { fold } from './commands.ts'
import type { JobFolders } from './jobfolders.ts'
import type { JobLog } from './joblog.ts'
import { ownOs } from './os.ts'
import type { Step } from './step.ts'

interface Where {
  step: Step
  action: Action
  folders: JobFolders
  before?: JobLog
}

// Nothing that runs in this model may reach the real GitHub by accident: port 9 on this machine refuses immediately.
const NO_API = 'http://127.0.0.1:9'

/** For GitHub's services of artifacts and caches, which are not there. */
export const runtimeToken = 'simulated-runtime-token-of-the-job'

/** The step's name in the log. */
export const shownName = (step: Step): string => step.uses ?? '../'

/**
 * Evaluates the step's inputs and the action's defaults, warns of unknown and deprecated ones, and opens the log with
 * them, as ActionRunner.cs and Handler.cs in actions/runner do (2.336.0).
 */
export function readInputs({ step, action, folders, before }: Where, log: JobLog): Map<string, string> {
  const github = { ...githubContext(step, folders), token: step.token ?? '' }
  const inputs = new Map(Object.entries(step.inputs))
  const given = new Set([...inputs.keys()].map(fold))
  const declared = new Set([...action.inputs.keys()].map(fold))
  for (const [name, { default: value, deprecationMessage }] of action.inputs) {
    if (!given.has(fold(name))) inputs.set(name, evaluate(value, github))
    else if (deprecationMessage !== undefined)
      log.annotate('warning', `Input '${name}' has been deprecated with message: ${deprecationMessage}`)
  }
  const unknown = Object.keys(step.inputs).filter(name => !declared.has(fold(name)))
  const list = (names: Iterable<string>) => `'${[...names].join("', '")}'`
  if (unknown.length > 0)
    log.annotate(
      'warning',
      `Unexpected input(s) ${list(unknown)}, valid inputs are [${list(action.inputs.keys())}]`
    )
  if (before) log.show('output', 'Post job cleanup.')
  else showDetails(step, inputs, log)
  return inputs
}

function showDetails(step: Step, inputs: Map<string, string>, log: JobLog) {
  log.show('group', `Run ${shownName(step)}`)
  const section = (title: string, entries: [string, string][]) => {
    if (entries.length > 0) log.show('output', title)
    for (const [name, value] of entries) log.show('output', `  ${name}: ${value}`)
  }
  section(
    'with:',
    [...inputs].filter(([, value]) => value !== '')
  )
  section(
    'env:',
    Object.entries(step.env ?? {}).filter(([name]) => !isContext(name))
  )
  log.show('endgroup', '')
}

/** The environment of a process, except for the paths of its file-command files. */
export function environment(where: Where, inputs: Map<string, string>): Record<string, string> {
  const { step, folders, before } = where
  const own = Object.entries(step.env ?? {})
  const path = [...(before?.path ?? [])].reverse()
  const env: Record<string, string> = {
    CI: 'true',
    // An empty home, so that no AWS profile on this machine has any effect.
    HOME: folders.home,
    PATH: [...path, process.env.PATH ?? '/usr/bin:/bin'].join(delimiter),
    ...Object.fromEntries(before?.env ?? []),
    ...Object.fromEntries(own.filter(([name]) => !isContext(name)))
  }
  for (const [key, value] of before?.state ?? []) env[`STATE_${key}`] = value
  for (const [name, value] of inputs) env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = value
  for (const [key, value] of Object.entries(githubContext(step, folders)))
    env[`GITHUB_${key.toUpperCase()}`] = value
  delete env.NODE_ICU_DATA
  return {
    ...env,
    GITHUB_ACTIONS: 'true',
    ACTIONS_RUNTIME_URL: `${NO_API}/`,
    ACTIONS_RUNTIME_TOKEN: runtimeToken,
    ACTIONS_RESULTS_URL: `${NO_API}/`,
    ACTIONS_CACHE_SERVICE_V2: 'True',
    RUNNER_OS: step.os ?? ownOs,
    RUNNER_ARCH: 'X64',
    RUNNER_NAME: 'model-runner',
    RUNNER_ENVIRONMENT: 'self-hosted',
    RUNNER_WORKSPACE: dirname(folders.workspace),
    RUNNER_TEMP: folders.temp,
    RUNNER_TOOL_CACHE: join(folders.temp, 'tools'),
    RUNNER_TRACKING_ID: `github_${randomUUID()}`,
    ...Object.fromEntries(own.filter(([name]) => name.startsWith('RUNNER_')))
  }
}

const isContext = (name: string) => /^(GITHUB|RUNNER)_/.test(name)

/** The part of the `github` context that reaches the environment: names as in expressions. */
function githubContext(step: Step, folders: JobFolders): Record<string, string> {
  const sha = '8f3c2d1e0b9a7f6e5d4c3b2a1908f7e6d5c4b3a2'
  const [, repository, ref] = /^([^/]+\/[^/@]+)[^@]*@(.+)$/.exec(step.uses ?? '') ?? []
  const context: Record<string, string> = {
    action: 'release',
    actor: 'octocat',
    actor_id: '583231',
    api_url: NO_API,
    base_ref: '',
    event_name: 'push',
    event_path: join(folders.temp, 'event.json'),
    graphql_url: `${NO_API}/graphql`,
    head_ref: '',
    job: 'release',
    ref: 'refs/heads/main',
    ref_name: 'main',
    ref_protected: 'true',
    ref_type: 'branch',
    repository: 'acme/payments',
    repository_id: '417',
    repository_owner: 'acme',
    repository_owner_id: '42',
    retention_days: '90',
    run_attempt: '1',
    run_id: '9000000001',
    run_number: '7',
    server_url: 'https://github.com',
    sha,
    triggering_actor: 'octocat',
    workflow: 'release',
    workflow_ref: 'acme/payments/.github/workflows/release.yml@refs/heads/main',
    workflow_sha: sha,
    workspace: folders.workspace,
    ...(repository && ref ? { action_repository: repository, action_ref: ref } : {})
  }
  for (const [name, value] of Object.entries(step.env ?? {}))
    if (name.startsWith('GITHUB_')) context[name.slice('GITHUB_'.length).toLowerCase()] = value
  return context
}
