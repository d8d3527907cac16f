import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A simulated service that listens: its address, and how to stop it. */
export interface Listening {
  /** Without a path. */
  url: string
  close(): Promise<void>
}

/** Makes a server listen on this machine only; port 0 picks a free one. */
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
