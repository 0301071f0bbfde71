import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const SCRIPT = path.resolve('scripts/rgw.sh')

/** Packages unpacked once per machine, outside the checkout. */
const ROOT = path.join(process.env.XDG_CACHE_HOME ?? os.tmpdir(), 'graupel-rgw', 'root')

/** A server that speaks S3, to be stopped by whoever started it. */
export interface S3Server {
  readonly endpoint: string
  /** Undefined: from the environment. */
  readonly credentials: { accessKeyId: string; secretAccessKey: string } | undefined
  stop(): Promise<void>
}

/**
 * The server named by GRAUPEL_TEST_S3_ENDPOINT, or else Ceph RGW on a free port of this machine,
 * in memory and gone with this process. A text tells why there is neither.
 */
export async function startS3(): Promise<S3Server | string> {
  const told = process.env.GRAUPEL_TEST_S3_ENDPOINT
  if (told !== undefined && told !== '') {
    return { endpoint: told, credentials: undefined, stop: async () => {} }
  }
  if (process.platform !== 'linux') return `no Ceph RGW on ${process.platform}`
  try {
    await run('apt-get', ['--version'])
    await run(SCRIPT, ['fetch', ROOT])
  } catch (error) {
    return `Ceph RGW could not be fetched: ${String((error as Error).message).slice(0, 300)}`
  }
  return startRgw()
}

async function startRgw(): Promise<S3Server | string> {
  const data = mkdtempSync(path.join(os.tmpdir(), 'graupel-rgw-data-'))
  const stop = async () => {
    await run(SCRIPT, ['down', data])
    await rm(data, { recursive: true, force: true, maxRetries: 3 })
  }
  const port = await freePorts()
  try {
    // The script watches this process, in case it ends without stopping the server.
    const env = { ...process.env, WATCH_PID: String(process.pid) }
    await run(SCRIPT, ['up', ROOT, data, String(port)], { env })
  } catch (error) {
    await stop()
    return `Ceph RGW did not start: ${String((error as Error).message).slice(0, 300)}`
  }
  const credentials = { accessKeyId: 'testkey', secretAccessKey: 'testsecret' }
  return { endpoint: `http://127.0.0.1:${port}`, credentials, stop }
}

/** Notes that tests which need an S3 server did not run: the run says so in its last lines. */
export function noteUntested(reason: string): void {
  const mark = process.env['GRAUPEL_TEST_S3_UNTESTED']
  if (mark !== undefined) writeFileSync(mark, reason)
}

/** A port that is free together with the next one. */
async function freePorts(): Promise<number> {
  for (;;) {
    const port = await listenOnce(0)
    if (port < 65_000 && (await listenOnce(port + 1).catch(() => 0)) !== 0) return port
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.on('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
