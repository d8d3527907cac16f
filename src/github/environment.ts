import type { Event } from '../deployment/event.ts'
import type { Traffic } from '../deployment/observation.ts'
import type { OutcomeKind } from '../deployment/outcome.ts'
import type { ReleaseRecord } from '../deployment/record.ts'
import { type Trouble, troubleText } from './answer.ts'
import type { Patience } from './client.ts'
import {
  conclusion,
  type GitHubDeployments,
  type NewStatus,
  newDeployment,
  newStatus,
  progress,
  type State,
  stateOf,
  type Words
} from './status.ts'

export interface EnvironmentOptions {
  /** Name of the environment. */
  environment: string
  /** The commit that is released, in full. */
  sha: string
  runUrl: string
  /** The deployment at GitHub, if another process of this run has already created it. */
  id?: number
  github: GitHubDeployments
  clock: Patience
  words: Words
  /** Receives each failure, in words for people. */
  warn(message: string): void
  /** Receives the id of the deployment at GitHub as soon as it is known, for a process that may have to take over. */
  created?(id: number): void
  /**
   * Keeps the last status for another process of this run, because GitHub may not get it before this one ends; undefined once GitHub has
   * it. Gives whether it was kept.
   */
  keep?(last: NewStatus | undefined): boolean
}

/** GitHub limits requests that create something to 80 a minute and 500 an hour, so statuses are at least this far apart, ms. */
const pauseMs = 10_000
const againMs = 1_000
const flushMs = 5_000
/** An earlier process may have hung up on a status that GitHub has received and has not recorded yet, ms. */
const settleMs = 2_000

/**
 * The release as a deployment at GitHub. All methods but `finish` and `finishFor` return immediately, while requests go out one at a
 * time: first the deployment, then its statuses in order. A status that is out of date before it could be sent is dropped. Failures of
 * GitHub become warnings.
 */
export class Environment {
  readonly #options: EnvironmentOptions
  /** What is released, and where its traffic was last seen. */
  readonly #seen = new Map<ReleaseRecord, Traffic | undefined>()
  readonly #ending = new AbortController()
  readonly #hangUp = new AbortController()
  #id: number | undefined
  #next: NewStatus | undefined
  #last: NewStatus | undefined
  /** What GitHub has, or does not take. */
  #settled: NewStatus | undefined
  #sending: Promise<void> | undefined
  #closed = false
  /** Another process sends the last status if this one cannot. */
  #isKept = false

  constructor(options: EnvironmentOptions) {
    this.#options = options
    this.#id = options.id
  }

  /** CodeDeploy has created deployments for these. */
  begin(records: readonly ReleaseRecord[]): void {
    for (const record of records) if (!this.#seen.has(record)) this.#seen.set(record, undefined)
    if (this.#seen.size > 0) this.#progress()
  }

  tell(event: Event, record: ReleaseRecord): void {
    if (event.kind !== 'traffic') return
    this.#seen.set(record, event.traffic)
    this.#progress()
  }

  /**
   * Records the end of the step, unless it ended before anything was released. Waits until GitHub has it, `withinMs` (ms)
   * at most.
   */
  async finish(kind: OutcomeKind, records: readonly ReleaseRecord[], withinMs = flushMs): Promise<void> {
    const begun = this.#seen.size > 0 || this.#id !== undefined
    if (!begun && kind !== 'created' && kind !== 'weighted') return
    if (this.#seen.size === 0) for (const record of records) this.#seen.set(record, undefined)
    this.#queue(stateOf[kind], conclusion(kind, records, this.#options.words))
    await this.#flush(withinMs)
  }

  /** Records the end that an earlier process of this run has kept. Waits as `finish` does. */
  async finishFor(last: NewStatus, withinMs: number): Promise<void> {
    await this.#options.clock.sleep(settleMs)
    this.#put(last)
    await this.#flush(withinMs)
  }

  async #flush(withinMs: number): Promise<void> {
    const { clock, keep } = this.#options
    this.#ending.abort()
    this.#isKept = this.#isOpen && keep?.(this.#last) === true
    const flushed = new AbortController()
    const late = await Promise.race([
      this.#sending?.then(() => false),
      clock.sleep(withinMs, flushed.signal).then(() => true)
    ])
    flushed.abort()
    if (this.#isKept && !this.#isOpen) keep?.(undefined)
    if (late && !this.#isLeftToOthers)
      this.#fail({ kind: 'transient', message: `no answer within ${withinMs / 1_000} s of the end` })
    this.leave()
  }

  /** Another process will send the last status, and warns if it cannot. It does not create what the status is of. */
  get #isLeftToOthers(): boolean {
    return this.#isKept && this.#id !== undefined
  }

  /** The last status is worth sending, and GitHub does not have it. */
  get #isOpen(): boolean {
    return !this.#closed && this.#last !== undefined && this.#last !== this.#settled
  }

  /** Drops whatever has not been sent: another process of this run continues, or there is no time left. */
  leave(): void {
    this.#closed = true
    this.#ending.abort()
    this.#hangUp.abort()
  }

  get #ended(): boolean {
    return this.#ending.signal.aborted
  }

  #progress(): void {
    this.#queue('in_progress', progress(this.#seen, this.#options.words))
  }

