import { paymentsNames } from '../../simulator/setting.ts'
import { groupOf } from '../draw/actors.ts'
import { newestDeployment, type StepInputs } from '../draw/inputs.ts'
import type { Signal, Step } from '../draw/scene.ts'
import { RecordingJob } from './job.ts'
import { Process } from './process.ts'
import { type Home, main, post } from './program.ts'
import type { Stage } from './stage.ts'

/** GitHub's runner sends SIGINT, SIGTERM after 7.5 s, which the program takes for the same, and SIGKILL after 10 s. */
const killAfterMs = 10_000
/** The post steps of a cancelled job share five minutes, ms. */
const postLimitMs = 270_000

/** One process, main or post, as the runner saw it. Times are AWS's, epoch ms. */
export interface Ran {
  begunAt: number
  endedAt: number
  job: RecordingJob
  killed: boolean
  /** What would have kept an ended process alive. */
  pausesLeft: number
  requestsLeft: number
}

/** A step as it went. */
export interface PlayedStep {
  step: Step
  /** As given to the program. */
  inputs: StepInputs
  main: Ran & { exitCode: number | undefined }
  post: Ran
  /** When the first SIGINT came. */
  cancelledAt: number | undefined
  /** What nobody foresaw. */
  unforeseen: unknown[]
}

/** Runs a step as GitHub's runner does: main with its signals, and post whatever became of main. */
export async function runStep(step: Step, stage: Stage): Promise<PlayedStep> {
  const { clock, aws, chronicle } = stage
  await clock.sleep(step.afterMs)
  const inputs = filledIn(step.inputs, stage)
  chronicle.note(clock.now(), step.run, () => `main starts with ${JSON.stringify(inputs)}`)
  const cancelling = new AbortController()
  const unforeseen: unknown[] = []
  let cancelledAt: number | undefined
  let ended = false

  const strike = (kind: Signal['kind']) => {
    if (ended || process.isKilled) return
    chronicle.note(clock.now(), step.run, () => `*** ${kind}`)
    if (kind === 'SIGKILL') return process.kill()
    if (cancelledAt !== undefined) return
    cancelledAt = clock.now()
    clock.at(cancelledAt + killAfterMs, () => strike('SIGKILL'))
    cancelling.abort()
  }
  const begun = clock.now()
  const { skewMs, clockIsSet } = step
  const skew = () => skewMs + (clockIsSet && clock.now() - begun >= clockIsSet.afterMs ? clockIsSet.byMs : 0)
  const process = new Process(clock, aws, skew, effect => {
    for (const { kind, at } of step.signals)
      if ('effect' in at && at.effect === effect) {
        // A signal handler runs when the program next gives way; a kill waits for nothing.
        if (kind === 'SIGINT') clock.at(clock.now(), () => strike(kind))
        else strike(kind)
      }
  })
  for (const { kind, at } of step.signals) if ('after' in at) stage.at(at, () => strike(kind))

  const state: Record<string, string> = {}
  const homeOf = (stageName: 'main' | 'post', of: Process): Home => ({
    process: of,
    job: new RecordingJob(
      stageName,
      state,
      () => of.may(),
      line => chronicle.note(clock.now(), stageName === 'post' ? `${step.run} post` : step.run, () => line)
    ),
    run: step.run,
    random: () => stage.chance.next(),
    unforeseen: error => {
      unforeseen.push(error)
    }
  })

  const home = homeOf('main', process)
  const begunAt = clock.now()
  const exit = await Promise.race([main(inputs, cancelling.signal, home), process.killed])
  ended = true
  const ran: PlayedStep['main'] = {
    ...asItEnded(process, home, begunAt, clock.now()),
    exitCode: exit === 'killed' ? undefined : exit
  }
  chronicle.note(clock.now(), step.run, () => `main ends: ${exit === 'killed' ? exit : `exit code ${exit}`}`)
  // What is left of an ended process must not act any more either.
  process.kill()

  const postProcess = new Process(clock, aws, skew, () => {})
  const limit = clock.at(clock.now() + postLimitMs, () => postProcess.kill())
  const postHome = homeOf('post', postProcess)
  const postBegunAt = clock.now()
  const postExit = await Promise.race([post(postHome), postProcess.killed])
  limit.cancel()
  const postRan = asItEnded(postProcess, postHome, postBegunAt, clock.now())
  chronicle.note(clock.now(), step.run, () => `post ${postExit === 'killed' ? 'is cut off' : 'ends'}`)
  postProcess.kill()
  return { step, inputs, main: ran, post: postRan, cancelledAt, unforeseen }
}

const asItEnded = (process: Process, { job }: Home, begunAt: number, endedAt: number): Ran => ({
  begunAt,
  endedAt,
  job,
  killed: process.isKilled,
  pausesLeft: process.pauses,
  requestsLeft: process.requests
})

function filledIn(inputs: StepInputs, { aws }: Stage): StepInputs {
  if (inputs['deployment-id'] !== newestDeployment) return inputs
  const ids = aws.codedeploy.listDeployments(groupOf(paymentsNames)).deployments
  const newest = aws.uncertain.listOrder === 'newestFirst' ? ids[0] : ids.at(-1)
  return { ...inputs, 'deployment-id': newest ?? 'd-NOSUCHID1' }
}
