/** How long a cancelled process tries to read aliases, ms. Those of many functions take more than a second, and few are left. */
const limitMs = 2_000

/**
 * Returns what `ask` returns. `over` resolves with undefined two seconds after `hurry` has aborted, and never otherwise. `ask` races its
 * requests against it.
 */
export async function withTimeLimit<T>(
  hurry: AbortSignal,
  clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> },
  ask: (over: Promise<undefined>) => Promise<T>
): Promise<T> {
  const done = new AbortController()
  const { signal } = done
  const hurried = hurry.aborted
    ? Promise.resolve()
    : new Promise<void>(resolve => {
        hurry.addEventListener('abort', () => resolve(), { once: true, signal })
      })
  const over = hurried.then(() => clock.sleep(limitMs, signal)).then(() => undefined)
  try {
    return await ask(over)
  } finally {
    done.abort()
  }
}
