import type { fromWebToken } from '@aws-sdk/credential-provider-web-identity'
import type { Clock } from '../clock.ts'
import type { Trace } from '../trace.ts'
import { nearNetwork, tracing } from './trace.ts'

/** A request and its whole answer, headers and body, take no longer than this, ms. */
export const exchangeMs = 20_000

type Plugin = NonNullable<Parameters<typeof fromWebToken>[0]['clientPlugins']>[number]

export interface NetworkOptions {
  /** Measures how long an answer takes. */
  timer: Clock
  /** Is told of every request. Default: nobody is. */
  trace?: Trace
}

/** What all clients of the SDK have in common between a command and the network. */
export class Network {
  /** For a client that somebody else creates. */
  readonly plugin: Plugin
  readonly #timer: Clock

  constructor({ timer, trace }: NetworkOptions) {
    this.#timer = timer
    this.plugin = {
      applyToStack: stack => {
        if (trace) stack.add(tracing(trace), nearNetwork)
        stack.add(next => args => this.#exchange(() => next(args)), {
          step: 'deserialize',
          priority: 'low',
          name: 'exchange'
        })
      }
    }
  }

  equip<Client extends { middlewareStack: { use(plugin: Plugin): void } }>(client: Client): Client {
    client.middlewareStack.use(this.plugin)
    return client
  }

  /** The SDK's own time-out ends with the headers; a body that never ends would be waited for without end. */
  async #exchange<Answer extends { response: unknown }>(send: () => Promise<Answer>): Promise<Answer> {
    const until = this.#timer.now() + exchangeMs
    const answer = await send()
    const response = answer.response as { body?: unknown }
    if (isStream(response.body)) response.body = await this.#whole(response.body, until)
    return answer
  }

  async #whole(body: Stream, until: number): Promise<Uint8Array> {
    const ended = new AbortController()
    const chunks: Uint8Array[] = []
    const reading = (async () => {
      for await (const chunk of body) chunks.push(chunk)
      return 'ended' as const
    })()
    const waiting = this.#timer.sleep(until - this.#timer.now(), ended.signal)
    try {
      if ((await Promise.race([reading, waiting])) === 'ended') return Buffer.concat(chunks)
      reading.catch(() => undefined)
      body.destroy?.()
      const text = `The answer began, but was not there after ${exchangeMs / 1_000} seconds`
      throw Object.assign(new Error(text), { name: 'TimeoutError' })
    } finally {
      ended.abort()
    }
  }
}

type Stream = AsyncIterable<Uint8Array> & { destroy?(): void }

const isStream = (body: unknown): body is Stream =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body
