import type { Event } from '../deployment/event.ts'
import type { MetricsPort } from '../deployment/figures.ts'
import type { Gate, Verdict } from '../deployment/gate.ts'
import type { EndingReason, LeavingPolicy, StopResult } from '../deployment/leaving.ts'
import type { Subject } from '../deployment/observation.ts'
import type { WatchPort } from '../deployment/reading.ts'

/** The world as the watch sees it. */
export interface WatchOptions {
  port: WatchPort
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
  /** 0 to 1. */
  random(): number
  /** Aborts when the job is cancelled. */
  cancelled: AbortSignal
  /** When to stop waiting, epoch ms. */
  deadline: number
  /** What to do with a deployment that is still running then, or when the job is cancelled. */
  leaving(deploymentId: string): LeavingPolicy
  /** Whether `leaving` still decides about a deployment after another function of the release failed. Default: for none. */
  isSpared?(deploymentId: string): boolean
  /** How long to keep looking after that, ms. */
  graceMs: Record<EndingReason, number>
  /** Why an earlier process of this step ended its watch, which a cancelled one goes on with. Default: it was interrupted. */
  endedFor?: EndingReason
  /** Whether this step asked CodeDeploy to stop a deployment before the watch began. Default: none of them. */
  stopAsked?(deploymentId: string): boolean
  /** Whether a deployment was seen to have ended before the watch began, so that there is nothing to stop. Default: none of them. */
  hasEnded?(deploymentId: string): boolean
  /** Whether it was asked to shift back then. Default: none of them. */
  shiftsBack?(deploymentId: string): boolean
  /** Whether others are released with them, all or none. Default: if several are watched. */
  isOneOfMany?: boolean
  /** Which other function of the release failed before the watch began, and how; see `LeavingCause`. */
  blockedBy?: string
  /** CloudWatch's figures of both versions. Default: nothing is measured. */
  metrics?: MetricsPort
  /** By what the new version is judged. Default: by nothing. */
  gate?(deploymentId: string): Gate | undefined
  /** Why this step asked CodeDeploy to stop a deployment before the watch began, if that was for what its new version did. */
  verdict?(deploymentId: string): Verdict | undefined
  /** Asks CodeDeploy to stop a deployment, with or without shifting back. Repeats the request for seconds, unless it `isAgain`. */
  stop(deploymentId: string, rollBack: boolean, isAgain?: boolean): Promise<StopResult>
}

export interface DeploymentEvent {
  subject: Subject
  event: Event
}
