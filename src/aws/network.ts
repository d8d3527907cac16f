import type { fromWebToken } from '@aws-sdk/credential-provider-web-identity'
import { type Clock, machineTime } from '../clock.ts'
import type { Trace } from '../trace.ts'
import { AwsTime } from './awstime.ts'
import { isSignatureRefusal } from './failure.ts'
import { Secrets } from './secrets.ts'
import { nearNetwork, tracing } from './trace.ts'

/** AWS accepts signatures up to five minutes old or in the future. A smaller correction than this is no reason to sign again, ms. */
const noticeableMs = 60_000
/** A smaller change is not worth telling, ms. */
const tellableMs = 1_000

/** How long a request and its whole answer, headers and body, may take, ms. */
export const exchangeMs = 20_000
/** How long sending a package may take over a slow line, ms. */
export const packageMs = { request: 180_000, object: 480_000 }
/** SDK commands that carry a package, or wait for a function: whoever sends them limits how long that may take. */
const isLong = (commandName = ''): boolean =>
  ['InvokeCommand', 'PutObjectCommand', 'UpdateFunctionCodeCommand'].includes(commandName)

/** AWS's longest answer, that of an invocation, has 6 MB. */
const mostBytes = 16 * 1024 * 1024

type Plugin = NonNullable<Parameters<typeof fromWebToken>[0]['clientPlugins']>[number]

export interface NetworkOptions {
  /** The program's clock. */
  clock: Clock
  /** Measures how long an answer takes. Default: `clock`. */
  timer?: Clock
  /** Gets a line for every request. Default: none. */
  trace?: Trace
  /** How far AWS's clock is ahead of the program's, ms: what is known from an earlier process, and who is told when it has changed. */
  ahead?: { guessMs: number; learned(aheadMs: number): void }
  /** When it aborts, nobody waits for the rest of an answer any more. */
  over?: AbortSignal
}

/** What all SDK clients share between a command and the network. */
export class Network {
  /** For clients that the SDK creates itself. */
  readonly plugin: Plugin
  /** Learns from each answer, and dates each signature. */
  readonly time: AwsTime
  /** Hidden in each answer. */
  readonly secrets = new Secrets()
  /** As in NetworkOptions. */
  readonly timer: Clock
  /** As in NetworkOptions. */
  readonly over: AbortSignal | undefined
  readonly #ahead: NetworkOptions['ahead']
  #told: number
  readonly #abandoned = new WeakMap<object, AbortSignal>()

  constructor({ clock, timer = clock, trace, ahead, over }: NetworkOptions) {
    this.time = new AwsTime(clock, ahead?.guessMs)
    this.#ahead = ahead
    this.#told = this.time.offsetMs
    this.timer = timer
    this.over = over
    this.plugin = {
      applyToStack: stack => {
        stack.add(next => args => this.#dated(() => next(args)), {
          step: 'initialize',
          priority: 'high',
          name: 'dated'
        })
        if (trace) stack.add(tracing(trace), nearNetwork)
        stack.add(
          (next, { commandName }) =>
            args =>
              this.#exchange(args.request as Message, args.input, isLong(commandName), () => next(args)),
          { step: 'deserialize', priority: 'low', name: 'exchange' }
        )
      }
    }
  }

  equip<Client extends { config: object; middlewareStack: { use(plugin: Plugin): void } }>(
    client: Client
  ): Client {
    client.middlewareStack.use(this.plugin)
    // The SDK signs by the machine's clock and this offset, which it would otherwise learn for each client by itself.
    Object.defineProperty(client.config, 'systemClockOffset', {
      get: () => this.time.now() - machineTime(),
      set: () => {}
    })
    return client
  }

  /** The SDK's abort is over once the headers have come: with this, it also ends the wait for the body. `input` is the command's. */
  abandon(input: object, signal: AbortSignal): void {
    this.#abandoned.set(input, signal)
  }

  /** Signs once more, by the time that the refusal carried, if AWS refused a signature for its time. AWS has not acted on the request. */
  async #dated<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    const offset = this.time.offsetMs
    try {
      return await send()
    } catch (error) {
      const isCorrected = Math.abs(this.time.offsetMs - offset) > noticeableMs
      if (!isCorrected || !isSignatureRefusal(error)) throw error
      return await send()
    }
  }

  /**
   * The SDK's own time-out covers only the headers: it would wait forever for a body that never ends. Where the headers may take longer,
   * the time for the body begins with them.
   */
  async #exchange<Answer extends { response: unknown }>(
    request: Message,
    input: object,
    isLong: boolean,
    send: () => Promise<Answer>
  ): Promise<Answer> {
    const begunAt = this.timer.now()
    const sentAt = this.time.moment()
    const answer = await send()
    const until = (isLong ? this.timer.now() : begunAt) + exchangeMs
    const response = answer.response as Message
    this.#learn(response, sentAt)
    if (isStream(response.body))
      response.body = await this.#whole(response.body, until, this.#abandoned.get(input))
    this.secrets.learn(request.headers ?? {})
    if (response.body instanceof Uint8Array) response.body = this.secrets.hiddenIn(response.body)
    return answer
  }

  /** Only AWS's answers have request ids: a proxy's page has the proxy's time. An answer from a cache (Age) is old. */
  #learn({ headers = {}, statusCode = 200 }: Message, sentAt: number): void {
    const isFromAws = Boolean(headers['x-amzn-requestid'] ?? headers['x-amz-request-id'])
    if (!isFromAws || headers.age !== undefined) return
    this.time.learn(headers.date, sentAt, statusCode >= 400 && statusCode < 500)
    const { offsetMs } = this.time
    if (Math.abs(offsetMs - this.#told) < tellableMs) return
    this.#told = offsetMs
    this.#ahead?.learned(offsetMs)
  }

  async #whole(body: Stream, until: number, abandoned?: AbortSignal): Promise<Uint8Array> {
    const ended = new AbortController()
    const end = () => ended.abort()
    const signals = [this.over, abandoned]
    for (const each of signals) each?.addEventListener('abort', end, { once: true })
    if (signals.some(each => each?.aborted)) end()
    const chunks: Uint8Array[] = []
    const reading = (async () => {
      let bytes = 0
      for await (const chunk of body) {
        bytes += chunk.length
        if (bytes > mostBytes) throw tooLong()
        chunks.push(chunk)
      }
      return 'ended' as const
    })()
    const waiting = this.timer.sleep(until - this.timer.now(), ended.signal)
    try {
      if ((await Promise.race([reading, waiting])) === 'ended') return Buffer.concat(chunks)
      reading.catch(() => undefined)
      body.destroy?.()
      if (abandoned?.aborted) throw Object.assign(new Error('No longer wanted'), { name: 'AbortError' })
      const text = `The answer began, but was not complete after ${exchangeMs / 1_000} seconds`
      throw Object.assign(new Error(text), { name: 'TimeoutError' })
    } finally {
      for (const each of signals) each?.removeEventListener('abort', end)
      end()
    }
  }
}

const tooLong = (): Error =>
  Object.assign(new Error(`The answer has more than ${mostBytes} bytes`), { name: 'AnswerTooLong' })

/** A request or a response. The names of headers are in lower case. */
interface Message {
  headers?: Record<string, string>
  statusCode?: number
  body?: unknown
}

type Stream = AsyncIterable<Uint8Array> & { destroy?(): void }

const isStream = (body: unknown): body is Stream =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body
