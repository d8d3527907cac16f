/** How long a cancelled process tries to read aliases, ms. Those of many functions take more than a second, and few are left. */
const limitMs = 2_000

/**
 * Returns what `ask` returns. `over` resolves with undefined after two seconds if the process `isHurried`, and never otherwise. `ask`
 * races its requests against it.
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
