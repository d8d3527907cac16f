import { jobEnv } from '../../simulation/draw/job.ts'
import { type SimulatedProcess, simulated } from '../../simulation/play/outside.ts'
import { warmUp } from '../../simulation/play/warmup.ts'
import { type Aws, createAws } from '../../simulator/aws.ts'
import { VirtualClock } from '../../simulator/clock.ts'
import { diskOf } from '../../simulator/disk.ts'
import { type PaymentsOptions, payments } from '../../simulator/setting.ts'
import type { Uncertain } from '../../simulator/uncertain.ts'
import type { Clock } from '../../src/clock.ts'
import { parseInputs } from '../../src/inputs/inputs.ts'
import { InputError } from '../../src/inputs/reader.ts'
import type { StatePort } from '../../src/journal.ts'
import { main, type Outside, post, type RunnerPort } from '../../src/main.ts'
import type { JobPort } from '../../src/report/reporter.ts'

await warmUp()

/** What the workflow step gives; each may be left out. */
export type Inputs = Record<string, string>

export interface Play {
  inputs?: Inputs
  setting?: PaymentsOptions
  uncertain?: Partial<Uncertain>
  /** What happened before, in its own time. */
  earlier?(aws: Aws): Promise<void>
  /** Changes the scene before the step begins, and sets up what happens during it. */
  before?(aws: Aws, clock: VirtualClock, cancel: () => void): void
  env?: Record<string, string>
  /** Spreads the looks over time, 0 to 1; 0.5 when left out. */
  random?(): number
  /** How far the machine's clock is ahead of AWS's. */
  skewMs?: number
  /** What is on the runner's disk; nothing when left out. */
  disk?: Outside['disk']
  /** GitHub's OIDC tokens, asked for by main and post; each request gets one when left out. */
  idToken?(clock: VirtualClock): RunnerPort['idToken']
  /** GitHub's API; out of reach when left out. */
  github?(clock: VirtualClock): NonNullable<Outside['github']>
  /** Files of the job's workspace, by path. */
  files?: Record<string, string>
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

/** Runs the whole program in virtual time: real inputs, real SDK clients, the simulated AWS, and a job that remembers. */
export async function play(scene: Play = {}): Promise<Played> {
  const [played] = await playTogether(scene, [scene.inputs ?? release])
  return played as Played
}

/** Several runs of the program in one account, begun at the same moment, each by its inputs. */
export const playTogether = (scene: Omit<Play, 'inputs'>, steps: readonly Inputs[]): Promise<Played[]> =>
  playAll(scene, steps, runs => Promise.all(runs.map(run => run())))

/** The same, one after the other. */
export const playInTurn = (scene: Omit<Play, 'inputs'>, steps: readonly Inputs[]): Promise<Played[]> =>
  playAll(scene, steps, async runs => {
    const played: Played[] = []
    for (const run of runs) played.push(await run())
    return played
  })

async function playAll(
  scene: Omit<Play, 'inputs'>,
  steps: readonly Inputs[],
  inOrder: (runs: readonly (() => Promise<Played>)[]) => Promise<Played[]>
): Promise<Played[]> {
  const clock = new VirtualClock()
  const aws = createAws({ clock, ...(scene.uncertain && { uncertain: scene.uncertain }) })
  payments(aws, scene.setting)
  const cancelling = new AbortController()
  const before = () => scene.before?.(aws, clock, () => cancelling.abort())
  if (!scene.earlier) before()
  return await clock.run(async () => {
    await scene.earlier?.(aws)
    if (scene.earlier) before()
    return await inOrder(
      steps.map((inputs, index) => () => {
        const env = { GITHUB_RUN_ID: String(4711 + index), ...scene.env }
        const runner = scene.idToken && { idToken: scene.idToken(clock) }
        return runStep(
          { aws, clock, inputs, ...(runner && { runner }) },
          {
            env,
            cancelled: cancelling.signal,
            file: path => {
              const text = scene.files?.[path]
              return text === undefined ? { problem: 'there is no such file' } : { text }
            },
            clock: skewed(clock, scene.skewMs),
            disk: scene.disk ?? diskOf({}),
            ...(scene.random && { random: scene.random }),
            ...(scene.github && { github: scene.github(clock) })
          }
        )
      })
    )
  })
}

export const skewed = (clock: VirtualClock, ms = 0): Clock => ({
  now: () => clock.now() + ms,
  sleep: (forMs, signal) => clock.sleep(forMs, signal)
})

/** Main, and post as the runner starts it: whatever became of main, and without taking outputs from it. */
async function runStep(given: Omit<SimulatedProcess, 'job'>, outside: Partial<Outside>): Promise<Played> {
  const job = rememberingJob()
  const { remembered } = job
  const process = { ...given, job }
  const { aws, clock } = given
  const passed = (await main(simulated(process, outside))) === 0
  const endedAt = clock.now()
  const outputs = { ...remembered.outputs }
  await post(simulated({ ...process, state: remembered.state }, outside))
  return { passed, ...remembered, outputs, aws, endedAt }
}

/** The problems that the step reports for these inputs, one line each. */
export function problems(
  inputs: Inputs,
  given: Record<string, string | undefined> = jobEnv
): readonly string[] {
  try {
    parseInputs({ input: name => inputs[name] ?? '', env: given })
    return []
  } catch (error) {
    if (error instanceof InputError) return error.problems
    throw error
  }
}

function rememberingJob(): JobPort & StatePort & { remembered: Omit<Played, 'passed' | 'aws' | 'endedAt'> } {
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
      return true
    },
    writeSummary: async markdown => {
      remembered.summary += markdown
    }
  }
}
