import type { AwsOptions } from './aws/clients.ts'
import { type Clock, clockFrom, realClock, settingSince } from './clock.ts'
import { conclude } from './conclude.ts'
import { type Cause, type OutcomeKind, passes } from './deployment/outcome.ts'
import { createGitHub, type GitHub, type GitHubOptions } from './github/github.ts'
import { fromStatusState } from './github/status.ts'
import { readEntries } from './inputs/functions.ts'
import { type IfOutdated, parseInputs } from './inputs/inputs.ts'
import { type Given, InputError } from './inputs/reader.ts'
import { Journal, type StatePort } from './journal.ts'
import { diskFrom } from './packaging/disk.ts'
import type { DiskPort } from './packaging/package.ts'
import { jobLimitMs } from './plan/joblimit.ts'
import { finishRun } from './post.ts'
import { colours } from './report/paint.ts'
import { type JobPort, Reporter } from './report/reporter.ts'
import { headline } from './report/words.ts'
import { run } from './run.ts'
import { fromState } from './state.ts'
import { audienceOf } from './text/audience.ts'
import { plain, quoted } from './text/safe.ts'
import { servingText } from './text/traffic.ts'
import { workspaceFile } from './workspace.ts'
import type { World } from './world.ts'

/** What a process asks of GitHub's runner. */
export interface RunnerPort extends JobPort, StatePort {
  /** An input of the step, '' when it is not given. */
  input(name: string): string
  /** What main saved for post, '' when it saved nothing. */
  state(name: string): string
  /** GitHub's OIDC token for this audience. Throws without `permissions: id-token: write`. */
  idToken(audience: string): Promise<string>
  /** Hides a value in the log from now on, where it stands whole. */
  mask(secret: string): void
  /** Where the job's diagnostic lines go; undefined unless the job runs with debug logging. */
  debug: ((line: string) => void) | undefined
}

/** The world of one process, main or post. What is left out is the real thing. */
export interface Outside {
  /** The process's environment. */
  env: Readonly<Record<string, string | undefined>>
  runner: RunnerPort
  /** Aborts when the job is cancelled. Post does not listen to it: it cleans up, and has little time for that. */
  cancelled: AbortSignal
  /** Default: the machine's, or the one that `env` sets for a rehearsal. */
  clock?: Clock
  /** Spreads the looks at a deployment over time, 0 to 1. Default: Math.random. */
  random?: () => number
  /** Reads a file that an input names. Default: from the job's workspace. */
  file?: Given['file']
  /** How AWS is reached. Default: the network, with the SDK's chain of credentials. */
  aws?: Pick<AwsOptions, 'requestHandler' | 'credentials'>
  /** Where packages of code are read. Default: the runner's disk, from the job's workspace. */
  disk?: DiskPort
  /** How GitHub's API is reached. Default: the network. */
  github?: Pick<GitHubOptions, 'fetch'>
}

/** Releases, or watches, as the inputs say. Gives the exit code. */
export async function main(outside: Outside): Promise<number> {
  const { runner, env, cancelled } = outside
  let journal = new Journal(runner)
  try {
    if (!runner.saveState('main', 'started')) return exitCode(await refuse(stateNotSaved, outside, journal))
    const entries = await readEntries(runner.input('functions'))
    const file = outside.file ?? workspaceFile(env)
    const inputs = parseInputs({ input: name => runner.input(name), env, file, ...(entries && { entries }) })
    const place = { region: inputs.region, ...(inputs.role && { role: inputs.role }) }
    const left = inputs.wait ? { leaving: inputs.leaving } : { leaving: 'continue' as const, waits: false }
    journal = new Journal(runner, { ...place, ...left })
    const world = await worldOf(outside, { ...place, ...inputs.github }, journal, cancelled)
    return exitCode(await run(inputs, world).finally(world.leave))
  } catch (error) {
    return exitCode(await abandon(error, outside, journal))
  }
}

/**
 * Finishes what main left unfinished: there is something to do only when main was killed or broke, or was cancelled and ran out of time.
 * It never changes the job's result.
 */
