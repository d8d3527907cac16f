import type { Clock } from '../clock.ts'
import { Failure, isOfGitHub, isTransient, throttledTest, unsent } from '../failure.ts'
import { unlessCancelled } from '../unlesscancelled.ts'
import { patience } from '../watch/patience.ts'
import { failureOf, notAskedAgain, tooLate } from './failure.ts'
import type { Slots } from './slots.ts'

/** How to ask again what got no answer. */
export interface Asking {
  clock: Clock
  /** Once aborted, nothing is waited for any more; what is asked after that is asked in quick succession. */
  cancelled?: AbortSignal
  /** Aborts some seconds after `cancelled`: an answer that was awaited all the while is given up then. */
  late?: AbortSignal
  /** Once aborted, nothing is asked any more. */
  over?: AbortSignal
  /** Aborts when the process is to end. Only what is asked in quick succession looks at it; all other asking is over by then. */
  hungUp?: AbortSignal
  /** Only so many are asked at once: each try takes a slot. Once `cancelled` aborts, none is given. */
  slots?: Slots
  /** How long to go on without an answer, ms; the wait for a slot does not count. Default: as long as without sight of a deployment. */
  patienceMs?: number
  /** Is told when there was no answer for a while, and when there is one again. */
  silence?: Silence
}

/** The first pauses between the tries of a request that may be repeated, ms. A fault that is over by then is not worth a word. */
const patient = [500, 1_500, 4_000, 8_000]
/** All further pauses in the first minute, and after it, ms: a survey asks for eight things at once, and all wait for the same. */
const longPause = 15_000
const longestPause = 30_000
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
export async function patiently<T>(
  asking: Asking,
  action: string,
  resource: string,
  send: () => Promise<T>
): Promise<T> {
  const { clock, cancelled, late, over, slots, patienceMs = patience.sight, silence } = asking
  if (over?.aborted || (slots && cancelled?.aborted)) throw unsent(action, resource)
  if (cancelled?.aborted) return await briefly(asking, action, resource, send)
  let begun = clock.now()
  let isTold = false
  let last: Failure | undefined
  for (let attempt = 0; ; attempt++) {
    const queuedAt = clock.now()
    if (slots && !(await slots.take(cancelled))) throw last ? notAskedAgain(last) : unsent(action, resource)
    // What others need their slots for is no silence of AWS.
    begun += clock.now() - queuedAt
    try {
      const answered = once(action, resource, send).finally(() => slots?.free())
      const answer = await unlessLate(answered, late, action, resource)
      if (isTold) silence?.isOver(action)
      return answer
    } catch (failure) {
      if (!(failure instanceof Failure) || !isTransient(failure)) throw failure
      if (cancelled?.aborted || over?.aborted) throw notAskedAgain(failure)
      const lasted = clock.now() - begun
      if (lasted >= patienceMs) throw failure
      const pause = patient[attempt] ?? (lasted < 60_000 ? longPause : longestPause)
      if (attempt >= patient.length) {
        isTold = true
        silence?.lasts(failure)
      }
      await clock.sleep(Math.min(pause, patienceMs - lasted), over ?? cancelled)
      if (cancelled?.aborted || over?.aborted) throw notAskedAgain(failure)
      last = failure
    }
  }
}

/** The answer, unless it is too late. The request is left alone, because AWS may be acting on it. Throws Failure. */
async function unlessLate<T>(
  answered: Promise<T>,
  late: AbortSignal | undefined,
  action: string,
  resource: string
): Promise<T> {
  if (!late) return await answered
  const inTime = await unlessCancelled(
    answered.then(value => ({ value })),
    late
  )
  if (inTime) return inTime.value
  throw notAskedAgain(tooLate(action, resource))
}

/** Tells once, for all requests together, that there is no answer from AWS, or from GitHub first, and once that AWS answers again. */
export class Silence {
  readonly #tell: (line: string) => void
  #isTold = false

  constructor(tell: (line: string) => void) {
    this.#tell = tell
  }

  lasts(failure: Failure): void {
    if (this.#isTold) return
    this.#isTold = true
    const { action, code, message } = failure
    const noAnswer = isOfGitHub(failure) ? message : `No answer from AWS (${action}: ${code})`
    this.#tell(`${throttledTest(failure) ?? noAnswer}; asking again`)
  }

  isOver(action: string): void {
    if (!this.#isTold) return
    this.#isTold = false
    this.#tell(`AWS answers again (${action})`)
  }
}

/** The same, for what has to be done within seconds. */
export async function briefly<T>(
  { clock, hungUp }: Pick<Asking, 'clock' | 'hungUp'>,
  action: string,
  resource: string,
  send: () => Promise<T>
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(action, resource, send)
    } catch (failure) {
      const pause = brief[attempt]
      if (!isTransient(failure) || pause === undefined || hungUp?.aborted) throw failure
      await clock.sleep(pause, hungUp)
      if (hungUp?.aborted) throw failure
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
