import type { SentSignal } from './child.ts'
import type { Command } from './commands.ts'
import type { Annotation, ShownLine } from './joblog.ts'
import type { Os } from './os.ts'

export type { Annotation, Command, Os, SentSignal, ShownLine }

/** When something happens, decided for each line of main: true is now, a number is in that many milliseconds, false is not yet. */
export type Moment = (line: ShownLine) => boolean | number

/** One `uses:` step of a workflow. */
export interface Step {
  /** The folder with the action.yml. */
  action: string
  /** What the log calls the action; `owner/repo@ref` also sets GITHUB_ACTION_REPOSITORY and GITHUB_ACTION_REF. */
  uses?: string
  /** The step's `with:`. */
  inputs: Record<string, string>
  /** What earlier steps have left in the workspace: text by path. */
  files?: Readonly<Record<string, string>>
  /** The step's `env:`. GITHUB_* and RUNNER_* in it replace this model's values for repository, commit and run. */
  env?: Record<string, string>
  /** The job's secrets. */
  secrets?: string[]
  /** The value of `${{ github.token }}`, which is masked. Default: empty. */
  token?: string
  /** What the runner runs on. Default: what this machine runs on. */
  os?: Os
  onLine?(line: ShownLine): void
  /** Cancels the job. */
  cancelAt?: Moment
  /** Cancels the job. */
  signal?: AbortSignal
  /** The step's `if:` is `always()`: it is still true when the job is cancelled, so the runner lets the step run on. */
  always?: boolean
  /**
   * The job has a `container:`. A cancel ends `docker exec`, which passes no signal on: main lives on until the container is removed, after
   * post.
   */
  container?: boolean
  /** The step's `continue-on-error`. */
  continueOnError?: boolean
  /** The runner itself shuts down, such as a spot machine: main is signalled, post does not run, and the job has failed. */
  shutdown?: AbortSignal
  /** Kills main without warning. */
  kill?: Moment | AbortSignal
  /** The step's `timeout-minutes`, in milliseconds; post has as long again. */
  timeoutMs?: number
  /** How long GitHub gives a cancelled job, ms; the runner's worker is killed 15 s before. Default: 5 minutes. */
  cancelTimeoutMs?: number
  /** Divides the runner's waits of 7.5 s, 2.5 s and 5 s, and a cancelled job's time. Default: 1. */
  graceScale?: number
}

export type Result = 'success' | 'failure' | 'cancelled'

export interface StageResult {
  outcome: Result
  /** What the job makes of the outcome: with `continue-on-error`, a failure is a success. */
  conclusion: Result
  /** Null when a signal ended the process. */
  exitCode: number | null
  annotations: Annotation[]
  summary: string
  log: ShownLine[]
  commands: Command[]
  /** What the runner sent. */
  signals: SentSignal[]
}

export interface StepResult extends StageResult {
  outputs: Record<string, string>
  /** The outputs that a job could pass on: those without masked text. */
  jobOutputs: Record<string, string>
  state: Record<string, string>
  /** What later steps find in their environment and in front of their PATH. */
  env: Record<string, string>
  path: string[]
  post?: StageResult
  /** The job's result, if this is its only step. */
  job: Result
}
