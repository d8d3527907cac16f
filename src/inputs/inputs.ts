import { canStop, type Gate } from '../deployment/gate.ts'
import { type LeavingPolicy, leavingPolicies } from '../deployment/leaving.ts'
import { qualifiedName } from '../deployment/names.ts'
import { contradictions, underAllConditions } from './conditions.ts'
import type { Entries, Entry } from './functions.ts'
import { checkMinimum, gateGiven } from './gate.ts'
import { type Given, InputError, oneLine, Reader, roleArn } from './reader.ts'
import { groupGiven, parseRequest, type ReleaseRequest } from './request.ts'
import { functionInputs, type InputName, isInput } from './table.ts'

/** What the step is asked to do. */
export type Inputs = {
  region: string
  wait: boolean
  /** Undefined: computed from the strategy. */
  waitForMinutes?: number
  /** What to do with a deployment that is still running when the job is cancelled or the wait is over. Undefined: not given. */
  leaving?: LeavingPolicy
  /** What is asked of GitHub's API, and with which token; without a token, nothing is. */
  github: { token: string; environment: string; ifOutdated: IfOutdated }
  /** ARN of the role that the step assumes by itself. Undefined: the job's ambient credentials. */
  role?: string
} & (
  | { kind: 'release'; requests: readonly [ReleaseRequest, ...ReleaseRequest[]]; dryRun: boolean }
  | { kind: 'watch'; deployment: string | ActiveIn; gate: Gate }
)

/** The group whose active deployment is watched (`deployment-id: active`). */
export interface ActiveIn {
  application: string
  group: string
}

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
  const wait = read.boolean('wait')
  const dryRun = read.boolean('dry-run')
  const waitForMinutes = read.integer('wait-for-minutes', 1, 60 * 24 * 4)
  const leaving = read.choice('if-interrupted', leavingPolicies)
  const role = read.matching(
    'role-to-assume',
    roleArn,
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
    github,
    ...(leaving && { leaving }),
    ...(role && { role }),
    ...(waitForMinutes !== undefined && { waitForMinutes })
  }

  const deploymentId = read.matching(
    'deployment-id',
    /^(d-[A-Z0-9]+|active)$/i,
    "a CodeDeploy deployment id such as d-1A2B3C4D5, or 'active'"
  )
  read.exclusions(deploymentId ? undefined : 'step')
  const inputs: Inputs = deploymentId
    ? {
        ...common,
        kind: 'watch',
        deployment: watchedIn(deploymentId, given, problems),
        gate: gateGiven(read)
      }
    : {
        ...common,
        kind: 'release',
        requests: given.entries
          ? parseEntries(given, given.entries, region, problems)
          : [parseRequest(read, region, given.env)],
        dryRun
      }
  if (inputs.kind === 'watch') checkMinimum(read, inputs.gate)
  else if (!given.entries) checkMinimum(read, inputs.requests[0].gate)
  const weight =
    inputs.kind === 'release' ? inputs.requests.find(each => each.weight !== undefined)?.weight : undefined
  // What is for the whole step excludes the weights of entries too.
  if (weight !== undefined && !read.text('weight')) {
    const input = (name: InputName) => (name === 'weight' ? String(weight) : given.input(name))
    new Reader({ ...given, input }, problems).exclusions('step')
  }
  if (!wait && inputs.kind === 'release' && inputs.requests.some(({ gate }) => canStop(gate)))
    problems.push(
      "wait: got 'false'; accepted is 'true' together with max-error-rate or if-no-traffic: fail: the step judges only while it watches"
    )
  if (problems.length > 0) throw new InputError(problems)
  return inputs
}

function watchedIn(deploymentId: string, given: Given, problems: string[]): string | ActiveIn {
  if (deploymentId.toLowerCase() !== 'active') return deploymentId
  return groupGiven(new Reader(given, problems, ': deployment-id is active'))
}

type Requests = Extract<Inputs, { kind: 'release' }>['requests']

