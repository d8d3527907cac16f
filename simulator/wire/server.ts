import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Aws } from '../aws.ts'
import { BrokenConnection, respond } from './wire.ts'

/** Serves the simulated services over HTTP on this machine only; port 0 takes a free one. */
export async function serve(aws: Aws, port = 0): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(aws, request, response).catch(error => {
      if (!(error instanceof BrokenConnection)) process.emitWarning(error as Error)
      request.socket.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

async function answer(aws: Aws, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const url = new URL(request.url ?? '/', 'http://simulator')
  const { status, headers, body } = await respond(aws, {
    method: request.method ?? 'GET',
    ...(request.headers.host && { host: request.headers.host }),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)])
    ),
    body: new Uint8Array(Buffer.concat(chunks))
  })
  response.writeHead(status, headers)
  response.end(body)
}
