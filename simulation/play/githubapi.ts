import type { VirtualClock } from '../../simulator/clock.ts'
import { Faults } from '../../simulator/faults.ts'
import { GitHub } from '../../simulator/github.ts'
import { Chance } from '../draw/chance.ts'
import { type GitHubScene, repository } from '../draw/github.ts'

/** A request to GitHub's API as it went. */
export interface GitHubCall {
  at: number
  run: string
  /** Method and path. */
  operation: string
  body: Readonly<Record<string, unknown>>
  /** As GitHub answered it; 0 when it did not. */
  status: number
  /** When it was sent, epoch ms. */
  sentAt: number
  /** The answer came while somebody waited for it, or its process was killed meanwhile. */
  heard: boolean
  /** When that was, epoch ms. */
  heardAt?: number
}

/** GitHub's API at the end of a line that takes its time. */
export class GitHubApi {
  readonly calls: GitHubCall[] = []
  readonly #clock: VirtualClock
  readonly #scene: GitHubScene | undefined
  readonly #chance: Chance
  readonly #imitation: GitHub

  constructor(clock: VirtualClock, seed: number, scene: GitHubScene | undefined) {
    this.#clock = clock
    this.#scene = scene
    // Of its own, so that what GitHub does changes nothing of what AWS does.
    this.#chance = new Chance(seed + 0x617)
    const faults = new Faults()
    for (const fault of scene?.faults ?? []) faults.add(fault)
    this.#imitation = new GitHub(repository, faults)
  }

  /** As a run reaches it; `note` is told of each call once it is over. */
  fetchOf(run: string, note: (call: GitHubCall) => void): typeof globalThis.fetch {
    return async (input, init = {}) => {
      const { method = 'GET', body, signal } = init
      const operation = `${method} ${new URL(String(input)).pathname}`
      const call: GitHubCall = {
        at: 0,
        run,
        operation,
        body: JSON.parse(String(body ?? '{}')),
        status: 0,
        sentAt: this.#clock.now(),
        heard: false
      }
      try {
        await this.#half(signal)
        call.at = this.#clock.now()
        this.calls.push(call)
        const answer = await this.#imitation.fetch(input, init)
        call.status = answer.status
        await this.#half(signal)
        call.heard = true
        call.heardAt = this.#clock.now()
        return answer
      } finally {
        note(call)
      }
    }
  }

  /** Throws when the caller has hung up. */
  async #half(signal: AbortSignal | null | undefined): Promise<void> {
    const { lowMs, highMs } = this.#scene?.latency ?? { lowMs: 0, highMs: 0 }
    await this.#clock.sleep(this.#chance.between(lowMs, highMs), signal ?? undefined)
    signal?.throwIfAborted()
  }
}
