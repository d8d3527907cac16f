import { virtualGlobals } from './globals.ts'

/** The program's clock port, with timers for what the simulated services do on their own. */
export interface SimulatedClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after `ms`, or as soon as `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Runs `run` once at `whenMs` (at once if that has passed). Such a timer never holds a process open. */
  at(whenMs: number, run: () => void): Timer
}

export interface Timer {
  cancel(): void
}

const DAY_MS = 24 * 60 * 60 * 1000
const LONGEST_TIMER_MS = 2 ** 31 - 1
/**
 * The SDK signs, serialises and parses with promises only: measured with the in-process handler, a call needs no turn of
 * the event loop. The margin is for code under test that defers to the event loop.
 */
const QUIET_TURNS = 3
/** How long real input and output (a credentials file, a dynamic import) may take before a run counts as stuck. */
const STUCK_AFTER_MS = 2000

const realNow = Date.now
const nextTurn = setImmediate

interface Due {
  when: number
  order: number
  run(): void
}

/** Time that passes only when told to, or when nothing else can happen. The same inputs give the same order. */
export class VirtualClock implements SimulatedClock {
  #now: number
  #order = 0
  #running = false
  readonly #due: Due[] = []

  constructor(startMs: number = Date.parse('2026-11-20T14:00:00Z')) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepUntil(this, this.#now + ms, signal)
  }

  at(whenMs: number, run: () => void): Timer {
    const due = { when: Math.max(whenMs, this.#now), order: this.#order++, run }
    let low = 0
    let high = this.#due.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#due[middle] as Due).when <= due.when) low = middle + 1
      else high = middle
    }
    this.#due.splice(low, 0, due)
    return {
      cancel: () => {
        const index = this.#due.indexOf(due)
        if (index >= 0) this.#due.splice(index, 1)
      }
    }
  }

  /**
   * Runs `work` to its end, jumping to the next timer whenever nothing else can happen. During the run, `setTimeout` is virtual
   * and `Math.random` is seeded, because the SDK's retries wait with the one and add jitter with the other.
   * @throws what `work` throws; an Error when it waits for nothing, or for longer than `limitMs` of virtual time.
   */
  async run<T>(work: () => Promise<T>, limitMs: number = 3 * DAY_MS): Promise<T> {
    if (this.#running) throw new Error('This virtual clock is running already')
    this.#running = true
    const restore = virtualGlobals(this)
    const limit = this.#now + limitMs
    try {
      let ended = false
      const end = () => {
        ended = true
      }
      const result = work()
      result.then(end, end)
      for (;;) {
        await quiet()
        if (ended) return await result
        const next = this.#due[0]
        if (!next) await this.#realWork(() => ended)
        else if (next.when > limit) throw new Error(`Not done after ${limitMs} ms of virtual time`)
        else this.#fire()
      }
    } finally {
      this.#running = false
      restore()
    }
  }

  /** Lets `ms` pass, running the timers that become due. */
  async advance(ms: number): Promise<void> {
    const target = this.#now + ms
    await quiet()
    while (this.#due[0] && this.#due[0].when <= target) {
      this.#fire()
      await quiet()
    }
    this.#now = target
  }

  #fire(): void {
    const next = this.#due.shift() as Due
    this.#now = next.when
    next.run()
  }

  async #realWork(ended: () => boolean): Promise<void> {
    const since = realNow()
    while (!ended() && this.#due.length === 0) {
      if (realNow() - since > STUCK_AFTER_MS)
        throw new Error('Nothing left to wait for, and the work is not done')
      await new Promise(resolve => nextTurn(resolve))
    }
  }
}

/**
 * Real time, `speed` times as fast from the real moment `originMs` on: `now() = origin + (Date.now() - origin) * speed`,
 * so that two processes given the same two numbers agree on the time.
 */
export function scaledClock(speed: number, originMs: number = Date.now()): SimulatedClock {
  const now = () => originMs + (Date.now() - originMs) * speed
  const real = (ms: number) => Math.min(Math.max(0, ms / speed), LONGEST_TIMER_MS)
  const arm = (whenMs: number, run: () => void, hold: boolean): Timer => {
    let timer: NodeJS.Timeout
    const wait = () => {
      timer = setTimeout(() => (now() < whenMs ? wait() : run()), real(whenMs - now()))
      if (!hold) timer.unref()
    }
    wait()
    return { cancel: () => clearTimeout(timer) }
  }
  return {
    now,
    at: (whenMs, run) => arm(whenMs, run, false),
    sleep: (ms, signal) => sleepUntil({ at: (when, run) => arm(when, run, true) }, now() + ms, signal)
  }
}

function sleepUntil(clock: Pick<SimulatedClock, 'at'>, whenMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const done = () => {
      timer.cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = clock.at(whenMs, done)
    signal?.addEventListener('abort', done, { once: true })
  })
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < QUIET_TURNS; turn++) await new Promise(resolve => nextTurn(resolve))
}
