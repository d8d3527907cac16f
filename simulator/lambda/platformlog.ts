import type { Snapshot } from './function.ts'
import type { Write } from './run.ts'

/** What Lambda writes around what a function writes. Times are epoch ms. */
interface PlatformLines {
  start(at: number, write: Write): void
  end(at: number, run: { ms: number; initMs: number; error?: boolean | undefined }, write: Write): void
}

/** In the function's log format, text or JSON. */
export function platformLines(
  { MemorySize, LoggingConfig }: Snapshot['settings'],
  requestId: string,
  version: string
): PlatformLines {
  if (LoggingConfig?.LogFormat !== 'JSON')
    return {
      start: (_, write) => write(`START RequestId: ${requestId} Version: ${version}`),
      end: (_, { ms, initMs }, write) => {
        write(`END RequestId: ${requestId}`)
        const init = initMs > 0 ? `\tInit Duration: ${initMs.toFixed(2)} ms` : ''
        write(
          `REPORT RequestId: ${requestId}\tDuration: ${ms.toFixed(2)} ms\tBilled Duration: ${Math.ceil(ms + initMs)} ms\tMemory Size: ${MemorySize} MB\tMax Memory Used: 64 MB${init}`
        )
      }
    }
  const event = (at: number, type: string, record: object) =>
    JSON.stringify({ time: new Date(at).toISOString(), type, record: { requestId, ...record } })
  return {
    start: (at, write) => write(event(at, 'platform.start', { version })),
    end: (at, { ms, initMs, error }, write) =>
      write(
        event(at, 'platform.report', {
          metrics: {
            durationMs: ms,
            billedDurationMs: Math.ceil(ms + initMs),
            memorySizeMB: MemorySize,
            maxMemoryUsedMB: 64,
            ...(initMs > 0 && { initDurationMs: initMs })
          },
          status: error ? 'error' : 'success'
        })
      )
  }
}
