import { describe, expect, test } from '@jest/globals'
import { type Fault, Faults } from '../../simulator/faults.ts'
import { GitHub } from '../../simulator/github.ts'
import { liveFrom, repository, says, sha } from '../github/job.ts'
import { alarmGoesOff, jobIsCancelled, later, liveComesFrom } from './incidents.ts'
import { release as inputs, type Play, type Played, play } from './play.ts'

interface Job extends Pick<Play, 'before'> {
  token?: string
  environment?: string
  faults?: readonly Fault[]
}

/** A call as it was sent: method and path, then the body if it has one. */
type Call = [call: string, body?: unknown]

interface Done {
  played: Played
  calls: Call[]
  warnings: string[]
}

/**
 * The live version comes from the commit before ours, and version 9 takes its place. Without `job`, there is no token, so that
 * nothing is asked of GitHub.
 */
async function released(before: Play['before'], job?: Job): Promise<Done> {
  const faults = new Faults()
  for (const fault of job?.faults ?? []) faults.add(fault)
  const github = new GitHub(repository, faults)
  const played = await play({
    inputs: {
      ...inputs,
      'github-token': job ? (job.token ?? repository.token) : '',
      'github-environment': job?.environment ?? ''
    },
    env: { GITHUB_SHA: sha.ours },
    github: () => github,
    before: (aws, clock, cancel) => {
      // A mark that names a commit is what GitHub is asked about; the environment's story is told without.
      liveComesFrom(job?.environment ? 'by hand' : liveFrom(sha.older))(aws, clock, cancel)
      before?.(aws, clock, cancel)
    }
  })
  const warnings = played.annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)
  const ours = new RegExp(played.outputs['deployment-id'] || '$^', 'g')
  const calls = github.requests.map(
    ({ operation, body }): Call =>
      body ? [operation, JSON.parse(JSON.stringify(body).replace(ours, id))] : [operation]
  )
  return { played, calls, warnings }
}

/** What must not depend on GitHub: how the release ended, and each request to AWS with its time. The summary links to the commits. */
const release = ({ played: { passed, outputs, aws } }: Done) => ({
  passed,
  outputs: { ...outputs, summary: undefined },
  requests: aws.requests.map(({ at, operation, input, status }) => ({ at, operation, input, status }))
})

const compared: Call = [`GET /repos/acme/payments/compare/${sha.older}...${sha.ours}?per_page=1&page=2`]

/** Stands for CodeDeploy's id of the release. */
const id = 'd-OURS'

const created: Call = [
  'POST /repos/acme/payments/deployments',
  {
    ref: sha.ours,
    task: 'deploy',
    auto_merge: false,
    required_contexts: [],
    environment: 'staging',
    description: 'payments-api:live v8 → v9',
    transient_environment: false,
    payload: {
      functions: [
        {
          'function-name': 'payments-api',
          alias: 'live',
          'previous-version': '8',
          version: '9',
          'deployment-id': id
        }
      ]
    }
  }
]

const status = (state: string, description: string): Call => [
  'POST /repos/acme/payments/deployments/1001/statuses',
  {
    state,
    description,
    log_url: 'https://github.com/acme/payments/actions/runs/4711/attempts/1',
    environment_url: `https://eu-west-1.console.aws.amazon.com/codesuite/codedeploy/deployments/${id}?region=eu-west-1`,
    auto_inactive: false
  }
]

const begun = status('in_progress', 'payments-api:live on v8')
const tenth = status('in_progress', 'payments-api:live on v8 90% and v9 10%')
const whole = status('in_progress', 'payments-api:live on v9')
const done = status('success', 'payments-api:live is wholly on v9 in 5m 04s.')
const back = status('failure', 'payments-api:live was rolled back and serves v8 as before.')
const cancelled = status('failure', 'payments-api:live: the step was interrupted; it serves v8 as before.')

