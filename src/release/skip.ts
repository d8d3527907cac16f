import type { World } from '../world.ts'
import { blockOthers, isOpen, type Release, refuse } from './release.ts'

/**
 * All or none: when one function is skipped because a newer commit is live (`if-outdated: skip`), the others are skipped too. Once one
 * of them has a deployment, it is too late to skip: the step fails, and what it began is shifted back.
 */
export function skipTogether(releases: readonly Release[], world: World): void {
  const skipped = releases.filter(({ record }) => record.skipped !== undefined)
  const message = skipped[0]?.record.skipped
  if (message === undefined) return
  if (releases.some(({ subject }) => subject)) {
    for (const each of skipped) {
      delete each.record.skipped
      if (each.outdated) refuse(each, each.outdated)
    }
    blockOthers(releases)
    return
  }
  for (const { record } of skipped) if (record.skipped === message) world.reporter.warn(record, message)
  for (const { record, held } of releases.filter(isOpen)) {
    record.skipped = message
    record.outcome = { kind: 'unchanged', ...(held?.alias && { serving: held.alias }) }
  }
}
