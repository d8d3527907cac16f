import type { NamedTraffic } from '../deployment/observation.ts'
import { causeOfFailure, Failure } from '../failure.ts'
import { newestUpTo, type PublishedVersion } from '../plan/oldversions.ts'
import { settleAll } from '../settleall.ts'
import { aliasesText } from '../text/aliases.ts'
import type { DeploymentGroup, OtherGroups } from './othergroups.ts'
import { findPrevious } from './previous.ts'
import type { Shift } from './shift.ts'
import { type VersionsInUseOf, VersionsUnknown } from './versionsinuse.ts'

/** How many other groups are looked at for a function: each takes four requests, and CodeDeploy has up to a thousand in an application. */
const mostGroups = 100
const atOnce = 10

export interface OtherAliasesOf extends VersionsInUseOf {
  /** The function's aliases that this step releases. */
  released: readonly string[]
  /** How many versions stay of an alias of which no deployment is found. */
  keep: number
}

/**
 * The aliases of a function that this step does not release. Their way back may need a version that no alias names any more, so what has
 * moved them is looked for: in the other groups of the step's applications, and in the groups of the step, which they may share.
 */
export class OtherAliases {
  readonly #of: OtherAliasesOf
  readonly #otherGroups: OtherGroups
  readonly #known: Set<string>
  readonly #groups: DeploymentGroup[]
  readonly #shifts: Shift[] = []
  /** What they may need for their way back. */
  readonly versions = new Set<string>()
  /** Those of which no deployment tells what they served before. */
  readonly unseen: string[] = []

  constructor(of: OtherAliasesOf, otherGroups: OtherGroups) {
    this.#of = of
    this.#otherGroups = otherGroups
    this.#known = new Set(of.released)
    this.#groups = [...of.groups]
  }

  /** Where the function is deployed, as far as that is known. */
  get groups(): readonly DeploymentGroup[] {
    return this.#groups
  }

  /**
   * Looks for what has moved those that are not known yet, until all are found. False when there are none: then nothing is asked. Throws
   * Failure or VersionsUnknown.
   */
  async look(aliases: readonly NamedTraffic[], published: readonly PublishedVersion[]): Promise<boolean> {
    // CodeDeploy cannot shift an alias that points to `$LATEST`, so nothing needs a way back to it.
    const others = aliases.filter(({ alias, version }) => version !== '$LATEST' && !this.#known.has(alias))
    if (others.length === 0) return false
    const { groups, denied } = await this.#groupsFor(others)
    let left: readonly NamedTraffic[] = others
    for (let from = 0; from < groups.length && left.length > 0; from += atOnce)
      left = await this.#lookIn(groups.slice(from, from + atOnce), left, denied)
    left = await this.#withoutPrevious(left, this.#groups)
    const [failure] = denied
    if (failure && left.length > 0) throw unreadable(failure, left)
    for (const { alias, version } of left) {
      this.unseen.push(alias)
      for (const each of newestUpTo(published, version, this.#of.keep)) this.versions.add(each)
    }
    for (const { alias } of others) this.#known.add(alias)
    return true
  }

  /** The other groups of the applications, those first whose names are like those of the function and of these aliases. */
  async #groupsFor(
    aliases: readonly NamedTraffic[]
  ): Promise<{ groups: DeploymentGroup[]; denied: Failure[] }> {
    const { functionName, groups } = this.#of
    const denied: Failure[] = []
    const found: DeploymentGroup[] = []
    for (const application of new Set(groups.map(each => each.application))) {
      const names = await this.#otherGroups.namesIn(application)
      if (names instanceof Failure) denied.push(names)
      else found.push(...names.map(group => ({ application, group })))
    }
    const others = found.filter(each => !this.#groups.some(isSame(each)))
    const likeness = ({ group }: DeploymentGroup): number =>
      Number(group.includes(functionName)) + Number(aliases.some(({ alias }) => group.includes(alias)))
    return { groups: others.sort((a, b) => likeness(b) - likeness(a)).slice(0, mostGroups), denied }
  }

  /** Those of these aliases that have not been found then. */
  async #lookIn(
    groups: readonly DeploymentGroup[],
    aliases: readonly NamedTraffic[],
    denied: Failure[]
  ): Promise<readonly NamedTraffic[]> {
    const newest = await settleAll(groups.map(group => this.#otherGroups.newestIn(group)))
    const ours = groups.filter((_, index) => {
      const shifts = newest[index] ?? []
      if (shifts instanceof Failure) denied.push(shifts)
      else return this.#learn(shifts)
      return false
    })
    this.#groups.push(...ours)
    return await this.#withoutPrevious(aliases, ours)
  }

  /** Whether any of them is about the function. */
  #learn(shifts: readonly Shift[]): boolean {
    const ours = shifts.filter(({ functionName }) => functionName === this.#of.functionName)
    this.#shifts.push(...ours)
    for (const { currentVersion, targetVersion } of ours) this.versions.add(currentVersion).add(targetVersion)
    return ours.length > 0
  }

  /** Spares what the aliases served before by what these groups have done. Those of which they do not tell it remain. */
  async #withoutPrevious(
    aliases: readonly NamedTraffic[],
    groups: readonly DeploymentGroup[]
  ): Promise<readonly NamedTraffic[]> {
    const found = await settleAll(aliases.map(each => this.#findPrevious(each, groups)))
    return aliases.filter((_, index) => !found[index])
  }

  async #findPrevious(
    { alias, version }: NamedTraffic,
    groups: readonly DeploymentGroup[]
  ): Promise<boolean> {
    const { functionName } = this.#of
    for (const { application, group } of groups) {
      const of = { functionName, alias, application, group }
      const previous = await findPrevious(of, version, this.#otherGroups.past)
      if (previous.kind === 'unknown') continue
      this.versions.add(previous.version)
      if (previous.movedOn) this.versions.add(previous.movedOn.version)
      return true
    }
    // It may still be running, or be about to be rolled back. A rollback does not tell what was served before what it goes back to.
    return this.#shifts.some(
      shift => !shift.isRollback && shift.alias === alias && shift.targetVersion === version
    )
  }
}

const isSame =
  (a: DeploymentGroup) =>
  (b: DeploymentGroup): boolean =>
    a.application === b.application && a.group === b.group

function unreadable(failure: Failure, aliases: readonly NamedTraffic[]): VersionsUnknown {
  const { what, next } = causeOfFailure(failure)
  const names = aliasesText(aliases.map(({ alias }) => alias))
  return new VersionsUnknown(
    `${what} ${next} It tells what ${names} served before: this step does not release ${aliases.length === 1 ? 'it' : 'them'}.`
  )
}
