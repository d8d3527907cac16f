import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Aws } from '../aws.ts'
import { type Listening, listen } from './listen.ts'
import { BrokenConnection, begunOf, respond, type WireRequest } from './wire.ts'

/** The account and region that a request is for. */
export type Choice = (request: WireRequest) => Aws

/** Serves the simulated services over HTTP on this machine only; port 0 picks a free one. */
export async function serve(aws: Aws | Choice, port = 0): Promise<Listening> {
  const choose = typeof aws === 'function' ? aws : () => aws
  const server = createServer((request, response) => {
    answer(choose, request, response).catch(error => {
      if (!(error instanceof BrokenConnection)) process.emitWarning(error as Error)
      request.socket.destroy()
    })
  })
  return await listen(server, port)
}

async function answer(choose: Choice, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  // Not as a URL: that would change the keys of objects with dots and slashes.
  const [, path = '/', query = ''] = /^([^?]*)\??(.*)$/s.exec(request.url ?? '/') ?? []
  const parameters = new URLSearchParams(query)
  const wire: WireRequest = {
    method: request.method ?? 'GET',
    ...(request.headers.host && { host: request.headers.host }),
    path,
    query: Object.fromEntries(parameters),
    repeated: Object.fromEntries([...parameters.keys()].map(name => [name, parameters.getAll(name)])),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)])
    ),
    body: new Uint8Array(Buffer.concat(chunks))
  }
  const { status, headers, body, stalls } = await respond(choose(wire), wire)
  // Node would add the machine's time.
  response.sendDate = false
  response.writeHead(status, headers)
  if (!stalls) return void response.end(body)
  response.flushHeaders()
  response.write(begunOf(body))
}
