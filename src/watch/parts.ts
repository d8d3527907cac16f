import type { Observation, Subject } from '../deployment/observation.ts'
import type { LifecycleView, Reading, Transient, WatchPort } from '../deployment/reading.ts'
import type { Unreadable } from './queries.ts'

/** The parts of a deployment that one look asks for. A part that cannot be read is not asked for again. */
export class Parts {
  /** What this look found to be unreadable. */
  readonly unreadable: Unreadable = {}
  /** What gave no answer just now, and why. It may be readable later. */
  readonly failing: Unreadable = {}
  /** What gave one. */
  readonly answered = new Set<keyof Unreadable>()
  /** Why a part could not be read just now, though it may be readable later. */
  transient: Transient | undefined
  readonly #subject: Subject
  readonly #port: WatchPort
  readonly #now: () => number
  readonly #known: Unreadable

  /** `known` is what earlier looks found to be unreadable. */
  constructor(subject: Subject, port: WatchPort, now: () => number, known: Unreadable) {
    this.#subject = subject
    this.#port = port
    this.#now = now
    this.#known = known
  }

  async lifecycle(): Promise<LifecycleView | undefined> {
    const view = await this.#read('lifecycle', () => this.#port.lifecycle(this.#subject.deploymentId))
    // So it answers before the deployment has started, and when its answer is empty.
    if (view?.lifecycle.length === 0) this.#miss('lifecycle', 'CodeDeploy shows no lifecycle events')
    return view
  }

  async traffic(): Promise<Observation['traffic']> {
    const readAt = this.#now()
    const { functionName, alias } = this.#subject
    const value = await this.#read('traffic', () => this.#port.traffic(functionName, alias))
    return value && { ...value, readAt }
  }

  /** Why this part cannot be read; undefined as long as it seems readable. */
  reason(part: keyof Unreadable): string | undefined {
    return this.unreadable[part] ?? this.#known[part]
  }

  /** Whether nothing is known of a part just now. */
  isHidden(part: keyof Unreadable): boolean {
    return this.reason(part) !== undefined || this.failing[part] !== undefined
  }

  #miss(part: keyof Unreadable, reason: string): void {
    this.failing[part] = reason
    this.answered.delete(part)
  }

  async #read<T>(part: keyof Unreadable, ask: () => Promise<Reading<T>>): Promise<T | undefined> {
    if (this.reason(part) !== undefined) return undefined
    const reading = await ask()
    if (reading.kind === 'permanent') this.unreadable[part] = reading.cause.what
    if (reading.kind === 'transient') {
      this.transient = reading
      this.#miss(part, reading.reason)
    }
    if (reading.kind !== 'value') return undefined
    delete this.failing[part]
    this.answered.add(part)
    return reading.value
  }
}
