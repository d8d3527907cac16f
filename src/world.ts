import type { Clock } from './clock.ts'
import type { MetricsPort } from './deployment/figures.ts'
import type { StopResult } from './deployment/leaving.ts'
import type { Traffic } from './deployment/observation.ts'
import type { Reading, WatchPort } from './deployment/reading.ts'
import type { GitHub } from './github/github.ts'
import type { IfOutdated } from './inputs/inputs.ts'
import type { Journal } from './journal.ts'
import type { CreateDeploymentPort } from './operations/createdeployment.ts'
import type { DeleteVersionsPort } from './operations/deleteversions.ts'
import type { ExistingPort } from './operations/existing.ts'
import type { OtherGroupsPort } from './operations/othergroups.ts'
import type { PublishPort } from './operations/publish.ts'
import type { SetUpPort } from './operations/setup.ts'
import type { WeightPort } from './operations/setweights.ts'
import type { ObjectPort } from './operations/store.ts'
import type { SurveyCodeDeployPort, SurveyLambdaPort } from './operations/survey.ts'
import type { TestPort } from './operations/testversion.ts'
import type { FunctionCodePort } from './operations/upload.ts'
import type { DiskPort } from './packaging/package.ts'
import type { KnownAlarms } from './plan/alarms.ts'
import type { Alias } from './plan/holdings.ts'
import type { Reporter } from './report/reporter.ts'

/** Everything outside the program, as a run sees it. Only main.ts builds it, for real jobs and for simulated ones. */
export interface World {
  region: string
  lambda: SurveyLambdaPort &
    WeightPort &
    PublishPort &
    TestPort & {
      createAlias(functionName: string, alias: string, version: string): Promise<Alias>
      traffic(functionName: string, alias: string): Promise<Reading<Traffic & Partial<Pick<Alias, 'arn'>>>>
    }
  codedeploy: SurveyCodeDeployPort &
    CreateDeploymentPort &
    SetUpPort &
    ExistingPort &
    Pick<WatchPort, 'deployment' | 'lifecycle'> & {
      stop(deploymentId: string, rollBack: boolean, isAgain?: boolean): Promise<StopResult>
    }
  /** What is asked to delete old versions, until `over` aborts. */
  oldVersions(over: AbortSignal): DeleteVersionsPort & { codedeploy: OtherGroupsPort }
  code: FunctionCodePort
  objects: ObjectPort
  disk: DiskPort
  metrics: MetricsPort & { mayAsk(signal?: AbortSignal): Promise<boolean> }
  /** Throws Failure. */
  alarms: { describe(names: readonly string[], signal: AbortSignal): Promise<KnownAlarms> }
  logs: { tail(group: string, from: number, to: number): Promise<string[]> }
  /** When the ambient credentials expire, epoch ms; undefined when that is not known, or when they are renewed. */
  credentialsExpireAt?: number
  /** How long the job may take, ms; undefined when that is longer than any deployment. */
  jobLimitMs?: number
  /** AWS's time, as learned from its answers, so that all times of the program come from one clock. */
  clock: Clock
  /** Milliseconds since some moment. Unlike `clock`, no answer of AWS corrects it, so it measures what began before the first one. */
  elapsed(): number
  /** What AWS's time is at the least, epoch ms. */
  earliestNow(): number
  /** Undefined when the job does not say which repository and commit it is for. */
  github?: GitHub & {
    /** What to do with a release whose commit is older than the live one. */
    policy: IfOutdated
  }
  /** 0 to 1. */
  random(): number
  /** Aborts when the job is cancelled. */
  cancelled: AbortSignal
  /** How long to keep asking after a transient failure, ms. Default: as long as without sight of a deployment. */
  patienceMs?: number
  /** What is known about the releases, and what of it is saved for the post step. */
  journal: Journal
  reporter: Reporter
}
