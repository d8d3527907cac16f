/**
 * The answer, or undefined if there is none by `limit` (epoch ms) or when one of `signals` aborts: stopping must not wait for it. After that,
 * nobody hears how it fails. Each race has its own promises: racing against one that lives as long as the watch would keep every look in
 * memory.
 */
export async function answeredUntil<Answer>(
  answer: Promise<Answer>,
  limit: number,
  signals: AbortSignal | undefined | readonly (AbortSignal | undefined)[],
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> }
): Promise<Answer | undefined> {
  answer.catch(() => undefined)
  const all = [signals].flat()
  if (all.some(each => each?.aborted)) return undefined
  const over = new AbortController()
  const end = () => over.abort()
  for (const each of all) each?.addEventListener('abort', end, { once: true })
  const limited = clock.sleep(Math.max(0, limit - clock.now()), over.signal).then(() => undefined)
  try {
    return await Promise.race([answer, limited])
  } finally {
    for (const each of all) each?.removeEventListener('abort', end)
    end()
  }
}