export async function post(outside: Outside): Promise<void> {
  const { runner } = outside
  const saved = fromState(runner.state('run'))
  if (!saved) return await tellGitHub(outside)
  const journal = new Journal(runner, saved)
  try {
    const github = { token: runner.input('github-token'), environment: runner.input('github-environment') }
    const place = { ...saved, ...github, ifOutdated: 'warn' as const }
    const never = new AbortController().signal
    const world = await worldOf(outside, place, journal, never, postPatienceMs)
    await finishRun(saved, world).finally(world.leave)
  } catch (error) {
    await abandon(error, outside, journal)
  }
}

/** The runner ends a cancelled job's post steps after minutes: how long post goes on asking what gets no answer, ms. */
const postPatienceMs = 60_000

/** How long post waits until GitHub has the end of the release, ms. */
const lastStatusMs = 8_000

/** All that main may have left, after it has told its outcome: the last status at GitHub, which took too long there. */
async function tellGitHub(outside: Outside): Promise<void> {
  const { runner } = outside
  try {
    const last = fromStatusState(runner.state('github-status'))
    if (!last || !runner.state('github-deployment')) return
    const warn = (message: string) => runner.annotate('warning', 'Lambda CodeDeploy', plain(message))
    const place = { token: runner.input('github-token'), environment: runner.input('github-environment') }
    const github = gitHubOf({ ...outside, cancelled: new AbortController().signal }, place, warn)
    await github?.environment?.finishFor(last, lastStatusMs)
  } catch (error) {
    showError(error, runner)
  }
}

const exitCode = (outcome: OutcomeKind): number => (passes(outcome) ? 0 : 1)

/** What the inputs say about where the release happens. */
interface Place {
  region: string
  /** As in Inputs. */
  role?: string
  token: string
  environment: string
  ifOutdated: IfOutdated
}

/** The AWS SDK is most of the program, and is loaded when the inputs are known to be right. */
async function worldOf(
  outside: Outside,
  { region, role: arn, token, environment, ifOutdated }: Place,
  journal: Journal,
  cancelled: AbortSignal,
  patienceMs?: number
): Promise<World & { leave(): void }> {
  const { env, runner, clock: given, random = Math.random, aws: reached = {}, disk } = outside
  const { createAws } = await import('./aws/aws.ts')
  const reporter = new Reporter(runner, journal, colours(env))
  const clock = given ?? clockFrom(env)
  // Our clock goes evenly from here on; that of post begins with the time that the machine has then.
  const setMs = settingSince()
  const { GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT = '1' } = env
  const run = GITHUB_RUN_ID && `${GITHUB_RUN_ID}.${GITHUB_RUN_ATTEMPT}`
  const role = arn && {
    arn,
    sessionName: `lambda-codedeploy-${run || 'run'}`,
    idToken: () => runner.idToken(audienceOf(arn)),
    mask: (secret: string) => runner.mask(secret)
  }
  const tell = runner.debug
  const aws = createAws(
    {
      ...reached,
      region,
      cancelled,
      // Post may have to tell times before AWS has answered it.
      ahead: {
        guessMs: Number(runner.state('aws-ahead-ms')) || 0,
        learned: aheadMs => runner.saveState('aws-ahead-ms', String(aheadMs - setMs()))
      },
      tell: line => reporter.say(plain(line)),
      ...(patienceMs !== undefined && { patienceMs }),
      ...(run && { run }),
      ...(role && { role }),
      ...(tell && { trace: { clock, tell } })
    },
    clock
  )
  const expiry = role ? Number.NaN : Date.parse(env.AWS_CREDENTIAL_EXPIRATION?.replaceAll('"', '') ?? '')
  const jobLimit = jobLimitMs(env)
  const github = gitHubOf(
    { ...outside, cancelled },
    { token, environment },
    message => {
      const [record] = journal.records
      if (record) reporter.warn(record, message, 'step')
    },
    // After post, nobody comes who could send it.
    patienceMs === undefined
  )
  const { awsNow, ...ports } = aws
  return {
    ...ports,
    disk: disk ?? diskFrom(env.GITHUB_WORKSPACE),
    ...(github && { github: { ...github, policy: ifOutdated } }),
    region,
    clock: { now: awsNow, sleep: (ms, signal) => clock.sleep(ms, signal) },
    elapsed: () => clock.now(),
    random,
    cancelled,
    ...(patienceMs !== undefined && { patienceMs }),
    journal,
    reporter,
    ...(jobLimit !== undefined && { jobLimitMs: jobLimit }),
    ...(Number.isFinite(expiry) && { credentialsExpireAt: expiry })
  }
}