  #queue(state: State, description: string): void {
    const consoleUrl = [...this.#seen.keys()].find(record => record.consoleUrl)?.consoleUrl
    const status = newStatus(state, description, { runUrl: this.#options.runUrl, consoleUrl })
    const isSaid = status.state === this.#last?.state && status.description === this.#last.description
    if (!this.#closed && !this.#ended && !isSaid) this.#put(status)
  }

  #put(status: NewStatus): void {
    this.#last = status
    this.#next = status
    this.#sending ??= this.#send().catch(error => {
      this.#closed = true
      this.#fail({ kind: 'malformed', message: String(error) })
    })
  }

  async #send(): Promise<void> {
    const { github, clock } = this.#options
    try {
      this.#id ??= await this.#create()
      while (this.#id !== undefined && this.#next && !this.#closed) {
        const status = this.#next
        this.#next = undefined
        const answer = await github.createStatus(this.#id, status, this.#hangUp.signal)
        const isPassing = answer.kind === 'failed' && answer.trouble.kind === 'transient'
        if (!isPassing) this.#settled = status
        if (answer.kind === 'failed' && !(isPassing && this.#isLeftToOthers)) this.#fail(answer.trouble)
        // The final status is worth another attempt; sending it twice does no harm.
        if (this.#ended && !this.#next && isPassing) {
          this.#next = status
          await clock.sleep(againMs, this.#hangUp.signal)
        } else await clock.sleep(pauseMs, this.#ending.signal)
      }
    } finally {
      // In the same turn as the last check of #next, or a status set in between would never be sent.
      this.#sending = undefined
    }
  }

  /** Sent once only: a second request after a lost answer might create a second deployment. */
  async #create(): Promise<number | undefined> {
    const { github, created } = this.#options
    const answer = await github.createDeployment(
      newDeployment([...this.#seen.keys()], this.#options),
      this.#hangUp.signal
    )
    if (answer.kind === 'failed') {
      this.#closed = true
      this.#fail(answer.trouble)
      return undefined
    }
    created?.(answer.value)
    return answer.value
  }

  #fail(trouble: Trouble): void {
    if (definite.includes(trouble.kind)) this.#closed = true
    if (trouble.kind === 'cancelled') return
    const { environment, warn } = this.#options
    warn(
      troubleText(
        `Environment ${environment} does not show this release in full`,
        'deployments: write',
        trouble
      )
    )
  }
}

/** After one of these, nothing more is sent. */
const definite: readonly Trouble['kind'][] = ['no-token', 'credentials', 'denied', 'missing', 'cancelled']
