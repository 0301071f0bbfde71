/**
 * A thread that passes TCP connections on to a server of this machine, at so many bytes a second in
 * each direction, all connections together.
 */
import net, { type AddressInfo } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** A thread runs no TypeScript of its own accord. */
const RUN_SOURCE = `import('tsx/esm/api').then((api) => {
  api.register()
  return import(require('node:worker_threads').workerData.entry)
})`

interface LinkTask {
  readonly entry: string
  readonly host: string
  readonly port: number
  readonly bytesPerSecond: number
}

/** Starts a link to `target`; answers the URL that stands in for it. */
export async function throttledLink(
  target: string,
  bytesPerSecond: number,
): Promise<{ readonly endpoint: string; close(): Promise<unknown> }> {
  const { hostname: host, port } = new URL(target)
  const task: LinkTask = { entry: import.meta.url, host, port: Number(port), bytesPerSecond }
  const worker = new Worker(RUN_SOURCE, { eval: true, workerData: task })
  const own = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  return { endpoint: `http://127.0.0.1:${own}`, close: () => worker.terminate() }
}

/** Answers for how many milliseconds to wait before so many bytes have passed. */
function meter(bytesPerSecond: number): (bytes: number) => number {
  let free = 0
  return (bytes) => {
    const now = performance.now()
    free = Math.max(free, now) + (bytes / bytesPerSecond) * 1000
    return free - now
  }
}

async function pass(from: net.Socket, to: net.Socket, wait: (bytes: number) => number) {
  try {
    for await (const chunk of from as AsyncIterable<Uint8Array>) {
      const ms = wait(chunk.length)
      // Timers are coarse: what is due at once goes at once.
      if (ms > 2) await new Promise((resolve) => setTimeout(resolve, ms))
      if (!to.write(chunk)) await new Promise((resolve) => to.once('drain', resolve))
    }
    to.end()
  } catch {
    to.destroy()
  }
}

if (!isMainThread && parentPort !== null) {
  const { host, port, bytesPerSecond } = workerData as LinkTask
  const up = meter(bytesPerSecond)
  const down = meter(bytesPerSecond)
  const server = net.createServer({ noDelay: true }, (client) => {
    const onward = net.connect({ host, port, noDelay: true })
    for (const [socket, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      socket.on('error', () => other.destroy())
      socket.on('close', () => other.destroy())
    }
    void pass(client, onward, up)
    void pass(onward, client, down)
  })
  server.listen(0, '127.0.0.1', () => {
    parentPort?.postMessage((server.address() as AddressInfo).port)
  })
}
