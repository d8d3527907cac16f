import type { Aws } from '../aws.ts'
import type { PaymentsOptions } from '../setting.ts'

/** What an ending can do while the deployment runs. */
export interface Stage {
  aws: Aws
  /** Runs something `ms` simulated milliseconds after the answer to CreateDeployment. */
  after(ms: number, run: () => void): void
  /** Cancels the job. */
  cancel(): void
  /** Kills the action's process without warning. */
  kill(): void
}

/** One way in which a release can end: what causes it, and the expected result. */
export interface Ending {
  name: string
  /** One sentence for people. */
  about: string
  /** Simulated seconds per second, chosen so that it takes well under half a minute. */
  speed: number
  /** Functions that are released, if not only the usual one. */
  functions?: readonly string[]
  /** How the setting differs from the usual one. */
  setting?: PaymentsOptions
  /** Inputs of the step that replace the usual ones; an empty one is left out. */
  inputs?: Record<string, string>
  /** Changes the setting before the step starts. */
  prepare?(aws: Aws): void | Promise<void>
  /** Called when CreateDeployment has been answered. */
  meanwhile?(stage: Stage): void
  expect: {
    step: 'success' | 'failure' | 'cancelled'
    /** Output `outcome`; undefined when the step could not say. */
    outcome?: string
    /** What the alias serves in the end: `8`, or `7:0.9,8:0.1`; undefined when traffic is still moving. */
    serves?: string
  }
}
