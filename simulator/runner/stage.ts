import type { Action } from './action.ts'
import { Child, type ChildEnd } from './child.ts'
import { environment, readInputs, shownName } from './environment.ts'
import type { JobFolders } from './jobfolders.ts'
import { JobLog } from './joblog.ts'
import type { Masks } from './masks.ts'
import { ownOs } from './os.ts'
import type { Moment, Result, ShownLine, StageResult, Step } from './step.ts'

/** One process of a step: main, or post with the state that main left, `before`. */
export interface Stage {
  step: Step
  action: Action
  folders: JobFolders
  masks: Masks
  before?: JobLog
  /** When the worker is killed because the job was cancelled, as by `performance.now`. */
  deadline?: number | undefined
}

/** A stage that is over. */
export interface Staged {
  result: StageResult
  jobLog: JobLog
  /** What became of the job meanwhile, if something did. */
  job: 'cancelled' | 'failure' | undefined
  /** The worker's, if the job was cancelled. */
  deadline: number | undefined
  /** The worker was killed: nothing of this job runs any more. */
  workerKilled: boolean
  /** Removes the container of a process that has outlived its stage. */
  remove(): void
}

/** Why a process was ended from outside, if it was. */
interface Ending {
  /** The step was, and not only the job. */
  cancelled: boolean
  timedOut: boolean
  shutDown: boolean
  workerKilled: boolean
  /** Why the runner itself gave up on the process. */
  lost: Error | undefined
}

const LONGEST_TIMER_MS = 2 ** 31 - 1
const MINUTE_MS = 60_000
const CANCEL_TIMEOUT_MS = 5 * MINUTE_MS
/** How long before the end of a cancelled job's time the listener kills the worker (JobDispatcher.cs). */
const WORKER_EARLIER_MS = 15_000

/** Runs one process and decides its outcome as StepsRunner.cs and NodeScriptActionHandler.cs do (actions/runner 2.336.0). */
export async function runStage(stage: Stage): Promise<Staged> {
  const { step, folders, masks } = stage
  let watch: ((line: ShownLine) => void) | undefined
  const jobLog = new JobLog({
    stage: stage.before ? 'post' : 'main',
    masks,
    debug: step.env?.RUNNER_DEBUG === '1',
    unsecure: step.env?.ACTIONS_ALLOW_UNSECURE_COMMANDS?.toLowerCase() === 'true',
    onLine: line => {
      step.onLine?.(line)
      watch?.(line)
    }
  })
  const os = step.os ?? ownOs
  const files = await folders.files(os)
  const inputs = readInputs(stage, jobLog)
  const env = { ...environment(stage, inputs), ...files.env }

  const ending: Ending = {
    cancelled: false,
    timedOut: false,
    shutDown: false,
    workerKilled: false,
    lost: undefined
  }
  let { deadline } = stage
  const child = new Child({
    script: (stage.before && stage.action.post) ?? stage.action.main,
    cwd: folders.workspace,
    env,
    os,
    container: step.container ?? false,
    graceScale: step.graceScale ?? 1,
    onLine: line => {
      if (ending.lost) return
      try {
        jobLog.receive(line)
      } catch (error) {
        // Here a runner stops listening and leaves the process running; this model also ends it.
        ending.lost = error as Error
        child.kill()
      }
    }
  })
  const over = new AbortController()
  const timers: NodeJS.Timeout[] = []
  const later = (ms: number, run: () => void) => timers.push(setTimeout(run, Math.min(ms, LONGEST_TIMER_MS)))
  const killWorkerAt = (when: number) => {
    deadline = when
    later(Math.max(0, when - performance.now()), () => {
      ending.workerKilled = true
      child.kill()
    })
  }
  if (deadline !== undefined) killWorkerAt(deadline)
  const cancel = () => {
    if (deadline !== undefined) return
    const allowed = (step.cancelTimeoutMs ?? CANCEL_TIMEOUT_MS) - WORKER_EARLIER_MS
    killWorkerAt(performance.now() + allowed / (step.graceScale ?? 1))
    if (step.always && !ending.shutDown) return
    ending.cancelled = true
    child.cancel()
  }
  const shutDown = () => {
    ending.shutDown = true
    cancel()
  }
  if (step.timeoutMs !== undefined)
    later(step.timeoutMs, () => {
      ending.timedOut = true
      child.cancel()
    })
  // A cancelled job no longer signals its post step.
  if (!stage.before) {
    const at = (moment: Moment | undefined, line: ShownLine, run: () => void) => {
      const when = moment?.(line) ?? false
      if (when === true) run()
      else if (when !== false) later(when, run)
    }
    const kill = () => child.kill()
    watch = line => {
      if (typeof step.kill === 'function') at(step.kill, line, kill)
      at(step.cancelAt, line, cancel)
    }
    whenAborted(step.signal, cancel, over.signal)
    whenAborted(step.shutdown, shutDown, over.signal)
    if (step.kill instanceof AbortSignal) whenAborted(step.kill, kill, over.signal)
  }

  const end = await child.ended
  watch = undefined
  over.abort()
  for (const timer of timers) clearTimeout(timer)
  if (!ending.workerKilled) await files.process(jobLog, masks)
  return {
    result: conclude(step, end, ending, jobLog, files.summary),
    jobLog,
    job: ending.shutDown ? 'failure' : deadline === undefined ? undefined : 'cancelled',
    deadline,
    workerKilled: ending.workerKilled,
    remove: () => child.kill()
  }
}

function whenAborted(signal: AbortSignal | undefined, run: () => void, until: AbortSignal) {
  if (signal?.aborted) run()
  else signal?.addEventListener('abort', run, { signal: until, once: true })
}

function conclude(step: Step, end: ChildEnd, ending: Ending, jobLog: JobLog, summary: string): StageResult {
  const outcome = (): Result => {
    if (ending.workerKilled) return 'cancelled'
    if (ending.lost) {
      jobLog.annotate('error', ending.lost.message)
      return 'failure'
    }
    if (ending.cancelled) {
      jobLog.annotate('error', 'The operation was canceled.')
      return 'cancelled'
    }
    if (ending.timedOut) {
      const minutes = (step.timeoutMs ?? 0) / MINUTE_MS
      jobLog.annotate('error', `The action '${shownName(step)}' has timed out after ${minutes} minutes.`)
      return 'failure'
    }
    return jobLog.failed || end.exitCode !== 0 ? 'failure' : 'success'
  }
  const result = outcome()
  return {
    outcome: result,
    conclusion: step.continueOnError && result === 'failure' ? 'success' : result,
    exitCode: end.exitCode,
    annotations: jobLog.annotations,
    summary,
    log: jobLog.lines,
    commands: jobLog.commands,
    signals: end.signals
  }
}
