import { type ChildProcess, spawn } from 'node:child_process'
import net from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SERVER = fileURLToPath(new URL('server.cjs', import.meta.url))

export interface ClickHouseServer {
  readonly url: string
  stop(): Promise<void>
}

/** ClickHouse on free ports of this machine, gone when it is stopped. */
export async function startClickHouse(): Promise<ClickHouseServer> {
  const [http, tcp] = [await freePort(), await freePort()]
  const folder = await temporaryFolder()
  const args = [SERVER, String(http), String(tcp), folder.path]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (chunk) => {
    complaint = (complaint + chunk).slice(-2000)
  })
  const url = `http://127.0.0.1:${http}`
  for (let attempt = 0; !(await answers(url)); attempt++) {
    if (child.exitCode !== null || attempt > 600) {
      throw new Error(`ClickHouse did not start: ${complaint}`)
    }
    await pause(100)
  }
  return { url, stop: () => stopped(child, folder) }
}

async function stopped(child: ChildProcess, folder: { remove(): Promise<void> }): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  await folder.remove()
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/ping`).then(
    ({ ok }) => ok,
    () => false,
  )
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}
