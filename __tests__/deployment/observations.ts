import type {
  DeploymentView,
  LifecycleEvent,
  Observation,
  Subject,
  Traffic
} from '../../src/deployment/observation.ts'
import type { Schedule } from '../../src/deployment/schedule.ts'

export const second = 1_000
export const minute = 60_000

/** Ten percent, then all after five minutes. */
export const canary: Schedule = [
  { afterMs: 0, share: 0.1 },
  { afterMs: 5 * minute, share: 1 }
]

export const everyRollback = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST']

export const bothHooks = {
  BeforeAllowTraffic: 'CodeDeployHook_before',
  AfterAllowTraffic: 'CodeDeployHook_after'
}

/** A release of payments-api:live from 7 to 8, without hooks, alarms, schedule or known rollback events. */
export const subject = (over: Partial<Subject> = {}): Subject => ({
  functionName: 'payments-api',
  alias: 'live',
  deploymentId: 'd-NEW',
  currentVersion: '7',
  targetVersion: '8',
  hooks: {},
  alarms: [],
  ...over
})

export const view = (status: string, over: Partial<DeploymentView> = {}): DeploymentView => ({
  id: 'd-NEW',
  status,
  ...over
})

export const seen = (over: Partial<Observation> = {}): Observation => ({
  at: 0,
  deployment: view('InProgress'),
  lifecycle: [],
  ...over
})

export function event(name: string, status: string, startedAt?: number, endedAt?: number): LifecycleEvent {
  return {
    name,
    status,
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt })
  }
}

/** The events of a deployment whose first traffic moved at `startedAt` and which is still shifting. */
export const shiftingSince = (startedAt: number): LifecycleEvent[] => [
  event('BeforeAllowTraffic', 'Succeeded', startedAt, startedAt),
  event('AllowTraffic', 'InProgress', startedAt),
  event('AfterAllowTraffic', 'Pending')
]

/** The alias wholly on a version, as Lambda said at `readAt`. */
export const whollyOn = (version: string, readAt?: number): Traffic & { readAt?: number } => ({
  version,
  weights: {},
  ...(readAt !== undefined && { readAt })
})

/** The alias on 7 with a share on 8, as Lambda said at `readAt`. */
export const shareOn8 = (share: number, readAt?: number): Traffic & { readAt?: number } => ({
  version: '7',
  weights: { '8': share },
  ...(readAt !== undefined && { readAt })
})

/** What is wholly on a version, for `toMatchObject`, to which no weights would match any. */
export const onlyOn = (version: string) => ({
  asymmetricMatch: (other: Traffic | undefined) =>
    other?.version === version && Object.keys(other.weights).length === 0,
  toString: () => `wholly on version ${version}`
})
