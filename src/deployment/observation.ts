import type { Schedule } from './schedule.ts'

/** Where an alias sends its traffic, as Lambda reports it. */
export interface Traffic {
  /** The version that gets whatever `weights` leaves. During a shift this is the old one. */
  version: string
  /** Other versions with their share, 0 to 1; empty when `version` gets all the traffic. */
  weights: Readonly<Record<string, number>>
}

/** The same, of an alias among several. */
export interface NamedTraffic extends Traffic {
  alias: string
}

/** One lifecycle event of a deployment: BeforeAllowTraffic, AllowTraffic or AfterAllowTraffic. Times are epoch ms. */
export interface LifecycleEvent {
  name: string
  status: string
  startedAt?: number
  endedAt?: number
  /** The end of the log, if CodeDeploy returns it; whether it ever does for Lambda is not documented. */
  logTail?: string
}

/** A deployment as CodeDeploy's GetDeployment returns it. Times are epoch ms. */
export interface DeploymentView {
  id: string
  /** An open set: only Succeeded, Failed and Stopped end it, and everything else counts as running. */
  status: string
  createdAt?: number
  startedAt?: number
  completedAt?: number
  error?: { code: string; message: string }
  /** The deployment that CodeDeploy created to roll this one back. May appear only several looks after the end. */
  rollbackId?: string
  /** CodeDeploy created it by itself, to roll another one back, which may never have moved the alias. */
  isRollback?: boolean
}

/** When both versions share the traffic, as seen in Lambda's alias; epoch ms. */
export interface Sharing {
  /** The earliest moment at which the shift can have begun, a minute before it was seen at most. */
  from: number
  /** The same, however long ago that was; undefined when it is the same moment. */
  since?: number
  /** When all traffic was first seen to have moved, or was to move after it was last seen split. */
  to?: number
}

/** What one look at a deployment found. Parts that were not asked for this time are carried over. */
export interface Observation {
  /** When the look was taken, epoch ms. */
  at: number
  deployment: DeploymentView
  /** When its status was last asked for, epoch ms: it is at least as old. */
  statusAt?: number
  /** Empty until CodeDeploy has started the deployment. */
  lifecycle: readonly LifecycleEvent[]
  /**
   * `readAt` is when Lambda was asked, epoch ms; absent when Lambda may not be asked and this is what CodeDeploy claims.
   * Only what Lambda said after the end settles an outcome.
   */
  traffic?: Traffic & { readAt?: number }
  /** Why the alias cannot be read from Lambda; set once that is certain. */
  aliasUnreadable?: string
  /** What the alias alone shows of the shift, while CodeDeploy does not show when it began. */
  sharing?: Sharing
  /** When the alias was last read without the target though CodeDeploy said that traffic moves, before it did; epoch ms. */
  unmovedAt?: number
  rollback?: DeploymentView
  /** When the deployment, and then its rollback, was first seen to have ended; epoch ms by our clock. */
  endedAt?: number
  rollbackEndedAt?: number
  /** When CodeDeploy first named the rollback. */
  rollbackKnownAt?: number
}

/** What makes CodeDeploy stop a deployment, or shift its traffic back, by itself. */
export interface Safeguards {
  /** Names of the alarms in force; empty when none or unknown. */
  alarms: readonly string[]
  /** CodeDeploy's rollback events in force; absent when they could not be read. */
  rollbackEvents?: readonly string[]
}

export const noSafeguards: Safeguards = { alarms: [], rollbackEvents: [] }

/** Only these, of something that has more. */
export const safeguardsOf = ({ alarms, rollbackEvents }: Safeguards): Safeguards => ({
  alarms,
  ...(rollbackEvents && { rollbackEvents })
})

/** What the watch needs to know in advance about a deployment. */
export interface Subject extends Safeguards {
  functionName: string
  alias: string
  deploymentId: string
  currentVersion: string
  targetVersion: string
  /** Lifecycle event -> the function that CodeDeploy invokes for it. */
  hooks: Readonly<Record<string, string>>
  /** Alarms in force that did not exist. Becomes known while the deployment runs, or before. */
  missingAlarms?: readonly string[]
  /** Its AppSpec could not be read: it may have hooks that we do not know of. */
  hooksUnknown?: true
  schedule?: Schedule
}

export const hasHooks = ({ hooks, hooksUnknown }: Subject): boolean =>
  hooksUnknown === true || Object.keys(hooks).length > 0

export const isOver = (status: string): boolean =>
  status === 'Succeeded' || status === 'Failed' || status === 'Stopped'

/** True when the alias sends all traffic to `version`. A weight of zero, or one on the alias' own version, moves nothing. */
export function isWhollyOn(traffic: Traffic, version: string): boolean {
  return shareOf(traffic, version) === 1
}

/**
 * True when no other version has a weight, not even one of 0: what CodeDeploy starts from. A weight on the alias' own version, which was
 * seen for moments, does not count.
 */
export const isUnweighted = ({ version, weights }: Traffic): boolean =>
  Object.keys(weights).every(other => other === version)

/** The share of `version`, 0 to 1. */
export function shareOf(traffic: Traffic, version: string): number {
  const elsewhere = Object.entries(traffic.weights).filter(([other]) => other !== traffic.version)
  if (version !== traffic.version) return elsewhere.find(([other]) => other === version)?.[1] ?? 0
  return rounded(1 - elsewhere.reduce((sum, [, weight]) => sum + weight, 0))
}

/** Each version that gets traffic, with its share; the alias' own version first. */
export function shares(traffic: Traffic): [version: string, share: number][] {
  const versions = [traffic.version, ...Object.keys(traffic.weights).filter(v => v !== traffic.version)]
  return versions.map(v => [v, shareOf(traffic, v)] as [string, number]).filter(([, share]) => share > 0)
}

/** Whether both send the same share to each version. Which of them the alias points to makes no difference to a client. */
export function sameShares(one: Traffic, other: Traffic): boolean {
  const those = shares(other)
  return (
    shares(one).length === those.length && those.every(([version, share]) => shareOf(one, version) === share)
  )
}

/** Whether both also point to the same version. CodeDeploy needs an alias without weights to start from, even of 0 or 1. */
export const sameMap = (one: Traffic, other: Traffic): boolean =>
  one.version === other.version &&
  sameShares(one, other) &&
  Object.keys(one.weights).length === Object.keys(other.weights).length

/** `8` when one version serves, `7:0.9,8:0.1` while split. */
export function servingVersion(traffic: Traffic): string {
  const parts = shares(traffic)
  return parts.length === 1 && parts[0] ? parts[0][0] : parts.map(([v, share]) => `${v}:${share}`).join(',')
}

/** Binary fractions are inexact: 1 - 0.9 should read 0.1. */
const rounded = (share: number): number => Math.round(share * 1e6) / 1e6

/** The API model has a status `Unknown`, which says nothing. */
export const hasEnded = ({ status }: LifecycleEvent): boolean =>
  status === 'Succeeded' || status === 'Failed' || status === 'Skipped'

/** When the first traffic moved as CodeDeploy says, epoch ms; undefined when it has not, or does not say so. */
export const allowTrafficStartedAt = ({ lifecycle }: Pick<Observation, 'lifecycle'>): number | undefined =>
  lifecycle.find(({ name }) => name === 'AllowTraffic')?.startedAt

/** When the first traffic moved, epoch ms, or undefined when that is not known yet. */
export const shiftStartedAt = (seen: Observation): number | undefined =>
  allowTrafficStartedAt(seen) ?? seen.sharing?.from
