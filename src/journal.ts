import type { Event } from './deployment/event.ts'
import { type Subject, servingVersion } from './deployment/observation.ts'
import type { Cause } from './deployment/outcome.ts'
import type { ReleaseRecord } from './deployment/record.ts'
import { type SavedRelease, type SavedRun, toState } from './state.ts'

/** What the journal asks of the runner: to pass a text to the post step. */
export interface StatePort {
  /** Whether it was kept. */
  saveState(name: string, value: string): boolean
}

/** What the post step must know about the run, however its releases end. */
export type KeptRun = Pick<SavedRun, 'region' | 'leaving' | 'waits' | 'role' | 'blockedBy' | 'endedFor'>

/** One event, and the deployment that it is about. */
export interface JournalEvent {
  subject: Pick<Subject, 'deploymentId' | 'alarms'>
  event: Event
}

/**
 * What this run knows about its releases. The part that the post step needs is saved before it can be needed, so that post can always
 * finish what a killed process leaves.
 */
export class Journal {
  readonly #job: StatePort
  #run: KeptRun | undefined
  #saved: readonly SavedRelease[] = []
  #records: readonly ReleaseRecord[] = []
  #phase: SavedRun['phase'] = 'running'

  /** Without a `run`, nothing is saved: the inputs have not been checked yet, and no request was sent to AWS. */
  constructor(job: StatePort, run?: KeptRun) {
    this.#job = job
    this.#run = run
  }

  get records(): readonly ReleaseRecord[] {
    return this.#records
  }

  get region(): string | undefined {
    return this.#run?.region
  }

  /** A release was to be stopped or reverted, and the end of that was not seen: the post step reports the result. */
  get isUnfinished(): boolean {
    return this.#records.some(({ unfinished }) => unfinished)
  }

  /** This process has begun something, and has not told all of it: post would finish it if the process were killed now. */
  get isLeftToPost(): boolean {
    return this.#saved.length > 0 && this.#phase !== 'done'
  }

  /** From here on the run is about these releases. */
  follow(records: readonly ReleaseRecord[]): void {
    this.#records = records
  }

  /** From here on CodeDeploy may have a deployment of ours, whether we learn of it or not. */
  creating(release: SavedRelease): void {
    this.#saved = [...this.#saved.filter(({ record }) => record !== release.record), release]
    this.#save('creating')
  }

  /** From here on these aliases may have other weights. */
  weighing(releases: readonly SavedRelease[]): void {
    this.#saved = releases
    this.#save('running')
  }

  /** CodeDeploy has certainly refused it, so post need not look for it. */
  notCreated(record: ReleaseRecord): void {
    this.#saved = this.#saved.filter(each => each.record !== record)
    this.#save(this.#saved.some(each => each.record.deploymentId) ? 'running' : 'creating')
  }

  /** The deployment has an id, which must not be lost. `isOthers`: another run began it. */
  created(record: ReleaseRecord, subject: Subject, isOthers = false): void {
    const known = this.#saved.find(each => each.record === record)
    const saved = { ...known, record, subject, ...(isOthers && { isOthers }) }
    this.#saved = known ? this.#saved.map(each => (each === known ? saved : each)) : [...this.#saved, saved]
    this.#save('running')
  }

  /** An alias was created, and nothing is left to do for it: post no longer expects a deployment for it. */
  aliasCreated(): void {
    if (this.#saved.length > 0) this.#save('running')
  }

  /** CodeDeploy is asked to stop a deployment while another one may yet be created. */
  stopping(): void {
    this.#save('stopping')
  }

  /** Another function of the step failed: if post has to take over, it must shift back. */
  blocked(by: string): void {
    this.#blockedBy(by)
    this.#save('running')
  }

  /** What had succeeded is being reverted, because another function failed (`by`) or because the job was cancelled. */
  reverting(records: readonly ReleaseRecord[], by: string | undefined): void {
    if (by !== undefined) this.#blockedBy(by)
    this.#saved = this.#saved.map(each =>
      records.some(record => record === each.record) ? { ...each, reverting: true } : each
    )
    this.#save('running')
  }

  /**
   * Records the events of one look and returns the new ones: post sees again what main has already seen. A stop is saved before it is
   * asked for, and so is each move of traffic, so that post can report everything.
   */
  note<Seen extends JournalEvent>(
    seen: readonly Seen[],
    recordOf: (deploymentId: string) => ReleaseRecord
  ): readonly Seen[] {
    const news = seen.filter(({ subject, event }) => {
      const { events } = recordOf(subject.deploymentId)
      return !events.some(each => isSame(each, event))
    })
    for (const { subject, event } of news) {
      const record = recordOf(subject.deploymentId)
      record.events.push(event)
      if (subject.alarms.length > 0) record.alarms = subject.alarms
    }
    const stop = news.map(({ event }) => event).find(event => event.kind === 'stop-asked')
    if (stop?.reason === 'blocked') this.#blockedBy(stop.by ?? 'another function was not released')
    if (stop) this.#save('stopping')
    else if (this.#saved.length > 0 && news.some(({ event }) => event.kind !== 'heartbeat')) this.#save()
    return news
  }

  /** Ends all releases that are still open with one cause, so that a missing outcome never passes for a success. */
  close(cause: Cause): void {
    if (this.#records.length === 0) this.follow([{ functionName: '', alias: '', events: [], warnings: [] }])
    for (const record of this.#records.filter(({ outcome }) => !outcome))
      record.outcome = { kind: record.deploymentId === undefined ? 'refused' : 'lost', cause }
  }

  /** The same for a process that breaks: post finishes what it would finish after a kill, from what was saved until now. */
  abandon(cause: Cause): void {
    this.close(cause)
    for (const record of this.#records) record.unfinished = true
  }

  /** The end is about to be told, and post goes on from there: it must know what only main has seen. */
  keep(): void {
    const kinds = this.#records.map(({ outcome }) => outcome?.kind)
    const isBlocked = this.#run?.blockedBy !== undefined
    const endedFor = kinds.includes('timed-out') ? 'timed-out' : isBlocked ? 'blocked' : undefined
    if (this.#run && endedFor && !kinds.includes('interrupted')) this.#run = { ...this.#run, endedFor }
    this.#save()
  }

  /** Everything has been reported, and nothing is left for post. */
  done(): void {
    this.#save('done')
  }

  #blockedBy(by: string): void {
    if (this.#run) this.#run = { ...this.#run, blockedBy: by }
  }

  #save(phase = this.#phase): void {
    if (!this.#run) return
    // What was asked to stop stays so, whatever becomes of the others.
    if (this.#phase !== 'stopping' || phase === 'done') this.#phase = phase
    const undeployed = this.#records.filter(each => !this.#saved.some(({ record }) => record === each))
    const run = { ...this.#run, phase: this.#phase, releases: this.#saved, undeployed }
    this.#job.saveState('run', toState(run))
  }
}

/** Whether two events report the same thing, whenever it was seen and whatever the forecast was then. */
function isSame(one: Event, other: Event): boolean {
  if (one.kind !== other.kind) return false
  // Post repeats main's request to stop, perhaps for another reason.
  if (one.kind === 'stop-asked' && other.kind === 'stop-asked') return one.rollBack === other.rollBack
  return one.at === other.at && identity(one) === identity(other)
}

const identity = (event: Event): string =>
  event.kind === 'traffic' ? servingVersion(event.traffic) : JSON.stringify(event)
