import { Readable } from 'node:stream'
import type { Aws } from '../aws.ts'
import { begunOf, respond } from './wire.ts'

/** The part of the SDK's request that is used here. */
interface SdkRequest {
  method: string
  hostname?: string
  path: string
  query?: Record<string, string | string[] | null>
  headers: Record<string, string>
  body?: unknown
}

/**
 * A `requestHandler` for any client of the SDK: requests go to the simulated services without leaving the process. Broken
 * connections are thrown as by Node, and aborts as by the SDK's own handler.
 */
export function requestHandler(aws: Aws) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    destroy(): void {},
    updateHttpClientConfig(): void {},
    httpHandlerConfigs(): Record<string, never> {
      return {}
    },
    async handle(request: SdkRequest, options: { abortSignal?: AbortSignal; requestTimeout?: number } = {}) {
      const { abortSignal, requestTimeout } = options
      if (abortSignal?.aborted) throw aborted()
      const answering = respond(aws, {
        method: request.method,
        ...(request.hostname && { host: request.hostname }),
        path: request.path,
        query: queryOf(request.query),
        repeated: repeatedOf(request.query),
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), String(value)])
        ),
        body: bytesOf(request.body)
      })
      const answer = requestTimeout ? within(requestTimeout, aws, answering) : answering
      const { status, headers, body, stalls, streams } = await (abortSignal
        ? unlessAborted(answer, abortSignal)
        : answer)
      const whole = streams ? Readable.from([body]) : body
      return {
        response: {
          statusCode: status,
          headers,
          body: stalls ? stalled(begunOf(body), abortSignal) : whole
        }
      }
    }
  }
}

/** The request continues anyway: hanging up does not undo what a service was asked to do. */
function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(aborted())
    signal.addEventListener('abort', abort, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** The client hangs up after `ms`, as Node's does; the service goes on with what it was asked. */
function within<T>(ms: number, { clock }: Aws, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.at(clock.now() + ms, () =>
      reject(Object.assign(new Error('Request timed out'), { name: 'TimeoutError', code: 'ETIMEDOUT' }))
    )
    answer.then(resolve, reject).finally(() => timer.cancel())
  })
}

/** A body of which nothing more comes after its first bytes. An abort ends it, as it ends the connection of a real one. */
function stalled(begun: Uint8Array, signal: AbortSignal | undefined): Readable {
  const body = new Readable({ read() {} })
  body.push(begun)
  signal?.addEventListener('abort', () => body.destroy(aborted()), { once: true })
  return body
}

function aborted(): Error {
  return Object.assign(new Error('Request aborted'), { name: 'AbortError' })
}

function queryOf(query: SdkRequest['query']): Record<string, string> {
  const single = (value: string | string[] | null) => (Array.isArray(value) ? value.join(',') : (value ?? ''))
  return Object.fromEntries(Object.entries(query ?? {}).map(([name, value]) => [name, single(value)]))
}

const repeatedOf = (query: SdkRequest['query']): Record<string, string[]> =>
  Object.fromEntries(Object.entries(query ?? {}).map(([name, value]) => [name, [value ?? ''].flat()]))

function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body
  return new TextEncoder().encode(typeof body === 'string' ? body : '')
}