const alarm = later(2, alarmGoesOff)
const cancel = later(2, jobIsCancelled)
const silent = (operation: string): Fault => ({ operation, kind: 'timeout', times: Number.POSITIVE_INFINITY })
const goesOn = 'The release does not depend on it.'
const noToken = 'Give github-token a token that is valid for as long as the job runs, such as the default.'
const denied = (permission: string): string =>
  `The job needs permissions: ${permission}; a token for a pull request from a fork never has write access.`

interface Row extends Job {
  name: string
  calls: Call[]
  warning?: string
  /** Of the post step, which sends what GitHub did not answer in time. */
  postWarning?: string
}

describe('github-environment: what GitHub is asked, and a release that does not depend on it', () => {
  const shows = 'Environment staging does not show this release in full'

  test.each<Row>([
    { name: 'success', calls: [created, begun, tenth, whole, done] },
    { name: 'rollback', before: alarm, calls: [created, begun, tenth, begun, back] },
    { name: 'cancel', before: cancel, calls: [created, begun, tenth, begun, cancelled] },
    {
      name: '401',
      faults: [says(401, 'Bad credentials')],
      calls: [created],
      warning: `${shows}: 401, Bad credentials. ${goesOn} ${noToken}`
    },
    {
      name: '403',
      faults: [says(403, 'Resource not accessible by integration')],
      calls: [created],
      warning: `${shows}: 403, Resource not accessible by integration. ${goesOn} ${denied('deployments: write')}`
    },
    {
      name: '422',
      faults: [says(422, 'Validation Failed')],
      calls: [created],
      warning: `${shows}: 422, Validation Failed. ${goesOn}`
    },
    {
      name: '500',
      faults: [says(500, 'Server Error')],
      calls: [created],
      warning: `${shows}: 500, Server Error. ${goesOn}`
    },
    {
      name: 'time-out',
      faults: [silent('*')],
      calls: [created],
      warning: `${shows}: no answer within 10 s. ${goesOn}`
    },
    {
      name: 'time-out of every status, with the last one under way when the release ends',
      faults: [silent('status')],
      calls: [created, begun, tenth, whole, done],
      warning: `${shows}: no answer within 10 s. ${goesOn}`,
      postWarning: `${shows}: no answer within 8 s of the end. ${goesOn}`
    }
  ])('$name', async ({ before, calls, warning, postWarning, name: _, ...job }) => {
    const done = await released(before, { environment: 'staging', ...job })
    expect(done.calls).toEqual(calls)
    expect(done.warnings).toEqual([warning, postWarning].filter(Boolean))
    expect(release(done)).toEqual(release(await released(before)))
  })
})

describe('if-outdated: what GitHub is asked, and a release that does not depend on it', () => {
  const unknown = 'Whether a newer commit is live is not known'

  test.each<Row>([
    { name: 'success', calls: [compared] },
    { name: 'rollback', before: alarm, calls: [compared] },
    { name: 'cancel', before: cancel, calls: [compared] },
    { name: 'no token', token: '', calls: [] },
    {
      name: '401',
      faults: [says(401, 'Bad credentials')],
      calls: [compared],
      warning: `${unknown}: 401, Bad credentials. ${goesOn} ${noToken}`
    },
    {
      name: '403',
      faults: [says(403, 'Resource not accessible by integration')],
      calls: [compared],
      warning: `${unknown}: 403, Resource not accessible by integration. ${goesOn} ${denied('contents: read')}`
    },
    {
      name: '422',
      faults: [says(422, 'Validation Failed')],
      calls: [compared],
      warning: `${unknown}: 422, Validation Failed. ${goesOn}`
    },
    {
      name: '500',
      faults: [says(500, 'Server Error')],
      calls: [compared],
      warning: `${unknown}: 500, Server Error. ${goesOn}`
    },
    {
      name: 'time-out',
      faults: [silent('*')],
      calls: [compared],
      warning: `${unknown}: no answer within 5 s. ${goesOn}`
    }
  ])('$name', async ({ before, calls, warning, name: _, ...job }) => {
    const done = await released(before, job)
    expect(done.calls).toEqual(calls)
    expect(done.warnings).toEqual(warning ? [warning] : [])
    expect(release(done)).toEqual(release(await released(before)))
  })
})
