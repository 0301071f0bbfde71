import net from 'node:net'

/** A port of this machine that leads to another. */
export interface GentleDoor {
  readonly port: number
  close(): Promise<void>
}

/**
 * Passes connections on to `port`, and ends them there whichever way they end here. ClickHouse cuts its
 * connections to other nodes when a query is cancelled. A server notes that in its log, ClickHouse as a library
 * is ended by it.
 */
export async function gentleDoor(port: number): Promise<GentleDoor> {
  const open = new Set<net.Socket>()
  const server = net.createServer({ allowHalfOpen: true }, (from) => {
    const to = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    for (const socket of [from, to]) {
      socket.setNoDelay(true)
      open.add(socket)
      socket.on('close', () => open.delete(socket))
    }
    from.pipe(to)
    to.pipe(from)
    from.on('error', () => {})
    from.on('close', () => {
      to.end()
      to.resume()
    })
    to.on('error', () => {})
    to.on('close', () => from.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as net.AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
