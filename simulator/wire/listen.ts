import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Where a simulated service is reached, and how to end it. */
export interface Listening {
  /** Without a path. */
  url: string
  close(): Promise<void>
}

/** Lets a server listen on this machine only; port 0 takes a free one. */
export async function listen(server: Server, port = 0): Promise<Listening> {
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
