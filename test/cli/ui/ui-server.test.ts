import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startUi, type UiServer } from '../../../src/cli/ui/ui-server.ts'
import { connect, type Lake, t } from '../../../src/index.ts'
import { memoryStore } from '../../../src/testing/index.ts'
import { startChromium } from '../../support/chromium.ts'
import { loggedStore } from '../../support/logged-store.ts'

const EVIL = '<img src=x onerror=alert(1)>"&'
const { store, log } = loggedStore(memoryStore())

let lake: Lake
let server: UiServer
let profiles: string
let browser: Browser | string
beforeAll(async () => {
  browser = await startChromium()
  lake = await connect(store)
  const db = await lake.database('acme/sales', { create: true })
  const orders = await db.createTable(
    'orders',
    { id: t.int64(), [EVIL]: t.utf8().nullable(), at: t.timestamp() },
    { clusterBy: ['id'], partitionRows: 100 },
  )
  await orders.insert(
    Array.from({ length: 500 }, (_, i) => ({
      id: BigInt(i),
      [EVIL]: i % 5 === 0 ? null : `${EVIL}${i}`,
      at: new Date(Date.UTC(2026, 0, 1, i)),
    })),
  )
  await db.createTable(EVIL, { a: t.int32() })
  profiles = mkdtempSync(join(tmpdir(), 'graupel-profiles-'))
  server = await startUi(lake, { port: 0, profiles })
})
afterAll(async () => {
  await server.close()
  await lake.close()
  rmSync(profiles, { recursive: true, force: true })
  if (typeof browser !== 'string') await browser.close()
})

interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly body: string
}

function get(
  path: string,
  { host, method = 'GET' }: { readonly host?: string; readonly method?: string } = {},
): Promise<Answer> {
  const url = new URL(path, server.url)
  const headers = { host: host ?? url.host }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => {
        resolve({ status: response.statusCode!, headers: { ...response.headers }, body })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

const ORDERS = 'table?path=acme/sales/orders'

describe('who may not look', () => {
  test('it listens on 127.0.0.1 alone, at an address that nobody guesses', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/)
  })

  test.each([
    ['without the token', 404, '/', {}],
    ['with another token', 404, `/${'a'.repeat(32)}/`, {}],
    ['under another name, as rebound DNS would', 403, '', { host: 'evil.example:80' }],
    ['as localhost, which may be another', 403, '', { host: 'localhost' }],
    ['by POST', 405, '', { method: 'POST' }],
    ['above its folder', 404, '../', {}],
    ['for a file', 404, 'etc/passwd', {}],
  ])('a request %s is refused with %i', async (_, status, path, options) => {
    const answer = await get(path, options)
    expect(answer.status).toBe(status)
    expect(answer.body).not.toContain('acme')
  })
})

test('every answer forbids scripts, frames, and telling others its address', async () => {
  for (const path of [
    '',
    ORDERS,
    'bytes',
    'profiles',
    'style.css',
    'nothing',
    'table?path=acme/sales/no',
  ]) {
    const { headers } = await get(path)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['cache-control']).toBe('no-store')
  }
})

test('names are text, and a page of a table changes nothing', async () => {
  const before = log.length
  const lakePage = await get('')
  expect(lakePage.body).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&amp;')
  const { status, body } = await get(ORDERS)
  expect(status).toBe(200)
  expect(body).toContain('500 rows · 5 partitions')
  expect(lakePage.body + body).not.toContain('<img')
  const writes = log
    .slice(before)
    .filter(({ operation }) => /^(create|replace|swapCell|delete)$/.test(operation))
  expect(writes).toEqual([])
})

test.each([
  [404, 'NOT_FOUND', 'table?path=acme/sales/oders'],
  [404, 'NOT_FOUND', `${ORDERS}&column=idd`],
  [400, 'INVALID', 'table?path=acme'],
  [400, 'INVALID', 'table'],
  [404, 'NOT_FOUND', 'profile?name=none.json'],
  [404, 'NOT_FOUND', 'profile?name=../ui.json'],
  [400, 'INVALID', `diff?path=acme/sales/orders`],
  [404, 'NOT_FOUND', 'diff?path=acme/sales/orders&from=0&to=7'],
])('%i tells %s of %s', async (status, code, path) => {
  const answer = await get(path)
  expect(answer.status).toBe(status)
  expect(answer.body).toContain(code)
})

