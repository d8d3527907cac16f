import type { Event } from './event.ts'
import type { Figures } from './figures.ts'
import type { Shift } from './gate.ts'
import type { Traffic } from './observation.ts'
import type { Outcome } from './outcome.ts'
import type { Schedule } from './schedule.ts'

/** A test event that the target version has passed. */
export interface PassedTest {
  durationMs: number
  /** How long its cold start took; undefined when it was warm. */
  initMs?: number
}

/** Versions of the function, oldest first. */
export interface OldVersionsRecord {
  deleted: readonly string[]
  /** Lambda refused to delete them. */
  refused: readonly string[]
  /** Lambda may have deleted them. */
  unsure: readonly string[]
  /** They stay because durable executions may run on them, and for nothing else. */
  durable: readonly string[]
  /** How many are left for the next release. */
  left: number
  /** A dry run: they would be deleted. */
  isPlan?: true
}

/** Somebody else's deployment that this step has asked to stop, to replace it, and what was seen of its end. */
export interface Replaced {
  deploymentId: string
  /** How it ended. */
  status?: string
  rollback?: { deploymentId: string; status?: string; error?: { code: string; message: string } }
}

/** Everything that a run has learned about the release of one function; filled in as it goes. */
export interface ReleaseRecord {
  functionName: string
  alias: string
  application?: string
  group?: string
  /** This step has created the group. */
  groupCreated?: boolean
  /** What the alias pointed to when the step first read it: others may move it while the step waits for them. */
  foundVersion?: string
  previousVersion?: string
  version?: string
  /** In a dry run: another deployment of the group is running, and what a release would do about it. */
  inTheWay?: {
    deploymentId: string
    then: 'join' | 'perhaps-join' | 'wait' | 'replace'
    /** It shifts another alias, and leaves this one as it is. */
    isElsewhere?: true
  }
  /** What it took out of its way, oldest first. */
  replaced?: readonly Replaced[]
  /** ARN of the target version. */
  functionArn?: string
  aliasArn?: string
  /** The alias was found on a version that this very run has published: in an earlier attempt, or in another step. */
  publishedByThisRun?: true
  /** SHA-256 of the target version's code, as Lambda reports it. */
  codeSha256?: string
  /** The code that was given, in words, and whether it was put into `$LATEST`. */
  code?: { what: string; uploaded?: 'certainly' | 'perhaps' }
  /** The tests that the target version has passed, and how many there are. */
  tests?: { count: number; passed: PassedTest[] }
  appSpec?: string
  /** `10%, then all after 5 minutes`. */
  strategy?: string
  schedule?: Schedule
  deploymentId?: string
  consoleUrl?: string
  deploymentStatus?: string
  rollbackId?: string
  /** Names of the alarms in force, as far as they are known. */
  alarms?: readonly string[]
  /** Where the failed hook writes its log, if not to Lambda's default log group. */
  hookLogGroup?: string
  /** When Lambda last said what the alias serves, epoch ms. */
  confirmedAt?: number
  /** When the deployment started and ended, epoch ms. */
  startedAt?: number
  endedAt?: number
  /** The commit that was live before, with links to it and to what this release adds. */
  commits?: { live: string; liveUrl: string; bringsUrl: string }
  /** When weights are set by hand: what the alias is to serve, in words, as far as it is known before anything is published. */
  weights?: string
  /** The weights that the alias is to have, when they are set by hand. */
  asked?: Traffic
  /** When Lambda showed that it has got them from this step, epoch ms. */
  weightedAt?: number
  /** The deployment exists, and the step refused to watch it. */
  unwatched?: true
  /** Why the release was skipped on purpose, although nothing is wrong. */
  skipped?: string
  /** What CloudWatch had of both versions at the end, and when they shared the traffic. */
  measured?: { figures: Figures; shift: Shift; readAt: number }
  /** What the gate judged, and what it could not judge. */
  judgement?: string
  /** What became of the function's old versions. */
  oldVersions?: OldVersionsRecord
  events: Event[]
  warnings: string[]
  outcome?: Outcome
  /** It was to be stopped or reverted, and the end of that was not seen: the post step continues from here. */
  unfinished?: boolean
}
