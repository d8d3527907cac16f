import type { Gate } from '../deployment/gate.ts'
import { configurationNamed, type NamedConfiguration, strategyProblem } from '../deployment/strategy.ts'
import { bucketGiven, type CodeBucket, type CodeSource, codeGiven } from './code.ts'
import { gateGiven } from './gate.ts'
import { elsewhere, type Given, type Reader, roleArn } from './reader.ts'
import { type SafeguardChoice, safeguardsGiven } from './safeguards.ts'
import type { InputName } from './table.ts'
import { type TestChoice, testsGiven } from './tests.ts'

/** The release of one function, as asked for. */
export interface ReleaseRequest extends SafeguardChoice {
  /** Bare name. */
  functionName: string
  /** Of the function, when it was given as an ARN. */
  account?: string
  alias: string
  application: string
  group: string
  /** ARN of CodeDeploy's service role, with which a missing application or group is created. Undefined: a missing one is refused. */
  serviceRole?: string
  /** Undefined: the group's own. */
  configuration?: NamedConfiguration
  /** A version's number, or `previous`. Undefined: publish `$LATEST`. */
  targetVersion?: string
  currentVersion?: string
  /** In base64 or in hex. */
  codeSha256?: string
  revisionId?: string
  /** What to put into `$LATEST` first. Undefined: publish what is there. */
  code?: CodeSource
  /** Where a package goes that is too large for a request. */
  codeBucket?: CodeBucket
  versionDescription: string
  deploymentDescription: string
  /** The description names this run. */
  isMarked: boolean
  /** Lifecycle event -> function. */
  hooks: Readonly<Record<string, string>>
  /** Undefined: the new version is not tested. */
  tests?: TestChoice
  createAlias: boolean
  /** What to do when another deployment of the group is running. */
  ifInProgress: IfInProgress
  /** By what the new version is judged while traffic shifts. */
  gate: Gate
  /**
   * The target's share of the traffic in percent, set at once and without CodeDeploy. Application and group may then be empty. Undefined:
   * CodeDeploy shifts.
   */
  weight?: number
  /** How many of the newest versions stay when old ones are deleted. Undefined: all stay. */
  keepVersions?: number
}

/** Which version to shift to depends on what the alias serves. */
export const goesBack = ({ targetVersion }: Pick<ReleaseRequest, 'targetVersion'>): boolean =>
  targetVersion === 'previous'

export const ifInProgress = ['wait', 'fail', 'replace'] as const
export type IfInProgress = (typeof ifInProgress)[number]

const maxDescription = 256

/** Reads and checks the inputs of one function; `read` collects what is wrong with them. */
export function parseRequest(read: Reader, region: string, env: Given['env']): ReleaseRequest {
  const { name, account } = functionNamed(read, region)
  const alias = aliasGiven(read)
  const mark = markOf(env)
  const configuration = configurationGiven(read)
  const weight = read.integer('weight', 0, 100)
  const targetVersion = read.matching(
    'target-version',
    weight === undefined ? /^([1-9]\d*|previous)$/ : /^[1-9]\d*$/,
    weight === undefined
      ? "a published version number such as 8, or 'previous'"
      : 'a published version number such as 8 together with weight'
  )
  const currentVersion = read.matching(
    'current-version',
    /^[1-9]\d*$/,
    'a published version number such as 7'
  )
  const codeSha256 = read.matching(
    'code-sha256',
    /^([A-Za-z0-9+/]{43}=|[0-9A-Fa-f]{64})$/,
    "the code's SHA-256, in base64 (44 characters ending in =) or in hex (64 digits)"
  )
  const revisionId = read.text('revision-id')
  const code = codeGiven(read, region)
  const codeBucket = bucketGiven(read)
  const tests = testsGiven(read)
  const keepVersions = read.integer('keep-versions', 2, 1_000)
  read.exclusions('function')
  return {
    functionName: name,
    ...(account && { account }),
    alias,
    ...(weight === undefined || isGroupGiven(read)
      ? placeGiven(read, name, alias)
      : { application: '', group: '' }),
    ...(weight !== undefined && { weight }),
    ...(configuration && { configuration }),
    ...(targetVersion && { targetVersion }),
    ...(currentVersion && { currentVersion }),
    ...(codeSha256 && { codeSha256 }),
    ...(revisionId && { revisionId }),
    ...(code && { code }),
    ...(codeBucket && { codeBucket }),
    versionDescription: versionDescription(read, mark),
    deploymentDescription: cut(read.text('codedeploy-deployment-description') || mark, maxDescription),
    isMarked: !read.text('codedeploy-deployment-description') && env.GITHUB_RUN_ID !== undefined,
    hooks: hooksGiven(read),
    ...(tests && { tests }),
    ...safeguardsGiven(read),
    createAlias: read.boolean('create-alias'),
    ifInProgress: read.oneOf('if-in-progress', ifInProgress),
    gate: gateGiven(read),
    ...(keepVersions !== undefined && { keepVersions })
  }
}

export const groupGiven = (read: Reader): Pick<ReleaseRequest, 'application' | 'group'> => ({
  application: read.required('codedeploy-application', codeDeployName, codeDeployNameIs),
  group: read.required('codedeploy-deployment-group', codeDeployName, codeDeployNameIs)
})

