import type { Clock } from '../clock.ts'

export interface TellingOptions {
  clock: Clock
  tell(line: string): void
}

const progressMs = 15_000

/** Tells every 15 seconds that it is still under way. */
export async function telling<T>(
  what: string,
  { clock, tell }: TellingOptions,
  send: () => Promise<T>
): Promise<T> {
  const ended = new AbortController()
  const progress = (async () => {
    for (let seconds = progressMs / 1_000; ; seconds += progressMs / 1_000) {
      await clock.sleep(progressMs, ended.signal)
      if (ended.signal.aborted) return
      tell(`Still uploading ${what} (${seconds}s so far)`)
    }
  })()
  try {
    return await send()
  } finally {
    ended.abort()
    await progress
  }
}
