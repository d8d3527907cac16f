import { clockFrom, realClock } from './clock.ts'
import { type OutcomeKind, passes } from './deployment/outcome.ts'
import { createGitHub } from './github/github.ts'
import { readEntries } from './inputs/functions.ts'
import { type IfOutdated, parseInputs } from './inputs/inputs.ts'
import { InputError } from './inputs/reader.ts'
import { jobLimitMs } from './plan/joblimit.ts'
import { finishRun } from './post.ts'
import { colours } from './report/paint.ts'
import { Reporter } from './report/reporter.ts'
import { headline } from './report/words.ts'
import { run } from './run.ts'
import { runner } from './runner.ts'
import { fromState } from './state.ts'
import { audienceOf } from './text/audience.ts'
import { quoted } from './text/safe.ts'
import { servingText } from './text/traffic.ts'
import type { World } from './world.ts'

const paint = colours(process.env)

/** Windows tells a console program of a cancel with SIGBREAK where others get SIGTERM. */
const cancelSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const

async function main(): Promise<number> {
  runner.saveState('main', 'started')
  const cancelling = new AbortController()
  const cancel = () => cancelling.abort()
  for (const signal of cancelSignals) process.on(signal, cancel)
  let reporter = new Reporter(runner, undefined, paint)
  try {
    const entries = await readEntries(runner.input('functions'))
    const inputs = parseInputs({ input: runner.input, env: process.env, ...(entries && { entries }) })
    const place = { region: inputs.region, ...(inputs.role && { role: inputs.role }) }
    reporter = new Reporter(runner, { ...place, leaving: inputs.wait ? inputs.leaving : 'continue' }, paint)
    const world = await realWorld({ ...place, ...inputs.github }, reporter, cancelling.signal)
    return exitCode(await run(inputs, world))
  } catch (error) {
    return exitCode(await abandon(error, reporter))
  } finally {
    for (const signal of cancelSignals) process.off(signal, cancel)
  }
}

/** Has something to do only when main was killed, or was cancelled and ran out of time. It never changes the job's result. */
async function post(): Promise<void> {
  const saved = fromState(runner.state('run'))
  if (!saved) return
  const reporter = new Reporter(runner, saved, paint)
  try {
    const github = { token: runner.input('github-token'), environment: runner.input('github-environment') }
    const place = { ...saved, ...github, ifOutdated: 'warn' as const }
    await finishRun(saved, await realWorld(place, reporter, new AbortController().signal))
  } catch (error) {
    await abandon(error, reporter)
  }
}

const exitCode = (outcome: OutcomeKind): number => (passes(outcome) ? 0 : 1)

interface Place {
  region: string
  role?: string
  token: string
  environment: string
  ifOutdated: IfOutdated
}

/** The AWS SDK is most of the program, and is loaded when the inputs are known to be right. */
async function realWorld(
  { region, role: arn, token, environment, ifOutdated }: Place,
  reporter: Reporter,
  cancelled: AbortSignal
): Promise<World> {
  const { createAws } = await import('./aws/aws.ts')
  const { GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT = '1' } = process.env
  const clock = clockFrom(process.env)
  const run = GITHUB_RUN_ID && `${GITHUB_RUN_ID}.${GITHUB_RUN_ATTEMPT}`
  const role = arn && {
    arn,
    sessionName: `lambda-codedeploy-${run || 'run'}`,
    idToken: () => runner.idToken(audienceOf(arn))
  }
  const tell = runner.debug
  const aws = createAws(
    {
      region,
      cancelled,
      ...(run && { run }),
      ...(role && { role }),
      ...(tell && { trace: { clock, tell } })
    },
    clock
  )
  const expiry = role
    ? Number.NaN
    : Date.parse(process.env.AWS_CREDENTIAL_EXPIRATION?.replaceAll('"', '') ?? '')
  const jobLimit = jobLimitMs(process.env)
  const savedId = Number(runner.state('github-deployment')) || undefined
  const github = createGitHub({
    token,
    environment,
    env: process.env,
    // GitHub is real, also in a rehearsal.
    clock: realClock(),
    ...(tell && { trace: { clock: realClock(), tell } }),
    cancelled,
    words: { serving: servingText, headline },
    warn: message => {
      const [record] = reporter.records
      if (record) reporter.warn(record, message)
    },
    deployment: {
      ...(savedId !== undefined && { id: savedId }),
      created: id => runner.saveState('github-deployment', String(id))
    }
  })
  return {
    ...aws,
    ...(github && { github: { ...github, policy: ifOutdated } }),
    region,
    clock,
    random: Math.random,
    cancelled,
    reporter,
    ...(jobLimit !== undefined && { jobLimitMs: jobLimit }),
    ...(Number.isFinite(expiry) && { credentialsExpireAt: expiry })
  }
}

async function abandon(error: unknown, reporter: Reporter): Promise<OutcomeKind> {
  if (error instanceof InputError) {
    const count = error.problems.length
    const names = { functionName: runner.input('function-name'), alias: runner.input('alias') }
    reporter.follow([{ ...names, events: [], warnings: [] }])
    return await reporter.abandon({
      code: 'INVALID_INPUT',
      what: count === 1 ? 'One input is not right.' : `${count} inputs are not right.`,
      problems: error.problems,
      next: 'Correct them in the workflow. Nothing was changed in AWS.'
    })
  }
  const message = error instanceof Error ? error.message : String(error)
  show(error)
  return await reporter.abandon({
    code: 'UNFORESEEN',
    what: `Lambda CodeDeploy itself failed: ${message}`,
    next: 'Look at the deployment in the console, and please report this with the log.'
  })
}

/** An error's text may hold anything, and the runner reads it for commands. */
function show(error: unknown): void {
  for (const line of quoted(error instanceof Error ? (error.stack ?? error.message) : String(error)))
    runner.info(line)
}

// Node would print an uncaught error, and a library's warning, raw.
process.removeAllListeners('warning').on('warning', show)
process.on('uncaughtException', error => {
  show(error)
  process.exitCode = 1
})

if (runner.state('main')) await post()
else process.exitCode = await main()
