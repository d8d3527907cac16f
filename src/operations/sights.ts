import { isOver } from '../deployment/observation.ts'
import { isTransient } from '../failure.ts'
import { unlessCancelled } from '../unlesscancelled.ts'
import { silenceAfter } from '../watch/heartbeat.ts'
import {
  type DeploymentDescription,
  type ExistingPort,
  isWhole,
  notYetRead,
  specified,
  startsWithinMs
} from './existing.ts'

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

  /** The same deployment with what its AppSpec says, as far as its target is hidden; once `over` aborts, as it was. Throws Failure. */
  async read(
    seen: DeploymentDescription,
    codedeploy: Pick<ExistingPort, 'appSpec'>,
    over: AbortSignal
  ): Promise<DeploymentDescription> {
    if (isWhole(seen.target) || isOver(seen.status)) return seen
    const target = await unlessCancelled(specified(seen, codedeploy), over)
    if (!target) return seen
    const sight = this.#seen.get(seen.id)
    if (sight) sight.target = target
    return { ...seen, target }
  }
}