/** `keeps`: what GitHub does not answer in time is left for post. */
function gitHubOf(
  { env, runner, clock: given, cancelled, github: api = {} }: Outside,
  { token, environment }: Pick<Place, 'token' | 'environment'>,
  warn: (message: string) => void,
  keeps = false
): GitHub | undefined {
  const tell = runner.debug
  // GitHub is real, also in a rehearsal.
  const clock = given ?? realClock()
  const id = Number(runner.state('github-deployment')) || undefined
  return createGitHub({
    ...api,
    token,
    environment,
    env,
    clock,
    ...(tell && { trace: { clock, tell } }),
    cancelled,
    words: { serving: servingText, headline },
    warn,
    deployment: {
      ...(id !== undefined && { id }),
      created: created => void runner.saveState('github-deployment', String(created)),
      ...(keeps && {
        keep: last => runner.saveState('github-status', last ? JSON.stringify(last) : '')
      })
    }
  })
}

/** Without its state, post could not finish what a run leaves behind that is killed. */
const stateNotSaved: Cause = {
  code: 'STATE_NOT_SAVED',
  what: 'The state for the post step could not be written, so that nobody would finish a release that is cut short.',
  next: "See to the runner's disk, and to the file that GITHUB_STATE names; then run the step again. Nothing was changed in AWS."
}

/** Ends a run that has not begun anything. */
async function refuse(
  cause: Cause,
  { runner, env }: Pick<Outside, 'runner' | 'env'>,
  journal: Journal
): Promise<OutcomeKind> {
  const names = { functionName: runner.input('function-name'), alias: runner.input('alias') }
  journal.follow([{ ...names, events: [], warnings: [] }])
  return await conclude({ journal, reporter: new Reporter(runner, journal, colours(env)) }, cause)
}

async function abandon(
  error: unknown,
  { runner, env }: Pick<Outside, 'runner' | 'env'>,
  journal: Journal
): Promise<OutcomeKind> {
  const told = { journal, reporter: new Reporter(runner, journal, colours(env)) }
  if (error instanceof InputError) {
    const count = error.problems.length
    const invalid: Cause = {
      code: 'INVALID_INPUT',
      what: count === 1 ? 'One input is not right.' : `${count} inputs are not right.`,
      problems: error.problems,
      next: 'Correct them in the workflow. Nothing was changed in AWS.'
    }
    return await refuse(invalid, { runner, env }, journal)
  }
  showError(error, runner)
  const isTold = journal.records.every(({ outcome, unfinished }) => outcome && !unfinished)
  const isLeftToPost = journal.isLeftToPost && !isTold
  const ids = journal.records.flatMap(({ deploymentId }) => deploymentId ?? []).join(', ')
  const next = isLeftToPost
    ? `The post step of this action finishes what was begun${ids && ` (${ids})`}. Please report this with the log.`
    : `Look at ${ids ? `deployment ${ids}` : 'the deployment group'} in the console, and please report this with the log.`
  const message = error instanceof Error ? error.message : String(error)
  const cause = { code: 'UNFORESEEN', what: `Lambda CodeDeploy itself failed: ${message}`, next }
  if (!isLeftToPost) return await conclude(told, cause)
  // Post tells how the release ended, and cannot tell this.
  runner.annotate('error', 'Lambda CodeDeploy failed', plain(`${cause.what}. ${cause.next}`))
  journal.abandon(cause)
  return await told.reporter.conclude()
}

/** Shows an error in the log. Its text may hold anything, and the runner reads it for commands. */
export function showError(error: unknown, runner: Pick<RunnerPort, 'info'>): void {
  for (const line of quoted(error instanceof Error ? (error.stack ?? error.message) : String(error)))
    runner.info(line)
}
