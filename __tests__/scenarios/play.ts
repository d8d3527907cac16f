import { type Aws, createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { type PaymentsOptions, payments } from '../../simulator/setting.ts'
import type { Uncertain } from '../../simulator/uncertain.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { createAws as createClients } from '../../src/aws/aws.ts'
import { realClock } from '../../src/clock.ts'
import { passes } from '../../src/deployment/outcome.ts'
import type { GitHub } from '../../src/github/github.ts'
import { readEntries } from '../../src/inputs/functions.ts'
import { parseInputs } from '../../src/inputs/inputs.ts'
import { InputError } from '../../src/inputs/reader.ts'
import { jobLimitMs } from '../../src/plan/joblimit.ts'
import { finishRun } from '../../src/post.ts'
import { type JobPort, Reporter } from '../../src/report/reporter.ts'
import { run } from '../../src/run.ts'
import { fromState } from '../../src/state.ts'
import type { World } from '../../src/world.ts'

/** What the workflow step gives; each may be left out. */
export type Inputs = Record<string, string>

export interface Play {
  inputs?: Inputs
  setting?: PaymentsOptions
  uncertain?: Partial<Uncertain>
  /** Changes the scene before the step begins, and sets up what happens during it. */
  before?(aws: Aws, clock: VirtualClock, cancel: () => void): void
  env?: Record<string, string>
  /** Spreads the looks over time, 0 to 1; 0.5 when left out. */
  random?(): number
  /** The job's repository at GitHub; none when left out. */
  github?(clock: VirtualClock): GitHub
  /** How long the job's credentials last, as far as the step is told, ms; it accepts them whatever this says. */
  credentialsLastMs?: number
}

export interface Played {
  passed: boolean
  outputs: Record<string, string>
  /** All lines, those of groups and of annotations too. */
  log: string[]
  annotations: { level: string; title: string; message: string }[]
  state: Record<string, string>
  summary: string
  aws: Aws
  /** When main ended, epoch ms. */
  endedAt: number
}

/** The release that everybody knows: payments-api, live on 7, `$LATEST` newer. */
export const release: Inputs = {
  'function-name': 'payments-api',
  alias: 'live',
  'codedeploy-application': 'payments',
  'codedeploy-deployment-group': 'payments-live',
  'codedeploy-deployment-config': 'Canary10Percent5Minutes'
}

const env = {
  AWS_REGION: 'eu-west-1',
  GITHUB_REPOSITORY: 'acme/payments',
  GITHUB_SHA: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
  GITHUB_RUN_ID: '4711',
  GITHUB_RUN_ATTEMPT: '1'
}

const refusing = {
  handle: async () => {
    throw Object.assign(new Error('there is nobody here'), { code: 'ECONNREFUSED' })
  }
}

/**
 * The SDK reads its configuration files once, from the disk: in real time, during which a virtual clock would run ahead. What is
 * loaded only when it is used is loaded here for the same reason.
 */
await Promise.all([import('@aws-sdk/client-cloudwatch-logs'), import('yaml'), warmUp()])

async function warmUp(): Promise<void> {
  const clock = realClock()
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  const clients = createClients({ region: 'eu-west-1', requestHandler: refusing, credentials }, clock)
  await Promise.all([clients.lambda.traffic('f', 'live'), clients.codedeploy.deployment('d-1')])
}

/** Runs the whole program in virtual time: real inputs, real SDK clients, the simulated AWS, and a job that remembers. */
export async function play(scene: Play = {}): Promise<Played> {
  const [played] = await playTogether(scene, [scene.inputs ?? release])
  return played as Played
}

/** Several runs of the program in one account, begun at the same moment, each by its inputs. */
export async function playTogether(scene: Omit<Play, 'inputs'>, steps: readonly Inputs[]): Promise<Played[]> {
  const clock = new VirtualClock()
  const aws = createAws({ clock, ...(scene.uncertain && { uncertain: scene.uncertain }) })
  payments(aws, scene.setting)
  const cancelling = new AbortController()
  scene.before?.(aws, clock, () => cancelling.abort())
  return await clock.run(() =>
    Promise.all(
      steps.map((inputs, index) => {
        const run = String(4711 + index)
        return runStep(
          inputs,
          { ...env, GITHUB_RUN_ID: run, ...scene.env },
          {
            aws,
            clock,
            cancelled: cancelling.signal,
            random: scene.random ?? (() => 0.5),
            ...(scene.github && { github: scene.github(clock) }),
            ...(scene.credentialsLastMs !== undefined && {
              credentialsExpireAt: clock.now() + scene.credentialsLastMs
            })
          }
        )
      })
    )
  )
}

async function runStep(
  inputs: Inputs,
  env: Record<string, string>,
  {
    aws,
    clock,
    cancelled,
    random,
    github,
    credentialsExpireAt
  }: {
    aws: Aws
    clock: VirtualClock
    cancelled: AbortSignal
    random(): number
    github?: GitHub
    credentialsExpireAt?: number
  }
): Promise<Played> {
  const job = rememberingJob()
  const jobLimit = jobLimitMs(env)
  const entries = await readEntries(inputs.functions ?? '')
  const order = parseInputs({ input: name => inputs[name] ?? '', env, ...(entries && { entries }) })
  const clients = createClients(
    {
      region: order.region,
      run: `${env.GITHUB_RUN_ID}.1`,
      requestHandler: requestHandler(aws),
      cancelled,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
    },
    clock
  )
  const world: World = {
    ...clients,
    region: order.region,
    ...(github && { github: { ...github, policy: order.github.ifOutdated } }),
    clock,
    random,
    cancelled,
    ...(credentialsExpireAt !== undefined && { credentialsExpireAt }),
    ...(jobLimit !== undefined && { jobLimitMs: jobLimit }),
    reporter: new Reporter(job, { region: order.region, leaving: order.leaving })
  }
  const passed = passes(await run(order, world))
  const endedAt = clock.now()
  await runPost(job, world)
  return { passed, ...job.remembered, aws, endedAt }
}

/** The runner starts post whatever became of main, and takes no outputs from it. */
async function runPost(job: ReturnType<typeof rememberingJob>, world: World): Promise<void> {
  const saved = fromState(job.remembered.state.run ?? '')
  if (!saved) return
  const outputs = { ...job.remembered.outputs }
  await finishRun(saved, {
    ...world,
    cancelled: new AbortController().signal,
    reporter: new Reporter(job, saved)
  })
  job.remembered.outputs = outputs
}

/** The problems that the step reports for these inputs, one line each. */
export function problems(inputs: Inputs, given: Record<string, string | undefined> = env): readonly string[] {
  try {
    parseInputs({ input: name => inputs[name] ?? '', env: given })
    return []
  } catch (error) {
    if (error instanceof InputError) return error.problems
    throw error
  }
}

function rememberingJob(): JobPort & { remembered: Omit<Played, 'passed' | 'aws' | 'endedAt'> } {
  const remembered: Omit<Played, 'passed' | 'aws' | 'endedAt'> = {
    outputs: {},
    log: [],
    annotations: [],
    state: {},
    summary: ''
  }
  return {
    remembered,
    info: line => remembered.log.push(line),
    group: (title, lines) => remembered.log.push(title, ...lines),
    annotate: (level, title, message) => {
      remembered.annotations.push({ level, title, message })
      // As GitHub shows it in the log.
      const shown = `${level.slice(0, 1).toUpperCase()}${level.slice(1)}: ${message}`
      remembered.log.push(...shown.split('\n'))
    },
    setOutput: (name, value) => {
      remembered.outputs[name] = value
    },
    saveState: (name, value) => {
      remembered.state[name] = value
    },
    writeSummary: async markdown => {
      remembered.summary += markdown
    }
  }
}
