/** How long a cancelled process tries to read aliases, ms. Those of many functions take more than a second, and few are left. */
const limitMs = 2_000

/**
 * Returns what `ask` returns. `over` resolves with undefined two seconds after the process `isHurried`, or is `cancelled`, and never
 * otherwise. `ask` races its requests against it.
 */
export async function withTimeLimit<T>(
  isHurried: boolean,
  clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> },
  ask: (over: Promise<undefined>) => Promise<T>,
  cancelled?: AbortSignal
): Promise<T> {
  const done = new AbortController()
  const { signal } = done
  const hurry =
    isHurried || cancelled?.aborted
      ? Promise.resolve()
      : new Promise<void>(resolve => {
          cancelled?.addEventListener('abort', () => resolve(), { once: true, signal })
        })
  const over = hurry.then(() => clock.sleep(limitMs, signal)).then(() => undefined)
  try {
    return await ask(over)
  } finally {
    done.abort()
  }
}
