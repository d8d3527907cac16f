import { Failure } from '../failure.ts'
import { type AlarmsInForce, alarmWarning, type KnownAlarms } from '../plan/alarms.ts'
import { setUpOf } from '../plan/setup.ts'
import type { World } from '../world.ts'
import { isOpen, type Release } from './release.ts'

/** How long an answer is waited for at the end of the step, ms. */
const limitMs = 5_000

/**
 * Warns of alarms that do not exist, that watch the wrong series, or that are on before the release begins. Nothing waits for the answer
 * but the end of the step. Without permission, nothing is said: the check is an extra.
 */
export function checkAlarms(releases: readonly Release[], world: World): void {
  const guarded = releases.filter(isOpen).flatMap(release => {
    const inForce = inForceOf(release)
    return inForce ? [{ release, inForce }] : []
  })
  const names = [...new Set(guarded.flatMap(({ inForce }) => inForce.alarms))]
  if (names.length === 0 || world.cancelled.aborted) return
  const answer = describe(names, world)
  for (const { release, inForce } of guarded) release.checking = judge(release, inForce, answer, world)
}

/** Ends when all that was asked about the alarms has been answered, or is waited for no longer. */
export const alarmsChecked = async (releases: readonly Release[]): Promise<void> =>
  void (await Promise.all(releases.map(({ checking }) => checking)))

/** Those of the deployment; or those that a group is created with, which stop the next one. */
function inForceOf({ decision, held, request }: Release): AlarmsInForce | undefined {
  if (decision?.kind === 'shift') return decision.plan
  const alarms = decision?.kind === 'create-alias' && held && setUpOf(request, held)?.group.alarms
  return typeof alarms === 'object' ? { ...request, alarms: alarms.names } : undefined
}

/** Nothing is known without an answer. */
async function describe(names: readonly string[], world: World): Promise<KnownAlarms> {
  const over = new AbortController()
  const end = () => over.abort()
  const done = new AbortController()
  world.cancelled.addEventListener('abort', end, { once: true })
  void world.clock.sleep(limitMs, done.signal).then(end)
  try {
    return await world.alarms.describe(names, over.signal)
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    return new Map()
  } finally {
    world.cancelled.removeEventListener('abort', end)
    done.abort()
  }
}

async function judge(
  release: Release,
  inForce: AlarmsInForce,
  answer: Promise<KnownAlarms>,
  world: World
): Promise<void> {
  // For a group that is only created, what matters is that its alarms exist.
  const isForNow = release.decision?.kind === 'shift'
  const known = await answer
  const missing = inForce.alarms.filter(name => known.get(name) === 'missing')
  if (missing.length > 0) {
    release.missingAlarms = missing
    if (release.subject) release.subject.missingAlarms = missing
  }
  const warning = alarmWarning(isForNow ? known : new Map(missing.map(name => [name, 'missing'])), inForce)
  if (warning !== undefined) world.reporter.warn(release.record, warning)
}
