import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome']

/** The Chromium on this machine, or undefined. */
export const findChromium = (): string | undefined =>
  names.find(name => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0)

type Result = Record<string, unknown>

/** A headless Chromium, driven by its own protocol: https://chromedevtools.github.io/devtools-protocol/ */
export class Browser {
  readonly #process: ChildProcess
  readonly #profile: string
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, { resolve(result: Result): void; reject(error: Error): void }>()
  #sent = 0

  private constructor(process: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process
    this.#profile = profile
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      const { id, result, error } = JSON.parse(String(data))
      if (error) this.#waiting.get(id)?.reject(new Error(error.message))
      else this.#waiting.get(id)?.resolve(result)
      this.#waiting.delete(id)
    })
  }

  static async start(command: string): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'lambda-codedeploy-chromium-'))
    const options = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--hide-scrollbars']
    const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
    const place = [`--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank']
    const child = spawn(command, [...options, ...quiet, ...place], { stdio: ['ignore', 'ignore', 'pipe'] })
    const origin = await new Promise<string>((resolve, reject) => {
      let told = ''
      child.stderr.on('data', chunk => {
        told += chunk
        const port = /DevTools listening on ws:\/\/(\S+?)\//.exec(told)?.[1]
        if (port) resolve(`http://${port}`)
      })
      child.on('exit', code => reject(new Error(`Chromium ended with ${code}: ${told.slice(-500)}`)))
    })
    const pages = (await (await fetch(`${origin}/json/list`)).json()) as Record<string, string>[]
    const socket = new WebSocket(pages.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '')
    await new Promise(resolve => socket.addEventListener('open', resolve, { once: true }))
    return new Browser(child, profile, socket)
  }

  /** A PNG of the whole page, once `window.ready` has resolved; throws what that rejects with. */
  async picture(url: string, width: number): Promise<Buffer> {
    await this.#ask('Emulation.setDeviceMetricsOverride', {
      width,
      height: 400,
      deviceScaleFactor: 1,
      mobile: false
    })
    await this.#ask('Page.navigate', { url })
    const height = await this.#evaluate(
      `new Promise(done => { const wait = () => window.ready ? done(window.ready) : setTimeout(wait, 20); wait() })
        .then(() => Math.ceil(document.body.getBoundingClientRect().bottom))`
    )
    await this.#ask('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false
    })
    const { data } = await this.#ask('Page.captureScreenshot', { format: 'png' })
    return Buffer.from(String(data), 'base64')
  }

  stop(): Promise<void> {
    this.#socket.close()
    return new Promise(resolve => {
      this.#process.once('exit', () => {
        rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 })
        resolve()
      })
      this.#process.kill()
    })
  }

  async #evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#ask('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true
    })
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails).slice(0, 1_000))
    return (result as { value: unknown }).value
  }

  #ask(method: string, params: Result): Promise<Result> {
    const id = ++this.#sent
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }
}
