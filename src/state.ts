import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { type EndingReason, type LeavingPolicy, leavingPolicies } from './deployment/leaving.ts'
import type { Subject, Traffic } from './deployment/observation.ts'
import type { ReleaseRecord } from './deployment/record.ts'

/** What was sent, to find a deployment whose id never arrived. Times are epoch ms. */
export interface Fingerprint {
  description: string
  /** Of the AppSpec. */
  sha256: string
  /** When the deployment was created at the earliest. */
  since: number
  /** Deployments that were there before. */
  known?: readonly string[]
}

/** What the post step needs of one release to finish what main began. */
export interface SavedRelease {
  record: Pick<ReleaseRecord, 'functionName' | 'alias'> & Partial<ReleaseRecord>
  /** The id is in `record` once it is known. */
  subject: Omit<Subject, 'deploymentId'>
  fingerprint?: Fingerprint
  /** Its deployment has succeeded, and is being reverted. */
  reverting?: boolean
  /** Another run began the deployment. */
  isOthers?: boolean
  /** There is no deployment: the weights of the alias are set by hand. What it had, and what it is to have. */
  weights?: { before: Traffic; after: Traffic }
}

/** A function that has no deployment, or none yet. Its outcome, if it has one, was known when this was saved. */
export type UndeployedRelease = Pick<ReleaseRecord, 'functionName' | 'alias'> &
  Partial<Omit<ReleaseRecord, 'events' | 'warnings'>>

/**
 * What main leaves for post. `creating`: CodeDeploy may have been asked; `running`: there is a deployment; `stopping`: it was asked
 * to stop; `done`: nothing is left to do.
 */
export interface SavedRun {
  phase: 'creating' | 'running' | 'stopping' | 'done'
  region: string
  /** As in Inputs; `continue` when nobody waits. */
  leaving?: LeavingPolicy | undefined
  /** False with `wait: false`. */
  waits?: boolean
  /** As in Inputs. */
  role?: string
  /** As in WatchedRelease. */
  blockedBy?: string
  /** Why main's watch ended, unless it was cancelled or killed. */
  endedFor?: EndingReason
  releases: readonly SavedRelease[]
  /** The other functions of the step: all of them are released, or none. Default: there are none. */
  undeployed?: readonly UndeployedRelease[]
}

/** What post does not need, or finds out by itself. */
const dropped = {
  alarms: undefined,
  appSpec: undefined,
  warnings: undefined,
  schedule: undefined,
  outcome: undefined,
  commits: undefined,
  confirmedAt: undefined,
  weightedAt: undefined,
  strategy: undefined,
  tests: undefined,
  consoleUrl: undefined,
  functionArn: undefined,
  aliasArn: undefined,
  measured: undefined,
  oldVersions: undefined,
  judgement: undefined
}

/** From this length on, a state is compressed, in characters. */
const packedFrom = 8_000
/** The runner passes the state in an environment variable, which may have 32,767 characters on Windows and 131,072 on Linux. */
const most = 30_000
const packed = 'deflated:'

/** What is dropped from a state that is too long, the least useful first. What remains is enough to stop each deployment. */
const savings: readonly ((release: SavedRelease) => SavedRelease)[] = [
  release => release,
  // A verdict must not be lost: post does not judge.
  ({ record, ...rest }) => ({
    ...rest,
    record: { ...record, events: (record.events ?? []).filter(({ kind }) => kind === 'stop-asked') }
  }),
  ({ subject, ...rest }) => ({ ...rest, subject: { ...subject, alarms: [] } }),
  ({ subject: { schedule: _, ...subject }, ...rest }) => ({ ...rest, subject }),
  ({ subject, ...rest }) => ({ ...rest, subject: { ...subject, hooks: {}, hooksUnknown: true } })
]

/** The state as text for the runner. If very many releases do not fit, it says less about each. */
export function toState(run: SavedRun): string {
  let releases = run.phase === 'done' ? [] : run.releases.map(withoutNeedless)
  const undeployed = run.phase === 'done' ? [] : (run.undeployed ?? []).map(inShort)
  let text = ''
  for (const save of savings) {
    releases = releases.map(save)
    text = pack(JSON.stringify({ ...run, releases, undeployed }))
    if (text.length <= most) break
  }
  return text
}

const withoutNeedless = ({ record, ...rest }: SavedRelease): SavedRelease => {
  const events = (record.events ?? []).filter(({ kind }) => kind !== 'heartbeat')
  return { ...rest, record: { ...record, ...dropped, events } as object as SavedRelease['record'] }
}

const inShort = (release: UndeployedRelease): object => {
  const { outcome } = release
  const { serving } = outcome ?? {}
  const shares = serving && { serving: { version: serving.version, weights: serving.weights } }
  return {
    ...release,
    ...dropped,
    events: undefined,
    unfinished: undefined,
    outcome: outcome && { ...outcome, ...shares }
  }
}

const pack = (text: string): string =>
  text.length < packedFrom ? text : packed + deflateRawSync(text).toString('base64')

const unpack = (text: string): string =>
  text.startsWith(packed) ? inflateRawSync(Buffer.from(text.slice(packed.length), 'base64')).toString() : text

/** Parses it; undefined when main left nothing to do, or when the text cannot be understood. */
export function fromState(text: string): SavedRun | undefined {
  try {
    const run = JSON.parse(unpack(text)) as SavedRun
    const isKnownPolicy = run.leaving === undefined || leavingPolicies.includes(run.leaving)
    const isValid = run.phase !== 'done' && isKnownPolicy && Array.isArray(run.releases)
    return isValid && run.releases.length > 0 ? run : undefined
  } catch {
    return undefined
  }
}
