/** The aliases of many functions are not read in one second, and a cancelled process has few left: how long it tries, ms. */
const limitMs = 2_000

/**
 * Gives what `ask` gives. `over` resolves with undefined after two seconds when the process `isHurried`, and never otherwise: what
 * is asked races with it.
 */
export async function withTimeLimit<T>(
  isHurried: boolean,
  clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> },
  ask: (over: Promise<undefined>) => Promise<T>
): Promise<T> {
  const done = new AbortController()
  const limit = isHurried ? clock.sleep(limitMs, done.signal) : new Promise<never>(() => {})
  try {
    return await ask(limit.then(() => undefined))
  } finally {
    done.abort()
  }
}
