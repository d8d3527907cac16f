import { Failure } from '../failure.ts'
import { alarmWarning } from '../plan/alarms.ts'
import type { World } from '../world.ts'
import { isOpen, type Release } from './release.ts'

/** How long an answer is waited for at the end of the step, ms. */
const limitMs = 5_000

/**
 * Warns of alarms that watch the wrong series, or that are on before the release begins. Nothing waits for the answer, which is awaited
 * only before the step ends. Without permission, nothing is said: the check is an extra.
 */
export async function checkAlarms(releases: readonly Release[], world: World): Promise<void> {
  const shifting = releases
    .filter(isOpen)
    .flatMap(({ record, decision }) => (decision?.kind === 'shift' ? [{ record, plan: decision.plan }] : []))
  const names = [...new Set(shifting.flatMap(({ plan }) => plan.alarms))]
  if (names.length === 0) return
  const over = new AbortController()
  const end = () => over.abort()
  const done = new AbortController()
  world.cancelled.addEventListener('abort', end, { once: true })
  void world.clock.sleep(limitMs, done.signal).then(end)
  try {
    const known = await world.alarms.describe(names, over.signal)
    for (const { record, plan } of shifting) {
      const warning = alarmWarning(
        known.filter(({ name }) => plan.alarms.includes(name)),
        plan
      )
      if (warning !== undefined) world.reporter.warn(record, warning)
    }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
  } finally {
    world.cancelled.removeEventListener('abort', end)
    done.abort()
  }
}
