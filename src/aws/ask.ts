import type { Clock } from '../clock.ts'
import { Failure } from '../errors.ts'
import { failureOf } from './failure.ts'

/** How long requests are repeated for that may be repeated, in ms between them. */
const pauses = [500, 1_500, 4_000, 8_000]

/** Asks AWS once. Throws Failure. */
export async function once<T>(action: string, resource: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    throw failureOf(error, action, resource)
  }
}

/**
 * Asks AWS, and asks again after a passing fault: for reads, and for what does no harm when it is done twice. The SDK's own
 * retries are off, because they would repeat CreateDeployment blindly and do not know our clock. Throws Failure.
 */
export async function patiently<T>(
  clock: Clock,
  action: string,
  resource: string,
  send: () => Promise<T>
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(action, resource, send)
    } catch (failure) {
      const pause = pauses[attempt]
      const passes = failure instanceof Failure && (failure.kind === 'passing' || failure.kind === 'garbled')
      if (!passes || pause === undefined) throw failure
      await clock.sleep(pause)
    }
  }
}

/** The answer, or undefined when what was asked for does not exist. */
export async function ifExists<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking
  } catch (failure) {
    if (failure instanceof Failure && failure.kind === 'missing') return undefined
    throw failure
  }
}
