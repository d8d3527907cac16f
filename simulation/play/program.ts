import { createAws } from '../../src/aws/aws.ts'
import { conclude } from '../../src/conclude.ts'
import { passes } from '../../src/deployment/outcome.ts'
import { readEntries } from '../../src/inputs/functions.ts'
import { parseInputs } from '../../src/inputs/inputs.ts'
import { InputError } from '../../src/inputs/reader.ts'
import { Journal } from '../../src/journal.ts'
import { finishRun } from '../../src/post.ts'
import { Reporter } from '../../src/report/reporter.ts'
import { run } from '../../src/run.ts'
import { fromState } from '../../src/state.ts'
import type { World } from '../../src/world.ts'
import type { StepInputs } from '../draw/inputs.ts'
import type { RecordingJob } from './job.ts'
import type { Process } from './process.ts'

/** Where a process of ours lives. */
export interface Home {
  process: Process
  job: RecordingJob
  /** GITHUB_RUN_ID. */
  run: string
  random(): number
  /** Called with what nobody foresaw. */
  unforeseen(error: unknown): void
}

/** Secrets of the job; whatever shows one of them has leaked it. */
export const secrets = ['AKIDSIMULATION', 'secretKeyOfTheSimulation', 'sessionTokenOfTheSimulation'] as const

const region = 'eu-west-1'

/** What src/index.ts does in main. Returns the exit code. */
export async function main(inputs: StepInputs, cancelled: AbortSignal, home: Home): Promise<number> {
  const { job } = home
  job.saveState('main', 'started')
  let journal = new Journal(job)
  try {
    const entries = await readEntries(inputs.functions ?? '')
    const given = { input: (name: string) => inputs[name] ?? '', env: environment(home.run) }
    const order = parseInputs({ ...given, ...(entries && { entries }) })
    journal = new Journal(job, { region: order.region, leaving: order.wait ? order.leaving : 'continue' })
    return passes(await run(order, worldOf(home, journal, cancelled))) ? 0 : 1
  } catch (error) {
    if (error instanceof InputError) {
      const names = { functionName: inputs['function-name'] ?? '', alias: inputs.alias ?? '' }
      journal.follow([{ ...names, events: [], warnings: [] }])
      await conclude(
        { journal, reporter: new Reporter(job, journal) },
        { code: 'INVALID_INPUT', what: 'Bad.', problems: error.problems, next: '' }
      )
    } else {
      home.unforeseen(error)
      await conclude(
        { journal, reporter: new Reporter(job, journal) },
        { code: 'UNFORESEEN', what: String(error), next: '' }
      )
    }
    return 1
  }
}

/** What src/index.ts does in post. */
export async function post(home: Home): Promise<void> {
  const saved = home.job.state.main ? fromState(home.job.state.run ?? '') : undefined
  if (!saved) return
  const journal = new Journal(home.job, saved)
  try {
    await finishRun(saved, worldOf(home, journal, new AbortController().signal))
  } catch (error) {
    home.unforeseen(error)
  }
}

function worldOf({ process, job, run, random }: Home, journal: Journal, cancelled: AbortSignal): World {
  const [accessKeyId, secretAccessKey, sessionToken] = secrets
  return {
    ...createAws(
      {
        region,
        cancelled,
        run: `${run}.1`,
        requestHandler: process.handler,
        credentials: { accessKeyId, secretAccessKey, sessionToken }
      },
      process.clock
    ),
    region,
    clock: process.clock,
    random,
    cancelled,
    journal,
    reporter: new Reporter(job, journal)
  }
}

const environment = (run: string) => ({
  AWS_REGION: region,
  GITHUB_REPOSITORY: 'acme/payments',
  GITHUB_SHA: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
  GITHUB_RUN_ID: run,
  GITHUB_RUN_ATTEMPT: '1'
})
