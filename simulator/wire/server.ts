import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Aws } from '../aws.ts'
import { type Listening, listen } from './listen.ts'
import { BrokenConnection, begunOf, respond } from './wire.ts'

/** Serves the simulated services over HTTP on this machine only; port 0 picks a free one. */
export async function serve(aws: Aws, port = 0): Promise<Listening> {
  const server = createServer((request, response) => {
    answer(aws, request, response).catch(error => {
      if (!(error instanceof BrokenConnection)) process.emitWarning(error as Error)
      request.socket.destroy()
    })
  })
  return await listen(server, port)
}

async function answer(aws: Aws, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  // Not as a URL: that would change the keys of objects with dots and slashes.
  const [, path = '/', query = ''] = /^([^?]*)\??(.*)$/s.exec(request.url ?? '/') ?? []
  const parameters = new URLSearchParams(query)
  const { status, headers, body, stalls } = await respond(aws, {
    method: request.method ?? 'GET',
    ...(request.headers.host && { host: request.headers.host }),
    path,
    query: Object.fromEntries(parameters),
    repeated: Object.fromEntries([...parameters.keys()].map(name => [name, parameters.getAll(name)])),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)])
    ),
    body: new Uint8Array(Buffer.concat(chunks))
  })
  // Node would add the machine's time.
  response.sendDate = false
  response.writeHead(status, headers)
  if (!stalls) return void response.end(body)
  response.flushHeaders()
  response.write(begunOf(body))
}
