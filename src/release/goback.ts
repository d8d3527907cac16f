import { goesBack } from '../inputs/request.ts'
import { readPrevious } from '../operations/previous.ts'
import type { Holdings } from '../plan/holdings.ts'
import type { World } from '../world.ts'
import { type Release, stage } from './release.ts'
import { makeReady } from './target.ts'

/**
 * The same holdings, with the version to go back to from what serves by now. What was found earlier was for another moment, and must not
 * be released any more. Throws Failure.
 */
export async function withPrevious(held: Holdings, release: Release, world: World): Promise<Holdings> {
  const { request, record } = release
  if (!goesBack(request)) return held
  const latest = { ...held, ...(await readPrevious(request, held, world)) }
  if (latest.source?.version !== held.source?.version) {
    delete record.version
    delete record.functionArn
    delete record.codeSha256
    delete record.tests
    release.planTold = false
  }
  return latest
}

/** The version to go back to is known, and has yet to be found to be Active. All other versions are seen to before. */
export const isUnready = ({ request, decision, target, subject }: Release): boolean =>
  goesBack(request) &&
  subject === undefined &&
  decision?.kind === 'shift' &&
  decision.plan.targetVersion !== target?.version

export const readyPrevious = stage(async (release, world) => {
  if (isUnready(release)) await makeReady(release, world)
})
