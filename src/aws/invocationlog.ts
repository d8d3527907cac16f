/** What the end of an invocation's log says. */
export interface InvocationLog {
  /** What the function wrote last, oldest line first. */
  lines: readonly string[]
  /** How long it ran by Lambda's report; undefined when there is none. */
  durationMs?: number
  /** How long Lambda took to start it; undefined when it was running already. */
  initMs?: number
}

/** Lambda gives the last 4 KB. */
const tailBytes = 4_000
/** Enough to show what went wrong, and few enough to read. */
const mostLines = 20

/** Reads the `LogResult` of an invocation, in either of Lambda's log formats. Undefined: there is none. */
export function readInvocationLog(logResult: string | undefined): InvocationLog {
  const bytes = Buffer.from(logResult ?? '', 'base64')
  const all = bytes.toString().replace(/\n+$/, '')
  // Where Lambda cut it, half a secret may be left, which the runner would not recognise.
  const text = bytes.length < tailBytes ? all : all.replace(all.includes('\n') ? /^.*\n/ : /^\S+/, '')
  const lines = text === '' ? [] : text.split('\n')
  const report = lines.map(reported).findLast(each => each !== undefined)
  // How the invocation failed is in its answer.
  return { ...report, lines: lines.filter(isTheirs).slice(-mostLines) }
}

type Report = Pick<InvocationLog, 'durationMs' | 'initMs'>

/** `REPORT RequestId: …	Duration: 2.43 ms	…	Init Duration: 150.01 ms`, or the same in JSON. SnapStart restores instead. */
function reported(line: string): Report | undefined {
  if (line.startsWith('REPORT RequestId: '))
    return reportOf(
      Number(/\tDuration: ([\d.]+) ms/.exec(line)?.[1]),
      Number(/\t(?:Init|Restore) Duration: ([\d.]+) ms/.exec(line)?.[1])
    )
  const { type, record } = platformEvent(line) ?? {}
  if (type !== 'platform.report') return undefined
  const { durationMs, initDurationMs, restoreDurationMs } = record?.metrics ?? {}
  return reportOf(durationMs, initDurationMs ?? restoreDurationMs)
}

function reportOf(durationMs: unknown, initMs: unknown): Report {
  return {
    ...(typeof durationMs === 'number' && durationMs >= 0 && { durationMs }),
    ...(typeof initMs === 'number' && initMs >= 0 && { initMs })
  }
}

/** Lambda adds lines of its own around what a function writes. */
export const isTheirs = (line: string): boolean =>
  line !== '' &&
  !/^((START|END|REPORT) RequestId:|(INIT|RESTORE)_(START|REPORT) |EXTENSION\s+Name:|XRAY TraceId:)/.test(
    line
  ) &&
  platformEvent(line) === undefined

/** Of Lambda's own lines, those that say that an invocation went wrong. Of a time-out or a crash, often nothing else does. */
export function tellsOfFailure(line: string): boolean {
  if (/^(REPORT RequestId:|(INIT|RESTORE)_REPORT ).*\tStatus: (?!success\b)/.test(line)) return true
  const { type, record } = platformEvent(line) ?? {}
  return type === 'platform.fault' || (record?.status !== undefined && record.status !== 'success')
}

interface PlatformEvent {
  type: string
  record?: {
    metrics?: Partial<Record<'durationMs' | 'initDurationMs' | 'restoreDurationMs', unknown>>
    status?: unknown
  }
}

function platformEvent(line: string): PlatformEvent | undefined {
  if (!line.includes('"platform.')) return undefined
  try {
    const event = JSON.parse(line) as PlatformEvent | null
    return /^platform\./.test(String(event?.type)) ? (event ?? undefined) : undefined
  } catch {
    return undefined
  }
}
