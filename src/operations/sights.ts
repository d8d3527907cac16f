import { isOver } from '../deployment/observation.ts'
import { isTransient } from '../failure.ts'
import { silenceAfter } from '../watch/heartbeat.ts'
import { type DeploymentDescription, isWhole, notYetRead, startsWithinMs } from './existing.ts'

/** For how long a fault may hide what a deployment does before that counts as unknown, ms: half of the shortest usual wait. */
const hiddenMs = 300_000

interface Sight {
  /** When it was first seen, epoch ms. */
  since: number
  /** When it was first seen without a fault that hides what it does, since the last one, epoch ms. */
  clearSince: number
  target?: NonNullable<DeploymentDescription['target']>
  toldAt?: number
}

/** What a release has seen of the other deployments in its group. What one does is kept once it has been read. */
export class Sights {
  readonly #seen = new Map<string, Sight>()

  /** Keeps what is known of it from elsewhere. */
  learn(id: string, target: NonNullable<DeploymentDescription['target']>): void {
    const sight = this.#seen.get(id)
    if (sight) sight.target = target
  }

  /**
   * Takes what CodeDeploy has just said of a deployment, and gives it with what was known before. `isKnown`: it is known what the
   * deployment does, or is not worth waiting for. `line` is for the log. `now` is epoch ms.
   */
  see(
    described: DeploymentDescription,
    now: number
  ): { other: DeploymentDescription; isKnown: boolean; line?: string } {
    const sight = this.#seen.get(described.id) ?? { since: now, clearSince: now }
    this.#seen.set(described.id, sight)
    if (isWhole(described.target)) sight.target = described.target
    if (isTransient(described.unread)) sight.clearSince = now
    const other = sight.target ? { ...described, target: sight.target } : described
    const isKnown =
      sight.target !== undefined ||
      described.rollsBack !== undefined ||
      isOver(described.status) ||
      now - sight.since >= hiddenMs ||
      now - sight.clearSince >= startsWithinMs
    if (isKnown || !isTransient(described.unread) || !described.unread) return { other, isKnown }
    if (sight.toldAt !== undefined && now - sight.toldAt < silenceAfter(now - sight.since))
      return { other, isKnown }
    sight.toldAt = now
    return { other, isKnown, line: notYetRead(described.id, described.unread) }
  }
}
