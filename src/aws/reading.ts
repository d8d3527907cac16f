import type { Reading } from '../deployment/reading.ts'
import { causeOfFailure, Failure, isOfGitHub } from '../failure.ts'
import { assuming } from './credentials.ts'
import { isThrottling } from './failure.ts'

/** What an answer, or a failure, means to the watch. */
export async function readingOf<T>(asking: Promise<T>): Promise<Reading<T>> {
  try {
    return { kind: 'value', value: await asking }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    return failure.kind === 'transient' || failure.kind === 'malformed' || failure.kind === 'unsent'
      ? {
          kind: 'transient',
          reason: `${failure.action}: ${failure.code}`,
          ...(isThrottling(failure.cause) && { isThrottled: true }),
          ...(isWithoutCredentials(failure) && { isWithoutCredentials: true })
        }
      : { kind: 'permanent', cause: causeOfFailure(failure) }
  }
}

const isWithoutCredentials = (failure: Failure): boolean => isOfGitHub(failure) || failure.action === assuming
