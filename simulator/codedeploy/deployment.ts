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
import { Past } from '../past.ts'
import type { AppSpec } from './appspec.ts'
import { Interruptible } from './interruptible.ts'

export type EventName = 'BeforeAllowTraffic' | 'AllowTraffic' | 'AfterAllowTraffic'
export type Status = 'Created' | 'Queued' | 'InProgress' | 'Baking' | 'Succeeded' | 'Failed' | 'Stopped'

/** Why a deployment ends early. */
export interface Halt {
  status: 'Failed' | 'Stopped'
  error?: ErrorInformation
  /** The setting that decides whether this is rolled back. */
  trigger: AutoRollbackEvent
  /** What the caller of StopDeployment asked for, if anything. */
  rollback?: boolean
  /** The AppSpec was found invalid: nothing can have moved. */
  invalid?: boolean
}

/** Asked to stop, but succeeds anyway. */
export interface SuccessAfterStop {
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
  /** As given with the deployment, if at all. */
  overrideAlarms?: AlarmConfiguration
  creator: 'user' | 'codeDeployRollback'
  /** For a rollback: the deployment that it rolls back. */
  triggeredBy?: Deployment
  /** Found at creation, reported once the deployment runs. */
  flaw?: ErrorInformation
}

export interface HookExecution {
  token: string
  /** Absent once the event is over. */
  answer?: (status: 'Succeeded' | 'Failed') => void
}

/** What changes while it runs. */
type Shown = Pick<Deployment, 'status' | 'startedMs' | 'completedMs' | 'updatedMs' | 'weight' | 'events'>

/** One deployment as CodeDeploy stores it. progress.ts drives it; view.ts describes it to clients. */
export class Deployment {
  readonly settings: DeploymentSettings
  readonly lifetime: Interruptible<Halt | SuccessAfterStop>
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
  /** How often somebody looked at it: in total, and since it ended. */
  looks = 0
  looksSinceEnd = 0
  readonly #past: Past<Shown>
  readonly #clock: SimulatedClock

  constructor(settings: DeploymentSettings, clock: SimulatedClock, opaqueTargetId: string) {
    this.settings = settings
    this.#clock = clock
    this.lifetime = new Interruptible(clock)
    this.createdMs = clock.now()
    this.updatedMs = this.createdMs
    this.#past = new Past(clock)
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

  setStatus(status: Status): void {
    const now = this.#touch()
    this.status = status
    if (status === 'InProgress') this.startedMs ??= now
    if (isTerminal(status)) this.completedMs ??= now
  }

  /** What it was then, epoch ms: to be read only. Undefined when it had not been created. */
  asOf(at: number): Deployment | undefined {
    if (at < this.createdMs) return undefined
    const then = this.#past.asOf('', at)?.thing
    const isRolledBack = this.rolledBackBy !== undefined && this.rolledBackBy.createdMs <= at
    const changes = { ...then, ...(!isRolledBack && { rolledBackBy: undefined }) }
    return Object.create(this, Object.getOwnPropertyDescriptors(changes))
  }

  setEvent(name: EventName, status: LifecycleEventStatus): void {
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
    this.#touch()
    this.weight = weight
  }

  /** The running event fails, and later ones are skipped. */
  failRemainingEvents(): void {
    for (const event of Object.values(this.events)) {
      const name = event.lifecycleEventName as EventName
      if (event.status === 'InProgress') this.setEvent(name, 'Failed')
      else if (event.status === 'Pending') this.setEvent(name, 'Skipped')
    }
  }

  /** To be called before it changes. */
  #touch(): number {
    const { status, startedMs, completedMs, updatedMs, weight } = this
    const copies = Object.entries(this.events).map(([name, event]) => [name, { ...event }])
    const events = Object.fromEntries(copies) as Shown['events']
    this.#past.keep('', { status, startedMs, completedMs, updatedMs, weight, events })
    this.updatedMs = this.#clock.now()
    return this.updatedMs
  }
}

export function isTerminal(status: Status | DeploymentStatus): boolean {
  return status === 'Succeeded' || status === 'Failed' || status === 'Stopped'
}
