import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { Os } from './os.ts'

/** A process as the runner starts it, reads it, signals it and waits for it (src/Runner.Sdk/ProcessInvoker.cs, 2.336.0). */
export interface ChildOptions {
  /** The script that Node runs. */
  script: string
  cwd: string
  env: Record<string, string>
  os: Os
  /** It runs in a container, behind `docker exec`. */
  container: boolean
  /** The runner's waits are divided by this. */
  graceScale: number
  onLine(line: string): void
}

export interface SentSignal {
  signal: 'SIGINT' | 'SIGTERM' | 'SIGBREAK' | 'SIGKILL'
  /** Milliseconds since the process was started. */
  at: number
}

export interface ChildEnd {
  /** Null when a signal ended it. */
  exitCode: number | null
  signal: NodeJS.Signals | null
  signals: SentSignal[]
}

const SIGINT_GRACE_MS = 7500
const SIGTERM_GRACE_MS = 2500
/** How long the runner waits for stdout and stderr to close after the process has exited. */
const STREAM_GRACE_MS = 5000
/** Gets what a console would tell the process. */
const WINDOWS = new URL('./windows.mjs', import.meta.url).href

export class Child {
  readonly ended: Promise<ChildEnd>
  readonly #process: ChildProcess
  #leave: (end: ChildEnd) => void = () => {}
  readonly #signals: SentSignal[] = []
  readonly #started = performance.now()
  readonly #graceScale: number
  readonly #os: Os
  readonly #container: boolean
  #gone = false
  #cancelling = false
  #isLeft = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: ChildOptions) {
    this.#graceScale = options.graceScale
    this.#os = options.os
    this.#container = options.container
    const isWindows = options.os === 'Windows'
    // In its own process group, so that Ctrl-C in a terminal reaches only the runner, which then decides what to signal.
    const child = spawn(process.execPath, [...(isWindows ? ['--import', WINDOWS] : []), options.script], {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe', ...(isWindows ? (['ipc'] as const) : [])],
      detached: true
    }) as ChildProcessByStdio<null, Readable, Readable>
    this.#process = child
    const killWithUs = () => child.kill('SIGKILL')
    process.once('exit', killWithUs)
    const readers = [child.stdout, child.stderr].map(stream => {
      const reader = new LineReader(line => {
        if (!this.#isLeft) options.onLine(line)
      })
      stream.on('data', (chunk: Buffer) => reader.write(chunk))
      return reader
    })
    this.ended = new Promise((resolve, reject) => {
      this.#leave = resolve
      child.once('error', reject)
      child.once('exit', () => {
        this.#gone = true
        clearTimeout(this.#timer)
        this.#timer = setTimeout(() => {
          child.stdout.destroy()
          child.stderr.destroy()
        }, STREAM_GRACE_MS / this.#graceScale)
      })
      child.once('close', (exitCode, signal) => {
        clearTimeout(this.#timer)
        process.removeListener('exit', killWithUs)
        for (const reader of readers) reader.end()
        resolve({ exitCode, signal, signals: this.#signals })
      })
    })
  }

  /**
   * SIGINT, after 7.5 s SIGTERM, after another 2.5 s SIGKILL; to this process only, not to its children. On Windows: Ctrl-C, which Node
   * calls SIGINT, Ctrl-Break, which it calls SIGBREAK, and the end of the process.
   */
  cancel(): void {
    if (this.#cancelling) return
    this.#cancelling = true
    if (this.#container) {
      this.#leaveBehind()
      return
    }
    this.#send('SIGINT')
    this.#after(SIGINT_GRACE_MS, () => {
      this.#send(this.#os === 'Windows' ? 'SIGBREAK' : 'SIGTERM')
      this.#after(SIGTERM_GRACE_MS, () => this.#send('SIGKILL'))
    })
  }

  /** `docker exec` dies of SIGINT, and the process in the container goes on, read by nobody. */
  #leaveBehind(): void {
    this.#isLeft = true
    this.#leave({ exitCode: 130, signal: null, signals: [] })
  }

  /** Kills without warning, as the kernel or an operator would. */
  kill(): void {
    this.#send('SIGKILL')
  }

  #after(ms: number, run: () => void) {
    if (!this.#gone) this.#timer = setTimeout(run, ms / this.#graceScale)
  }

  #send(signal: SentSignal['signal']) {
    if (this.#gone) return
    this.#signals.push({ signal, at: performance.now() - this.#started })
    if (this.#os === 'Windows' && signal !== 'SIGKILL') this.#process.send(signal, () => {})
    else this.#process.kill(signal)
  }
}

/** Splits a stream into lines at LF, CRLF and a lone CR, as .NET's ReadLine does; U+2028 and the like do not end a line. */
class LineReader {
  readonly #decoder = new StringDecoder('utf8')
  readonly #onLine: (line: string) => void
  #rest = ''
  #afterCr = false

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  write(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk))
  }

  end(): void {
    this.#take(this.#decoder.end())
    if (this.#rest !== '') this.#onLine(this.#rest)
    this.#rest = ''
  }

  #take(text: string) {
    if (text === '') return
    const fresh = this.#afterCr && text.startsWith('\n') ? text.slice(1) : text
    this.#afterCr = text.endsWith('\r')
    const lines = (this.#rest + fresh).split(/\r\n|\r|\n/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#onLine(line)
  }
}
