import { type ChildProcess, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { gentleDoor } from './gentle-door.ts'

const SERVER = fileURLToPath(new URL('server.cjs', import.meta.url))

export const CLUSTER = 'graupel'

/** One server of a ClickHouse. */
export interface ClickHouseNode {
  /** Of HTTP. */
  readonly url: string
  /** Of the native protocol, as nodes call each other. */
  readonly address: string
  /** Ends it as a crash would. */
  kill(): Promise<void>
  /** The one answer of a query, as text. */
  ask(sql: string): Promise<string>
}

export interface ClickHouse {
  readonly nodes: readonly ClickHouseNode[]
  stop(): Promise<void>
}

/** `count` servers on free ports of this machine that know each other as `CLUSTER`, gone when stopped. */
export async function startClickHouse(count: number): Promise<ClickHouse> {
  const folder = await temporaryFolder()
  const ports = await freePorts(count * 2)
  const doors = await Promise.all(ports.slice(count).map(gentleDoor))
  const configuration = path.join(folder.path, 'cluster.xml')
  const replicas = doors.map(
    ({ port }) => `<shard><replica><host>127.0.0.1</host><port>${port}</port></replica></shard>`,
  )
  await writeFile(
    configuration,
    `<clickhouse><remote_servers><${CLUSTER}>${replicas.join('')}</${CLUSTER}></remote_servers><logger><level>none</level></logger></clickhouse>`,
  )
  const children: ChildProcess[] = []
  const stop = async () => {
    await Promise.all(children.map(killed))
    await Promise.all(doors.map((door) => door.close()))
    await folder.remove()
  }
  try {
    const nodes: ClickHouseNode[] = []
    for (let at = 0; at < count; at++) {
      const [http, tcp] = [ports[at]!, ports[count + at]!]
      const args = [SERVER, `${http}`, `${tcp}`, path.join(folder.path, `node${at}`), configuration]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
      children.push(child)
      const url = `http://127.0.0.1:${http}`
      await answering(url, child)
      nodes.push({
        url,
        address: `127.0.0.1:${doors[at]!.port}`,
        kill: () => killed(child),
        ask: (sql) => asked(url, sql),
      })
    }
    return { nodes, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  let complaint = ''
  child.stderr!.on('data', (chunk) => {
    complaint = (complaint + chunk).slice(-2000)
  })
  child.on('exit', (code, signal) => {
    if (signal !== 'SIGKILL')
      console.error(`ClickHouse at ${url} ended, ${code ?? signal}: ${complaint}`)
  })
  for (let attempt = 0; !(await answers(url)); attempt++) {
    if (child.exitCode !== null || attempt > 600) {
      throw new Error(`ClickHouse did not start: ${complaint}`)
    }
    await pause(100)
  }
}

async function asked(url: string, body: string): Promise<string> {
  const answer = await fetch(url, { method: 'POST', body })
  const text = (await answer.text()).trim()
  if (!answer.ok) throw new Error(`ClickHouse at ${url}: ${text}`)
  return text
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/ping`).then(
    ({ ok }) => ok,
    () => false,
  )
}

/** Ports that are free all at once. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listening))
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

function listening(): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}