const isGroupGiven = (read: Reader): boolean =>
  read.text('codedeploy-application') !== '' || read.text('codedeploy-deployment-group') !== ''

/** Where CodeDeploy deploys it. With a service role, names that are left out are the function's and the alias's. */
function placeGiven(
  read: Reader,
  functionName: string,
  alias: string
): Pick<ReleaseRequest, 'application' | 'group' | 'serviceRole'> {
  const serviceRole = read.matching(
    'codedeploy-service-role',
    roleArn,
    'the ARN of an IAM role, such as arn:aws:iam::123456789012:role/codedeploy'
  )
  const named = (input: InputName, instead: string) => {
    if (serviceRole && !read.text(input)) return instead
    return read.required(input, codeDeployName, codeDeployNameIs, [...elsewhere, 'codedeploy-service-role'])
  }
  const application = named('codedeploy-application', functionName)
  const group = named('codedeploy-deployment-group', alias)
  // A function's name always fits.
  if (serviceRole && !read.text('codedeploy-deployment-group') && alias.length > longestName)
    read.problem(
      'alias',
      alias,
      `at most ${longestName} characters without codedeploy-deployment-group, which is then named after it`
    )
  return { application, group, ...(serviceRole && { serviceRole }) }
}

const longestName = 100
const codeDeployName = /^[A-Za-z0-9+=,.@_-]{1,100}$/
const codeDeployNameIs = '1 to 100 letters, digits and + = , . @ _ -'

/** Name, partial ARN (`123456789012:function:name`) or full ARN, without qualifier. */
function functionNamed(read: Reader, region: string): { name: string; account?: string } {
  const given = read.text('function-name')
  if (!given) {
    read.missing('function-name')
    return { name: '' }
  }
  const form =
    /^(?:(?:arn:(?<partition>aws[a-z-]*):lambda:(?<region>[a-z0-9-]+):)?(?<account>\d{12}):function:)?(?<name>[A-Za-z0-9_-]{1,64})(?<qualifier>:[^:]+)?$/.exec(
      given
    )
  const { name = '', account, region: arnRegion, qualifier } = form?.groups ?? {}
  if (!form)
    read.problem(
      'function-name',
      given,
      'a function name, 123456789012:function:NAME, or the full ARN of the function'
    )
  else if (qualifier)
    read.problem(
      'function-name',
      given,
      `it without the qualifier '${qualifier}': the alias is an input of its own`
    )
  else if (arnRegion && region && arnRegion !== region)
    read.problem('function-name', given, `a function in ${region}, the region of this step`)
  return { name, ...(account && { account }) }
}

function aliasGiven(read: Reader): string {
  const alias = read.required(
    'alias',
    /^[A-Za-z0-9_-]{1,128}$/,
    '1 to 128 letters, digits, - and _ (a name, not an ARN)'
  )
  if (/^\d+$/.test(alias)) read.problem('alias', alias, 'a name that is not a number: numbers are versions')
  return alias
}

function configurationGiven(read: Reader): NamedConfiguration | undefined {
  const name = 'codedeploy-deployment-config'
  const given = read.matching(name, codeDeployName, codeDeployNameIs)
  if (!given) return undefined
  const configuration = configurationNamed(given)
  const problem = configuration.strategy && strategyProblem(configuration.strategy)
  if (problem) read.problem(name, given, `a strategy within CodeDeploy's limits: ${problem}`)
  return configuration
}

function versionDescription(read: Reader, mark: string): string {
  const given = read.text('version-description')
  if (given.length > maxDescription)
    read.problem('version-description', `${given.length} characters`, `at most ${maxDescription}`)
  return given || cut(mark, maxDescription)
}

function hooksGiven(read: Reader): Record<string, string> {
  const form = /^(arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:|\d{12}:function:)?[A-Za-z0-9_-]{1,64}$/
  const accepted = 'the name or ARN of a function, without qualifier'
  const before = read.matching('before-allow-traffic-hook', form, accepted)
  const after = read.matching('after-allow-traffic-hook', form, accepted)
  return { ...(before && { BeforeAllowTraffic: before }), ...(after && { AfterAllowTraffic: after }) }
}

/** For the descriptions, which say which run did it: `owner/repo@sha run id.attempt`. */
function markOf(env: Given['env']): string {
  const { GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT } = env
  if (!GITHUB_REPOSITORY) return 'Lambda CodeDeploy'
  const commit = GITHUB_SHA ? `@${GITHUB_SHA}` : ''
  const run = GITHUB_RUN_ID ? ` run ${GITHUB_RUN_ID}.${GITHUB_RUN_ATTEMPT ?? '1'}` : ''
  return `${GITHUB_REPOSITORY}${commit}${run}`
}

/** Whether two descriptions are marks of the same run, in whichever attempts. */
export function isSameRun(one: string, other: string): boolean {
  const [run, otherRun] = [one, other].map(mark => /^(.+ run \d+)\.\d+$/.exec(mark)?.[1])
  return run !== undefined && run === otherRun
}

/** Never cuts a character in two: AWS would give back something other than what was sent. */
const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…` : text
