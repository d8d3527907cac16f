import type {
  AlarmConfiguration,
  AutoRollbackConfiguration,
  AutoRollbackEvent,
  DeploymentGroupInfo,
  DeploymentStatus,
  ErrorInformation,
  LifecycleEvent,
  LifecycleEventStatus,
  RevisionLocation
} from '@aws-sdk/client-codedeploy'
import type { SimulatedClock } from '../clock.ts'
import type { AppSpec } from './appspec.ts'
import { Course } from './course.ts'

export type EventName = 'BeforeAllowTraffic' | 'AllowTraffic' | 'AfterAllowTraffic'
export type Status = 'Created' | 'Queued' | 'InProgress' | 'Baking' | 'Succeeded' | 'Failed' | 'Stopped'

/** Why a deployment ends before its time. */
export interface Halt {
  status: 'Failed' | 'Stopped'
  error?: ErrorInformation
  /** The setting that decides whether this is rolled back. */
  trigger: AutoRollbackEvent
  /** What the caller of StopDeployment wanted, if it said so. */
  rollback?: boolean
  /** The AppSpec was found invalid: nothing can have moved. */
  invalid?: boolean
}

/** Asked to stop, and succeeding nevertheless. */
export interface Rush {
  status: 'Succeeded'
}

export interface DeploymentSettings {
  id: string
  group: DeploymentGroupInfo
  configName: string
  content: string
  revision: RevisionLocation
  description: string | undefined
  rollback: AutoRollbackConfiguration
  alarms: AlarmConfiguration
  /** As given with the deployment, if it was. */
  overrideAlarms?: AlarmConfiguration
  creator: 'user' | 'codeDeployRollback'
  /** Set on a rollback. */
  triggeredBy?: Deployment
  /** Found at creation, told when the deployment runs. */
  flaw?: ErrorInformation
}

export interface HookExecution {
  token: string
  /** Absent once the event is over. */
  answer?: (status: 'Succeeded' | 'Failed') => void
}

/** One deployment as CodeDeploy remembers it. What drives it is in progress.ts, how it is told in view.ts. */
export class Deployment {
  readonly settings: DeploymentSettings
  readonly course: Course<Halt | Rush>
  readonly createdMs: number
  readonly events: Record<EventName, LifecycleEvent>
  readonly hooks = new Map<string, HookExecution>()
  readonly opaqueTargetId: string
  status: Status = 'Created'
  startedMs: number | undefined
  completedMs: number | undefined
  updatedMs: number
  error: ErrorInformation | undefined
  appSpec: AppSpec | undefined
  /** Share of traffic on the target, 0 to 1; undefined before the first shift. */
  weight: number | undefined
  rolledBackBy: Deployment | undefined
  stopping = false
  /** How often somebody looked at it, in all and since it ended. */
  looks = 0
  looksSinceEnd = 0
  readonly #clock: SimulatedClock

  constructor(settings: DeploymentSettings, clock: SimulatedClock, opaqueTargetId: string) {
    this.settings = settings
    this.#clock = clock
    this.course = new Course(clock)
    this.createdMs = clock.now()
    this.updatedMs = this.createdMs
    this.opaqueTargetId = opaqueTargetId
    const pending = (lifecycleEventName: EventName): LifecycleEvent => ({
      lifecycleEventName,
      status: 'Pending'
    })
    this.events = {
      BeforeAllowTraffic: pending('BeforeAllowTraffic'),
      AllowTraffic: pending('AllowTraffic'),
      AfterAllowTraffic: pending('AfterAllowTraffic')
    }
  }

  get ended(): boolean {
    return this.completedMs !== undefined
  }

  become(status: Status): void {
    this.status = status
    const now = this.#touch()
    if (status === 'InProgress') this.startedMs ??= now
    if (isTerminal(status)) this.completedMs ??= now
  }

  mark(name: EventName, status: LifecycleEventStatus): void {
    const event = this.events[name]
    const now = new Date(this.#touch())
    event.status = status
    if (status === 'InProgress') event.startTime = now
    else if (status !== 'Pending' && status !== 'Skipped') {
      event.startTime ??= now
      event.endTime = now
    }
  }

  shift(weight: number): void {
    this.weight = weight
    this.#touch()
  }

  /** The event under way failed, and those that come after it are skipped. */
  abandonEvents(): void {
    for (const event of Object.values(this.events)) {
      const name = event.lifecycleEventName as EventName
      if (event.status === 'InProgress') this.mark(name, 'Failed')
      else if (event.status === 'Pending') this.mark(name, 'Skipped')
    }
  }

  #touch(): number {
    this.updatedMs = this.#clock.now()
    return this.updatedMs
  }
}

export function isTerminal(status: Status | DeploymentStatus): boolean {
  return status === 'Succeeded' || status === 'Failed' || status === 'Stopped'
}
