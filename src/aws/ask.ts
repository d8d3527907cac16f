import type { Clock } from '../clock.ts'
import { Failure, isTransient } from '../failure.ts'
import { failureOf } from './failure.ts'

/** Pauses between the tries of a request that may be repeated, ms. */
const patient = [500, 1_500, 4_000, 8_000]
/** The same within the seconds that a cancelled job has left. */
const brief = [200, 500, 1_000, 1_500]

/** Asks AWS once. Throws Failure. */
export async function once<T>(action: string, resource: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    throw failureOf(error, action, resource)
  }
}

/**
 * Asks AWS, and asks again after a transient failure: for reads, and for what does no harm when it is done twice. The SDK's own
 * retries are off, because they would repeat CreateDeployment blindly and do not know our clock. Throws Failure.
 */
export const patiently = <T>(
  clock: Clock,
  action: string,
  resource: string,
  send: () => Promise<T>
): Promise<T> => repeatedly(patient, clock, action, resource, send)

/** The same, for what has to be done within seconds. */
export const briefly = <T>(
  clock: Clock,
  action: string,
  resource: string,
  send: () => Promise<T>
): Promise<T> => repeatedly(brief, clock, action, resource, send)

async function repeatedly<T>(
  pauses: readonly number[],
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
      if (!isTransient(failure) || pause === undefined) throw failure
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
