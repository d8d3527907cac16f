/** Time as the program knows it. Everything that waits or reads the time is handed one of these. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after `ms`, or as soon as `signal` aborts; it never rejects, so a loop looks at the signal itself. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * The machine's clock, or one that runs `speed` times as fast from `origin` on.
 * The fast one exists for rehearsals against the simulator, where a five-minute canary should take seconds.
 */
export function realClock(speed = 1, origin = Date.now()): Clock {
  const now = () => origin + (Date.now() - origin) * speed
  return {
    now,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        if (signal?.aborted) return resolve()
        const done = () => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, Math.min(Math.max(0, ms / speed), LONGEST_TIMER_MS))
        signal?.addEventListener('abort', done, { once: true })
      })
  }
}