/** Each entry takes what it leaves out from the step's own inputs. Problems of all entries are reported together. */
function parseEntries(given: Given, entries: Entries, region: string, problems: string[]): Requests {
  if (entries.kind === 'problem') {
    problems.push(entries.problem)
    return [parseRequest(new Reader({ input: () => '' }, []), region, given.env)]
  }
  const parse = (entry: Entry, index: number): ReleaseRequest => {
    const name = entry['function-name']
    const where = ` (functions, entry ${index + 1}${name ? `, ${oneLine(name)}` : ''})`
    const input = (name: InputName) => entry[name] ?? given.input(name)
    const read = new Reader({ ...given, input }, problems, where)
    for (const [name, text] of Object.entries(entry)) {
      const accepted = acceptedInEntry(name)
      if (accepted) read.problem(name, text, accepted)
    }
    const request = parseRequest(read, region, given.env)
    if (isOwn(entry)) checkMinimum(read, request.gate)
    return request
  }
  const [first, ...more] = entries.entries
  const requests: Requests = [parse(first, 0), ...more.map((entry, index) => parse(entry, index + 1))]
  // What the step gives is for those entries that have a limit.
  const inheriting = requests.find((_, index) => !isOwn(entries.entries[index] ?? {}))
  const gates = requests.map(({ gate }) => gate)
  if (inheriting) checkMinimum(new Reader(given, problems), inheriting.gate, gates)
  problems.push(
    ...repeated(requests, qualifiedName, 'function-name', 'each function and alias once'),
    ...repeated(
      requests,
      each => (each.group ? `${each.application}/${each.group}` : undefined),
      'codedeploy-deployment-group',
      'a group of its own for each entry: CodeDeploy runs one deployment in a group at a time'
    ),
    ...different(requests, 'code', ({ code }) => code),
    ...different(requests, 'keep-versions', ({ keepVersions }) => keepVersions),
    ...contradictions(requests),
    ...weightOfSome(requests)
  )
  return underAllConditions(requests)
}

const isOwn = (entry: Entry): boolean => entry['min-invocations'] !== undefined

/** What an entry may give instead; undefined when it may give this. */
function acceptedInEntry(name: string): string | undefined {
  if (!isInput(name)) return functionInputs.join(', ')
  if (functionInputs.includes(name)) return undefined
  return 'nothing in an entry: it is an input of the whole step, so give it beside functions'
}

/** All or none: CodeDeploy cannot shift some back when the weights of others could not be set. */
function weightOfSome(requests: Requests): string[] {
  const count = requests.filter(({ weight }) => weight !== undefined).length
  return count === 0 || count === requests.length
    ? []
    : [
        `weight: given for ${count} of ${requests.length} entries of functions; accepted is for all of them, or for none`
      ]
}

/** All aliases of a function have one `$LATEST`, and the same versions. */
function different(requests: Requests, name: InputName, of: (request: ReleaseRequest) => unknown): string[] {
  return requests.flatMap((request, index) => {
    const { functionName } = request
    const first = requests.findIndex(each => each.functionName === functionName)
    return JSON.stringify(of(requests[first] ?? request)) === JSON.stringify(of(request))
      ? []
      : [
          `${name}: got different ${name} for '${functionName}' in entries ${first + 1} and ${index + 1} of functions; accepted is the same for all aliases of a function`
        ]
  })
}

function repeated(
  requests: Requests,
  keyOf: (request: ReleaseRequest) => string | undefined,
  name: InputName,
  accepted: string
): string[] {
  const keys = requests.map(keyOf)
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key)
    return first === index || key === undefined
      ? []
      : [
          `${name}: got '${key}' in entries ${first + 1} and ${index + 1} of functions; accepted is ${accepted}`
        ]
  })
}

export const outdatedPolicies = ['warn', 'fail', 'skip'] as const

export type IfOutdated = (typeof outdatedPolicies)[number]
