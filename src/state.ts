import { type LeavingPolicy, leavingPolicies } from './deployment/leaving.ts'
import type { Subject } from './deployment/observation.ts'
import type { ReleaseRecord } from './deployment/record.ts'

/** How to find a deployment whose id never arrived: by what was sent. Times are epoch ms. */
export interface Fingerprint {
  description: string
  /** Of the AppSpec. */
  sha256: string
  since: number
  /** Deployments that were there before. */
  known?: readonly string[]
}

/** What the post step needs of one release to finish what main began. */
export interface SavedRelease {
  record: Pick<ReleaseRecord, 'functionName' | 'alias'> & Partial<ReleaseRecord>
  /** Without the id while it is not known. */
  subject: Omit<Subject, 'deploymentId' | 'schedule'>
  fingerprint?: Fingerprint
  /** Its deployment has succeeded, and is being reverted. */
  reverting?: boolean
  /** Another run began the deployment. */
  isOthers?: boolean
}

/**
 * What main leaves for post. `creating`: CodeDeploy may have been asked; `running`: there is a deployment; `stopping`: it was asked
 * to stop; `done`: nothing is left to do.
 */
export interface SavedRun {
  phase: 'creating' | 'running' | 'stopping' | 'done'
  region: string
  /** As in Inputs; `continue` when nobody waits. */
  leaving?: LeavingPolicy | undefined
  /** As in Inputs. */
  role?: string
  /** As in WatchedRelease. */
  blockedBy?: string
  /** How many of the step's functions were to be deployed: all of them, or none. */
  expected: number
  releases: readonly SavedRelease[]
}

/** What post has no use for, or finds out by itself. */
const dropped = {
  alarms: undefined,
  appSpec: undefined,
  events: undefined,
  warnings: undefined,
  schedule: undefined,
  outcome: undefined,
  commits: undefined,
  confirmedAt: undefined,
  strategy: undefined,
  functionArn: undefined,
  aliasArn: undefined
}

/** Kept small: the runner hands the state over in the environment, where Linux allows one entry 128 KiB. */
export function toState(run: SavedRun): string {
  const releases = run.phase === 'done' ? [] : run.releases
  return JSON.stringify({
    ...run,
    releases: releases.map(({ record, ...rest }) => ({ ...rest, record: { ...record, ...dropped } }))
  })
}

/** Reads it back; undefined when main left nothing to do, or nothing that can be understood. */
export function fromState(text: string): SavedRun | undefined {
  try {
    const run = JSON.parse(text) as SavedRun
    const isKnown = run.leaving === undefined || leavingPolicies.includes(run.leaving)
    const known = run.phase !== 'done' && isKnown && Array.isArray(run.releases)
    return known && run.releases.length > 0 ? run : undefined
  } catch {
    return undefined
  }
}
