import type { Aws } from '../../simulator/aws.ts'
import type { VirtualClock } from '../../simulator/clock.ts'
import { requestHandler } from '../../simulator/wire/handler.ts'
import { type Clock, steadyTime } from '../../src/clock.ts'
import { requestTimeoutMs } from '../draw/faultschedule.ts'
import { Arrivals } from './arrivals.ts'

/** Each wait has a promise of its own: one for all would keep alive all that ever waited for it. */
const never = () => new Promise<never>(() => {})

/** A program that asks for the time so often while none passes is in a loop that nothing ends. */
const mostInNoTime = 20_000

/**
 * One process of ours. Its code can only go on when a pause ends or an answer arrives, so a process that is killed is one whose
 * pauses never end and whose answers never arrive; whatever it would have done to the world is not done.
 */
export class Process {
  readonly clock: Clock
  readonly handler: ReturnType<typeof requestHandler>
  readonly fetch: typeof globalThis.fetch
  /** Resolves when it is killed. */
  readonly killed: Promise<'killed'>
  isKilled = false
  /** What holds a real process open: pauses, and requests under way. */
  pauses = 0
  requests = 0
  /** How many things it did to the world: lines, outputs, states, requests. */
  effects = 0
  readonly #effect: (number: number) => void
  #die: () => void = () => {}

  /** `skewMs` tells how far the machine's clock is ahead now; `effect` is told of each thing before it is done, and may kill. */
  constructor(
    base: VirtualClock,
    aws: Aws,
    github: typeof globalThis.fetch,
    skewMs: () => number,
    effect: (number: number) => void
  ) {
    const time = steadyTime({ wall: () => base.now() + skewMs(), elapsed: () => base.now() })
    this.#effect = effect
    this.killed = new Promise(resolve => {
      this.#die = () => resolve('killed')
    })
    let asked = { at: 0, times: 0 }
    this.clock = {
      now: () => {
        const at = base.now()
        asked = { at, times: asked.at === at ? asked.times + 1 : 1 }
        if (asked.times > mostInNoTime) throw new Error('The program goes in circles while no time passes')
        return time()
      },
      sleep: async (ms, signal) => {
        if (this.isKilled) return await never()
        this.pauses += 1
        await base.sleep(ms, signal)
        this.pauses -= 1
        if (this.isKilled) await never()
      }
    }
    const arrivals = new Arrivals(base)
    const wire = requestHandler(aws)
    const hangUp = new AbortController()
    this.handler = {
      ...wire,
      handle: async (request, options) => {
        const { method, path, headers, body } = request
        await arrivals.turn(`${headers['x-amz-target'] ?? method} ${path} ${textOf(body)}`)
        return await this.ask(
          () =>
            unlessDestroyed(
              wire.handle(request, { requestTimeout: requestTimeoutMs, ...options }),
              hangUp.signal
            ),
          !request.hostname?.startsWith('sts.')
        )
      },
      destroy: () => hangUp.abort()
    }
    this.fetch = (input, init) => this.ask(() => github(input, init))
  }

  /**
   * Sends a request, unless it is killed; an answer that comes after that is not heard. `counts`: it should be over when the process
   * has said how it ended. A renewal of credentials is not: it goes out early, and may be under way then.
   */
  async ask<T>(send: () => Promise<T>, counts = true): Promise<T> {
    if (!this.may()) return await never()
    const by = counts ? 1 : 0
    this.requests += by
    try {
      return await send()
    } finally {
      this.requests -= by
      if (this.isKilled) await never()
    }
  }

  /** Whether one more thing may be done to the world. */
  may(): boolean {
    if (this.isKilled) return false
    this.effects += 1
    this.#effect(this.effects)
    return !this.isKilled
  }

  kill(): void {
    this.isKilled = true
    this.#die()
  }
}

const textOf = (body: unknown): string => (body instanceof Uint8Array ? new TextDecoder().decode(body) : '')

/** The client hangs up when its sockets are destroyed; the service goes on with what it was asked. */
function unlessDestroyed<T>(answer: Promise<T>, destroyed: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const cut = () => reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
    if (destroyed.aborted) cut()
    destroyed.addEventListener('abort', cut, { once: true })
    answer.then(resolve, reject).finally(() => destroyed.removeEventListener('abort', cut))
  })
}
