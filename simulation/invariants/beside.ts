import { freshMs, sentBy, staleMs } from './deleting.ts'
import { deploymentsBeside } from './facts.ts'
import type { Invariant } from './invariant.ts'

/** What began or ended longer ago than this is in every list, and in every answer that counts. */
const seenMs = freshMs + staleMs

export const keepsWhatOthersNeed: Invariant = {
  id: '18g',
  claims:
    'no version is deleted that another alias with a group of its own needs to go back: while it is deployed, or after that',
  check: (played, world) => {
    const limit = seenMs + 3 * world.scene.latency.highMs
    for (const { deletion } of sentBy(played, world)) {
      const { at, version, beta } = deletion
      const before = at - limit
      if (!beta || beta.since > before) continue
      const known = deploymentsBeside(played, world)
        .filter(({ createdMs }) => createdMs <= before)
        .sort((a, b) => b.createdMs - a.createdMs)
      const [newest] = known
      if ([newest?.appSpec?.currentVersion, newest?.appSpec?.targetVersion].includes(version))
        return `deleted version ${version}, which beta's deployment ${newest?.settings.id} needs for its rollback`
      const shift = known.find(
        ({ appSpec, status, settings, completedMs = at }) =>
          status === 'Succeeded' &&
          completedMs <= before &&
          settings.triggeredBy === undefined &&
          appSpec?.targetVersion === beta.version &&
          appSpec.currentVersion !== beta.version
      )
      if (shift && shift.appSpec?.currentVersion === version)
        return `deleted version ${version}, which beta served before ${beta.version} (${shift.settings.id})`
    }
    return undefined
  }
}
