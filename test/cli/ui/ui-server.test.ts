import { request } from 'node:http'
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
  server = await startUi(lake, { port: 0 })
})
afterAll(async () => {
  await server.close()
  await lake.close()
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
  for (const path of ['', ORDERS, 'style.css', 'nothing', 'table?path=acme/sales/no']) {
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
])('%i tells %s of %s', async (status, code, path) => {
  const answer = await get(path)
  expect(answer.status).toBe(status)
  expect(answer.body).toContain(code)
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
    const folder = process.env['GRAUPEL_TEST_SCREENSHOTS']
    if (folder !== undefined) await page.screenshot({ path: `${folder}/ui.png` })
    await page.locator('tbody a').nth(1).click()
    expect(await page.locator('h2').nth(1).textContent()).toBe(`Partitions over ${EVIL}`)
    // A browser asks every server for an icon, which is none of the pages.
    expect(complaints.filter((text) => !/404|favicon/.test(text))).toEqual([])
    await page.close()
  })
})
