import { type LeavingPolicy, leavingPolicies } from '../deployment/leaving.ts'
import { type Entries, type Entry, entryInputs } from './functions.ts'
import { type Given, InputError, Reader } from './reader.ts'
import { parseRequest, type ReleaseRequest } from './request.ts'

/** What the step is asked to do. */
export type Inputs = {
  region: string
  wait: boolean
  /** Undefined: computed from the strategy. */
  waitForMinutes?: number
  /** What to do with a deployment that is still running when the job is cancelled or the wait is over. */
  leaving: LeavingPolicy
  /** What is asked of GitHub's API, and with which token; without a token, nothing is. */
  github: { token: string; environment: string; ifOutdated: IfOutdated }
  /** ARN of the role that the step assumes by itself. Undefined: the job's ambient credentials. */
  role?: string
} & (
  | { kind: 'release'; requests: readonly [ReleaseRequest, ...ReleaseRequest[]]; dryRun: boolean }
  | { kind: 'watch'; deploymentId: string }
)

/** Inputs that only make sense when a release is started. */
const releaseOnly = [
  'codedeploy-deployment-config',
  'target-version',
  'current-version',
  'code-sha256',
  'revision-id',
  'version-description',
  'codedeploy-deployment-description',
  'before-allow-traffic-hook',
  'after-allow-traffic-hook',
  'alarms'
]

/** Reads and checks all inputs. Throws one InputError that holds every problem. */
export function parseInputs(given: Given): Inputs {
  const problems: string[] = []
  const read = new Reader(given, problems)
  const region = given.input('aws-region') || given.env.AWS_REGION || given.env.AWS_DEFAULT_REGION || ''
  if (!region)
    problems.push(
      'aws-region: not given, and neither AWS_REGION nor AWS_DEFAULT_REGION is set. Give a region such as eu-west-1, or run aws-actions/configure-aws-credentials first'
    )
  else if (!/^[a-z]{2,4}(-[a-z]+)+-\d+$/.test(region))
    problems.push(`aws-region: got '${region}', which is not a region such as eu-west-1`)
  const wait = read.boolean('wait', true)
  const waitForMinutes = read.integer('wait-for-minutes', 1, 60 * 24 * 4)
  const leaving = read.oneOf('if-interrupted', leavingPolicies)
  const role = read.matching(
    'role-to-assume',
    /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/,
    'the ARN of an IAM role, such as arn:aws:iam::123456789012:role/deploy'
  )
  const environment =
    read.matching('github-environment', /^.{1,255}$/u, 'a name of at most 255 characters') ?? ''
  const github = {
    token: read.text('github-token'),
    environment,
    ifOutdated: read.oneOf('if-outdated', outdatedPolicies)
  }
  const common = {
    region,
    wait,
    leaving,
    github,
    ...(role && { role }),
    ...(waitForMinutes !== undefined && { waitForMinutes })
  }

  const deploymentId = given.input('deployment-id')
  const order: Inputs = deploymentId
    ? { ...common, kind: 'watch', deploymentId: watchOnly(read, deploymentId, wait) }
    : {
        ...common,
        kind: 'release',
        requests: given.entries
          ? parseEntries(given, given.entries, region, problems)
          : [parseRequest(read, region, given.env)],
        dryRun: read.boolean('dry-run', false)
      }
  if (problems.length > 0) throw new InputError(problems)
  return order
}

type Requests = Extract<Inputs, { kind: 'release' }>['requests']

/** Each entry takes what it leaves out from the step's own inputs. Problems of all entries are reported together. */
function parseEntries(given: Given, entries: Entries, region: string, problems: string[]): Requests {
  if (entries.kind === 'problem') {
    problems.push(entries.problem)
    return [parseRequest(new Reader({ input: () => '' }, []), region, given.env)]
  }
  const parse = (entry: Entry, index: number): ReleaseRequest => {
    const where = ` (functions, entry ${index + 1}${entry['function-name'] ? `, ${entry['function-name']}` : ''})`
    for (const name of Object.keys(entry))
      if (!entryInputs.has(name))
        problems.push(
          `${name}: got '${entry[name]}'; accepted is ${[...entryInputs].join(', ')} in an entry${where}`
        )
    const input = (name: string) => entry[name] ?? given.input(name)
    return parseRequest(new Reader({ input }, problems, where), region, given.env)
  }
  const [first, ...more] = entries.entries
  const requests: Requests = [parse(first, 0), ...more.map((entry, index) => parse(entry, index + 1))]
  problems.push(
    ...repeated(
      requests,
      each => `${each.functionName}:${each.alias}`,
      'function-name',
      'each function and alias once'
    ),
    ...repeated(
      requests,
      each => `${each.application}/${each.group}`,
      'codedeploy-deployment-group',
      'a group of its own for each entry: CodeDeploy runs one deployment in a group at a time'
    )
  )
  return requests
}

function repeated(
  requests: Requests,
  keyOf: (request: ReleaseRequest) => string,
  name: string,
  accepted: string
): string[] {
  const keys = requests.map(keyOf)
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key)
    return first === index
      ? []
      : [
          `${name}: got '${key}' in entries ${first + 1} and ${index + 1} of functions; accepted is ${accepted}`
        ]
  })
}

function watchOnly(read: Reader, deploymentId: string, wait: boolean): string {
  if (!/^d-[A-Z0-9]+$/i.test(deploymentId))
    read.problem('deployment-id', deploymentId, 'a CodeDeploy deployment id such as d-1A2B3C4D5')
  if (!wait)
    read.problem('wait', 'false', "'true' together with deployment-id: watching is all that is asked for")
  if (read.boolean('dry-run', false))
    read.problem('dry-run', 'true', "'false' together with deployment-id: nothing is changed anyway")
  for (const name of ['functions', ...releaseOnly])
    if (read.text(name))
      read.problem(
        name,
        read.text(name),
        'nothing together with deployment-id: that deployment has been started already'
      )
  return deploymentId
}

export const outdatedPolicies = ['warn', 'fail', 'skip'] as const

export type IfOutdated = (typeof outdatedPolicies)[number]
