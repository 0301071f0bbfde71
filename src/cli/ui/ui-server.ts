import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GraupelError, nameNotFound } from '../../error.ts'
import type { Lake } from '../../frame/lake.ts'
import { tableFacts } from '../table-facts.ts'
import { openTable } from '../table-path.ts'
import { bytesPage } from './bytes-page.ts'
import { diffPage } from './diff-page.ts'
import { html } from './html.ts'
import { lakePage, page, tablePage } from './pages.ts'
import { profilePage, profilesPage } from './profile-pages.ts'
import { STYLE } from './style.ts'

/** A server of pages about a lake. */
export interface UiServer {
  /** Where it is; whoever knows it may look. */
  readonly url: string
  close(): Promise<void>
}

const CHANGES_MS_MAX = 30_000

const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const

/**
 * Serves pages about `lake`, which are read only, to this machine alone: at an address of a random
 * token, and only under the name that it was told, so that no other web page can ask for them.
 *
 * @param options.port 0 for one that is free.
 * @param options.profiles The folder of stored profiles.
 */
export async function startUi(
  lake: Lake,
  options: { readonly port: number; readonly profiles?: string | undefined },
): Promise<UiServer> {
  const source = { lake, profiles: options.profiles }
  const token = randomBytes(24).toString('base64url')
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo
    answer(source, request, { token, port }).then(
      (reply) => send(request, response, reply),
      (error: unknown) => send(request, response, failure(error)),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Reply {
  readonly status: number
  readonly type: 'text/html' | 'text/css' | 'text/plain'
  readonly body: string
}

const refused = (status: number, body: string): Reply => ({ status, type: 'text/plain', body })

async function answer(
  source: Source,
  { method, url = '', headers }: IncomingMessage,
  { token, port }: { readonly token: string; readonly port: number },
): Promise<Reply> {
  // A page of the web that has made its name lead here still says its own name.
  if (headers.host !== `127.0.0.1:${port}`) return refused(403, 'this is no host of that name\n')
  if (method !== 'GET' && method !== 'HEAD') return refused(405, 'pages are read only\n')
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1')
  const [, given = '', name, ...rest] = pathname.split('/')
  if (!isEqual(given, token) || rest.length > 0) return refused(404, 'there is no such page\n')
  if (name === 'style.css') return { status: 200, type: 'text/css', body: STYLE }
  const asked = PAGES.get(name ?? '')
  if (asked === undefined) return refused(404, 'there is no such page\n')
  return { status: 200, type: 'text/html', body: await asked(source, searchParams) }
}

/** Where pages have what they show from. */
interface Source {
  readonly lake: Lake
  readonly profiles: string | undefined
}

const PAGES = new Map<string, (of: Source, asked: URLSearchParams) => Promise<string>>([
  ['', async ({ lake }) => lakePage(lake.url, await listing(lake))],
  ['bytes', async ({ lake }) => bytesPage(lake, await listing(lake))],
  ['profiles', ({ profiles }) => profilesPage(profiles)],
  ['profile', ({ profiles }, asked) => profilePage(profiles, asked.get('name') ?? '')],
  ['table', ({ lake }, asked) => aboutTable(lake, asked.get('path') ?? '', asked.get('column'))],
  ['diff', ({ lake }, asked) => aboutChanges(lake, asked)],
])

function isEqual(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}

async function listing(lake: Lake) {
  const databases = []
  for (const path of await lake.databases()) {
    databases.push({ path, tables: await (await lake.database(path)).tables() })
  }
  return databases
}

async function aboutTable(lake: Lake, path: string, column: string | null): Promise<string> {
  const table = await openTable(lake, path)
  const facts = await tableFacts(table)
  const { columns, clusterBy } = facts.snapshot
  const wanted = column ?? clusterBy[0] ?? columns[0]!.name
  const chosen = columns.find(({ name }) => name === wanted)
  if (chosen === undefined) {
    throw nameNotFound(
      'column',
      wanted,
      columns.map(({ name }) => name),
    )
  }
  return tablePage(path, facts, { chosen, history: await table.history() })
}

async function aboutChanges(lake: Lake, asked: URLSearchParams): Promise<string> {
  const path = asked.get('path') ?? ''
  const [from, to] = [
    Number(asked.get('from') ?? Number.NaN),
    Number(asked.get('to') ?? Number.NaN),
  ]
  // Rows are read for this page alone: nobody waits longer for it.
  const signal = AbortSignal.timeout(CHANGES_MS_MAX)
  return diffPage(path, await openTable(lake, path), { from, to }, { signal })
}

function failure(error: unknown): Reply {
  const isOurs = error instanceof GraupelError
  const status = !isOurs ? 500 : error.code === 'NOT_FOUND' ? 404 : 400
  const message = isOurs ? `${error.code}: ${error.message}` : 'this page failed'
  return { status, type: 'text/html', body: page('Error', html`<p>${message}</p>`) }
}

function send({ method }: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const { status, type, body } = reply
  response.writeHead(status, { ...HEADERS, 'Content-Type': `${type}; charset=utf-8` })
  response.end(method === 'HEAD' ? undefined : body)
}
