import { paymentsNames } from '../../simulator/setting.ts'
import { main, type Outside, post } from '../../src/main.ts'
import { groupOf } from '../draw/actors.ts'
import { disk } from '../draw/code.ts'
import { newestDeployment, type StepInputs } from '../draw/inputs.ts'
import type { Signal, Step } from '../draw/scene.ts'
import { RecordingJob } from './job.ts'
import { simulated } from './outside.ts'
import { Process } from './process.ts'
import type { Stage } from './stage.ts'

/** GitHub's runner sends SIGINT, SIGTERM (on Windows SIGBREAK) after 7.5 s, which the program takes for the same, and SIGKILL after 10 s. */
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
}

/** Runs a step as GitHub's runner does: main with its signals, and post whatever became of main. */
export async function runStep(step: Step, stage: Stage): Promise<PlayedStep> {
  const { clock, aws, chronicle } = stage
  await clock.sleep(step.afterMs)
  const inputs = filledIn(step.inputs, stage)
  chronicle.note(clock.now(), step.run, () => `main starts with ${JSON.stringify(inputs)}`)
  const cancelling = new AbortController()
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
  const fetch = stage.github.fetchOf(step.run, ({ operation, status, heard }) =>
    chronicle.note(
      clock.now(),
      step.run,
      () => `-> GitHub ${operation} ${status || 'no answer'}${heard ? '' : ', unheard'}`
    )
  )
  const process = new Process(clock, aws, fetch, skew, effect => {
    for (const { kind, at } of step.signals)
      if ('effect' in at && at.effect === effect) {
        // A signal handler runs when the program next gives way; a kill waits for nothing.
        if (kind === 'SIGINT') clock.at(clock.now(), () => strike(kind))
        else strike(kind)
      }
  })
  for (const { kind, at } of step.signals) if ('after' in at) stage.at(at, () => strike(kind))

  const state: Record<string, string> = {}
  const jobOf = (stageName: 'main' | 'post', of: Process) =>
    new RecordingJob(
      stageName,
      state,
      () => of.may(),
      line => chronicle.note(clock.now(), stageName === 'post' ? `${step.run} post` : step.run, () => line),
      () => clock.now()
    )
  const outsideOf = (of: Process, job: RecordingJob): Outside =>
    simulated(
      {
        aws,
        clock,
        inputs,
        job,
        state,
        runner: {
          idToken: audience => of.ask(() => stage.idTokens.give(audience), false),
          ...(step.stateIsLost && { saveState: () => false }),
          debug: step.debug ? job.debug : undefined
        }
      },
      {
        env: { GITHUB_RUN_ID: step.run },
        cancelled: cancelling.signal,
        clock: of.clock,
        random: () => stage.chance.next(),
        disk,
        aws: { credentials: stage.credentials, requestHandler: of.handler },
        github: { fetch: of.fetch }
      }
    )

  const job = jobOf('main', process)
  const begunAt = clock.now()
  const exit = await Promise.race([main(outsideOf(process, job)), process.killed])
  ended = true
  const endedAt = clock.now()
  // What was hung up on ends by that, though not in the same moment.
  await clock.sleep(0)
  const ran: PlayedStep['main'] = {
    ...asItEnded(process, job, begunAt, endedAt),
    exitCode: exit === 'killed' ? undefined : exit
  }
  chronicle.note(clock.now(), step.run, () => `main ends: ${exit === 'killed' ? exit : `exit code ${exit}`}`)
  // What is left of an ended process must not act any more either.
  process.kill()

  const postProcess = new Process(clock, aws, fetch, skew, () => {})
  const limit = clock.at(clock.now() + postLimitMs, () => postProcess.kill())
  const postJob = jobOf('post', postProcess)
  const postBegunAt = clock.now()
  const postExit = await Promise.race([post(outsideOf(postProcess, postJob)), postProcess.killed])
  limit.cancel()
  const postEndedAt = clock.now()
  await clock.sleep(0)
  const postRan = asItEnded(postProcess, postJob, postBegunAt, postEndedAt)
  chronicle.note(clock.now(), step.run, () => `post ${postExit === 'killed' ? 'is cut off' : 'ends'}`)
  postProcess.kill()
  return { step, inputs, main: ran, post: postRan, cancelledAt }
}

const asItEnded = (process: Process, job: RecordingJob, begunAt: number, endedAt: number): Ran => ({
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
