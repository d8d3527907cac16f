/**
 * The answer, or undefined if there is none by `limit` (epoch ms) or when `cancelled` aborts: stopping must not wait for it. After that,
 * nobody hears how it fails. Each race has its own promises: racing against one that lives as long as the watch would keep every look in
 * memory.
 */
export async function answeredUntil<Answer>(
  answer: Promise<Answer>,
  limit: number,
  cancelled: AbortSignal | undefined,
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
): Promise<Answer | undefined> {
  answer.catch(() => undefined)
  if (cancelled?.aborted) return undefined
  const over = new AbortController()
  const end = () => over.abort()
  cancelled?.addEventListener('abort', end, { once: true })
  const limited = clock.sleep(Math.max(0, limit - clock.now()), over.signal).then(() => undefined)
  try {
    return await Promise.race([answer, limited])
  } finally {
    cancelled?.removeEventListener('abort', end)
    end()
  }
}
