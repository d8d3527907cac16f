import type { Event } from './event.ts'
import type { Outcome } from './outcome.ts'
import type { Schedule } from './schedule.ts'

/** All that a run came to know of the release of one function; filled in as it goes. */
export interface ReleaseRecord {
  functionName: string
  alias: string
  application?: string
  group?: string
  previousVersion?: string
  version?: string
  /** Of the target version. */
  functionArn?: string
  aliasArn?: string
  appSpec?: string
  /** `10%, then all after 5 minutes`. */
  strategy?: string
  schedule?: Schedule
  deploymentId?: string
  consoleUrl?: string
  deploymentStatus?: string
  rollbackId?: string
  /** Names of the alarms that watch the deployment, as far as they are known. */
  alarms?: readonly string[]
  /** Where the hook that failed writes its log, when that is not Lambda's own choice. */
  hookLogGroup?: string
  /** When Lambda was last asked what the alias serves, and said so; epoch ms. */
  confirmedAt?: number
  /** Of the deployment, epoch ms. */
  startedAt?: number
  endedAt?: number
  /** The commit that was live before, and pages of it and of what this release brings. */
  commits?: { live: string; liveUrl: string; bringsUrl: string }
  /** Why it was called off on purpose, though nothing is wrong. */
  skipped?: string
  events: Event[]
  warnings: string[]
  outcome?: Outcome
  /** It was to be stopped or taken back, and the end of that was not seen: the post step goes on from here. */
  unfinished?: boolean
}
