import { createAws } from './aws/aws.ts'
import { cleanUp } from './cleanup.ts'
import { passes } from './deployment/outcome.ts'
import { InputError } from './errors.ts'
import { type Order, parseInputs } from './inputs.ts'
import { clockFrom } from './rehearsal.ts'
import { Reporter } from './report/reporter.ts'
import { quoted } from './report/text.ts'
import { run } from './run.ts'
import { runner } from './runner.ts'

/** Windows tells a console program of a cancel with SIGBREAK where others get SIGTERM. */
const cancelSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const

if (runner.state('main')) cleanUp(runner)
else process.exitCode = await main()

async function main(): Promise<number> {
  runner.saveState('main', 'started')
  const reporter = new Reporter(runner)
  const cancelling = new AbortController()
  const cancel = () => cancelling.abort()
  for (const signal of cancelSignals) process.on(signal, cancel)
  try {
    const order = parseInputs({ input: runner.input, env: process.env })
    return passes(await run(order, realWorld(order, reporter, cancelling.signal))) ? 0 : 1
  } catch (error) {
    return passes(await abandon(error, reporter)) ? 0 : 1
  } finally {
    for (const signal of cancelSignals) process.off(signal, cancel)
  }
}

function realWorld(order: Order, reporter: Reporter, cancelled: AbortSignal) {
  const { GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT = '1' } = process.env
  const clock = clockFrom(process.env)
  const run = GITHUB_RUN_ID && `${GITHUB_RUN_ID}.${GITHUB_RUN_ATTEMPT}`
  const aws = createAws({ region: order.region, ...(run && { run }) }, clock)
  return { ...aws, region: order.region, clock, random: Math.random, cancelled, reporter }
}

async function abandon(error: unknown, reporter: Reporter) {
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
  for (const line of quoted(error instanceof Error ? (error.stack ?? error.message) : String(error)))
    reporter.say(line)
  return await reporter.abandon({
    code: 'UNFORESEEN',
    what: `Lambda CodeDeploy itself failed: ${error instanceof Error ? error.message : String(error)}`,
    next: 'Look at the deployment in the console, and please report this with the log.'
  })
}
