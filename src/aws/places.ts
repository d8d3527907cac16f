import type { Arns } from './arns.ts'

/** Which deployment group each deployment belongs to, for the message that says which permission is missing. */
export class Places {
  readonly #arns: Arns
  readonly #groups = new Map<string, { application: string; group: string }>()

  constructor(arns: Arns) {
    this.#arns = arns
  }

  /** Takes what an answer says about a deployment. Incomplete answers are ignored. */
  learn(deploymentId: string | undefined, application: string | undefined, group: string | undefined): void {
    if (deploymentId && application && group) this.#groups.set(deploymentId, { application, group })
  }

  /** ARN of the group; `*` while it is not known. */
  groupOf(deploymentId: string): string {
    const place = this.#groups.get(deploymentId)
    return place ? this.#arns.group(place.application, place.group) : '*'
  }

  /** The one group that all of them belong to, or `*`. */
  groupOfAll(deploymentIds: readonly string[]): string {
    const groups = new Set(deploymentIds.map(id => this.groupOf(id)))
    const [only = '*'] = groups
    return groups.size === 1 ? only : '*'
  }
}