test('bytes are told of every table, and changes of two versions, with names as text', async () => {
  const { body } = await get('bytes')
  expect(body).toContain('in the newest versions of 2 tables')
  expect(body).toMatch(/acme\/sales\/orders<\/a><\/td><td class="n">500<\/td><td class="n">5</)
  const diff = await get('diff?path=acme/sales/orders&from=0&to=1')
  expect(diff.body).toContain('500 rows inserted · 0 deleted · 0 updated')
  expect(diff.body).toContain('&lt;img src=x onerror=alert(1)&gt;')
  expect(body + diff.body).not.toContain('<img')
})

describe('stored profiles', () => {
  test('are listed, and drawn when they are profiles', async () => {
    const table = await (await lake.database('acme/sales')).table('orders')
    const profile = await table.filter((o) => o.id.lt(7)).profile()
    writeFileSync(join(profiles, `${'a'.repeat(9)}.json`), JSON.stringify(profile))
    expect((await get('profiles')).body).toContain('href="profile?name=aaaaaaaaa.json"')
    const { status, body } = await get('profile?name=aaaaaaaaa.json')
    expect(status).toBe(200)
    expect(body).toContain('class="plan"')
    expect(body).toContain('scan · 100 %')
  })

  const step = {
    kind: 'scan',
    description: EVIL,
    partitions: null,
    inputs: [],
    rows: 1,
    batches: 1,
  }
  const figures = { bytes: 1, timeMs: 1, totalMs: 1, scannedBytes: 1, spilledBytes: 0 }
  const whole = { rows: 1, timeMs: 1, scannedBytes: 1, inCache: false }
  test.each([
    ['no JSON', '{'],
    ['no profile', '{"a":1}'],
    ['null', 'null'],
    [
      'text where a number is due',
      JSON.stringify({ ...whole, rows: EVIL, root: { ...step, ...figures } }),
    ],
    [
      'a step without inputs',
      JSON.stringify({ ...whole, root: { ...step, ...figures, inputs: 1 } }),
    ],
    [
      'partitions that are none',
      JSON.stringify({ ...whole, root: { ...step, ...figures, partitions: {} } }),
    ],
  ])('that are %s are refused, and what they say is text', async (_, text) => {
    writeFileSync(join(profiles, 'odd.json'), text)
    const { status, body } = await get('profile?name=odd.json')
    expect(status).toBe(400)
    expect(body).not.toContain('<img')
    expect((await get('profiles')).body).toContain('odd.json')
  })

  test('of others show what they say as text', async () => {
    writeFileSync(
      join(profiles, 'odd.json'),
      JSON.stringify({ ...whole, root: { ...step, ...figures } }),
    )
    const { status, body } = await get('profile?name=odd.json')
    expect(status).toBe(200)
    expect(body).toContain('&lt;img')
    expect(body).not.toContain('<img')
  })
})

describe('in a browser', () => {
  test('may go without one only where CI is not set', () => {
    if (typeof browser === 'string') expect(process.env['CI'], browser).toBeUndefined()
  })

  test('clustering can be seen: partitions follow each other, and links lead to each column', async () => {
    if (typeof browser === 'string') return
    const page = await browser.newPage({ viewport: { width: 1000, height: 1100 } })
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('dialog', (dialog) => {
      complaints.push(dialog.message())
      return dialog.dismiss()
    })
    await page.goto(server.url)
    await page.click('text=orders')
    const bars = (await page.evaluate(
      `[...document.querySelectorAll('.ranges rect')].map((r) => [r.x.baseVal.value, r.width.baseVal.value])`,
    )) as [number, number][]
    expect(bars).toHaveLength(5)
    for (const [at, [x]] of bars.entries()) {
      if (at > 0) expect(x).toBeGreaterThanOrEqual(bars[at - 1]![0] + bars[at - 1]![1])
    }
    const colour = await page.evaluate(
      `getComputedStyle(document.querySelector('.ranges rect')).fill`,
    )
    expect(colour).toBe('rgb(70, 130, 180)')
    await page.locator('tbody a').nth(1).click()
    expect(await page.locator('h2').nth(1).textContent()).toBe(`Partitions over ${EVIL}`)
    // A browser asks every server for an icon, which is none of the pages.
    expect(complaints.filter((text) => !/404|favicon/.test(text))).toEqual([])
    await page.close()
  })
})
