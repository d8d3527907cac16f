import type { Sight } from '../deployment/reading.ts'
import { causeOfFailure, Failure } from '../failure.ts'

/** What an answer, or the lack of one, means for somebody who watches. */
export async function sightOf<T>(asking: Promise<T>): Promise<Sight<T>> {
  try {
    return { kind: 'seen', value: await asking }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure
    return failure.kind === 'passing' || failure.kind === 'garbled' || failure.kind === 'dropped'
      ? { kind: 'blind', reason: `${failure.action}: ${failure.code}` }
      : { kind: 'barred', cause: causeOfFailure(failure) }
  }
}
