import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { tableFromIPC } from 'apache-arrow'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startUi, type UiServer } from '../src/cli/ui/ui-server.ts'
import { connect, desc, fn, type Lake, t } from '../src/index.ts'
import { heatmap, histogram } from '../src/plot/index.ts'
import { startChromium } from './support/chromium.ts'
import { keepPicture } from './support/keep-picture.ts'

const data = (name: string) => resolve('node_modules/vega-datasets/data', name)
const folder = mkdtempSync(join(tmpdir(), 'graupel-pictures-'))

let browser: Browser | string
let lake: Lake
let server: UiServer
beforeAll(async () => {
  browser = await startChromium()
  lake = await connect(join(folder, 'lake'), { cache: false })
  const { flights, airports, routes } = await travel()
  const late = flights
    .filter((f) => f.delay.gt(60))
    .groupBy('time')
    .agg(() => ({ n: fn.count() }))
  const states = routes
    .join(airports, { on: [['origin', 'iata']] })
    .groupBy('state')
    .agg((r) => ({ flights: r.count.sum() }))
    .sort(desc('flights'))
    .limit(5)
  for (const [name, frame] of [
    ['late by hour', late],
    ['busiest states', states],
  ] as const) {
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(await frame.profile()))
  }
  writeFileSync(join(folder, 'broken.json'), '{"rows":')
  server = await startUi(lake, { port: 0, profiles: folder })
}, 120_000)
afterAll(async () => {
  await server.close()
  await lake.close()
  if (typeof browser !== 'string') await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Real flights and airports, with a history. */
async function travel() {
  const db = await lake.database('demo/travel', { create: true })
  const columns = { delay: t.int16(), distance: t.int16(), time: t.float32() }
  const settings = { clusterBy: ['time'], partitionRows: 12_500 } as const
  const flights = await db.createTable('flights', columns, settings)
  await flights.insert(tableFromIPC(readFileSync(data('flights-200k.arrow'))))
  const airports = await db.createTableFrom('airports', data('airports.csv'))
  await airports.update({ set: { city: 'Ulm' }, where: (a) => a.iata.eq('00M') })
  await airports.delete((a) => a.state.eq('AK'))
  return {
    flights,
    airports,
    routes: await db.createTableFrom('routes', data('flights-airport.csv')),
  }
}

test('they may be missing only where CI is not set', () => {
  if (typeof browser === 'string') expect(process.env['CI'], browser).toBeUndefined()
})

/** What the pages in docs show: parts of pages, so that they stay small. */
const DETAILS = new Map([
  ['ui-table', { name: 'clustering', of: 'svg.ranges' }],
  ['ui-profile', { name: 'profile', of: 'svg.plan' }],
  ['terminal', { name: 'terminal', of: 'pre' }],
  ['ui-history', { name: 'ui-table', of: 'body' }],
])

/** Opens a page, keeps its picture, and answers its text. */
async function pictured(name: string, open: (page: Page) => Promise<unknown>): Promise<string> {
  if (typeof browser === 'string') return ''
  const page = await browser.newPage({ viewport: { width: 1080, height: 720 } })
  try {
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    await open(page)
    keepPicture(`${name}.png`, await page.screenshot({ fullPage: true }))
    const detail = DETAILS.get(name)
    if (detail !== undefined) {
      const shot = page.locator(detail.of).first().screenshot({ type: 'jpeg', quality: 60 })
      keepPicture(`docs-${detail.name}.jpg`, await shot)
    }
    // A browser asks every server for an icon, which is none of the pages.
    expect(complaints.filter((text) => !/404|favicon/.test(text))).toEqual([])
    return (await page.evaluate('document.documentElement.textContent')) as string
  } finally {
    await page.close()
  }
}

const seen = (text: string) =>
  typeof browser === 'string' ? expect.any(String) : expect.stringContaining(text)

describe('the pages of graupel ui', () => {
  test.each([
    ['ui-tables', '', 'demo/travel'],
    ['ui-bytes', 'bytes', 'bytes in the newest versions of 3 tables'],
    ['ui-table', 'table?path=demo/travel/flights', 'Partitions over time'],
    ['ui-history', 'table?path=demo/travel/airports', 'what changed'],
    ['ui-diff', 'diff?path=demo/travel/airports&from=2&to=3', '263 deleted · 0 updated'],
    ['ui-profiles', 'profiles', '"broken.json" is no JSON'],
    ['ui-profile', 'profile?name=busiest+states.json', 'aggregate ·'],
  ])('%s', async (name, path, words) => {
    expect(await pictured(name, (page) => page.goto(server.url + path))).toEqual(seen(words))
  })
})

describe('plots', () => {
  test.each([
    ['plot-histogram', () => histogramOf()],
    ['plot-heatmap', () => heatmapOf()],
  ])('%s', async (name, draw) => {
    const svg = await draw()
    const show = (page: Page) => page.setContent(`<body style="margin:0">${svg}</body>`)
    expect(await pictured(name, show)).toEqual(seen('delay'))
  })

  const flights = async () => (await lake.database('demo/travel')).table('flights')
  const histogramOf = async () =>
    histogram(
      (await flights()).filter((f) => f.delay.between(-30, 120)),
      { x: 'delay', bins: 30, title: 'Delays in minutes' },
    )
  const heatmapOf = async () =>
    heatmap(
      (await flights()).filter((f) => f.delay.between(-30, 120)),
      { x: 'time', y: 'delay', title: 'Flights by hour and delay' },
    )
})

test('a printed table and an explained query, as a terminal shows them', async () => {
  const db = await lake.database('demo/travel')
  const [flights, airports] = [await db.table('flights'), await db.table('airports')]
  const query = flights
    .filter((f) => f.time.between(22, 23))
    .agg((f) => ({ flights: fn.count(), delay: f.delay.mean() }))
  const printed = await printedBy(async () => {
    await airports.select('iata', 'name', 'city', 'latitude').show(6, { width: 76, color: true })
    await airports.glimpse({ width: 76, color: true })
    console.log(await query.explain({ analyze: true }))
  })
  const show = (page: Page) => page.setContent(terminal(printed))
  expect(await pictured('terminal', show)).toEqual(seen('Scan demo/travel.flights'))
  expect(stripVTControlCharacters(printed)).toContain('│ iata │')
})

async function printedBy(work: () => Promise<void>): Promise<string> {
  let text = ''
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += part
    return true
  })
  const log = vi.spyOn(console, 'log').mockImplementation((line) => {
    text += `${line}\n`
  })
  try {
    await work()
  } finally {
    write.mockRestore()
    log.mockRestore()
  }
  return text
}

/** What a terminal of dark background makes of a text with colours. */
function terminal(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours begin with
  const coloured = escaped.replaceAll(/\u001b\[(\d+)m/g, (_, code) => {
    const style = STYLES.get(code)
    return style === undefined ? '</span>' : `<span style="${style}">`
  })
  return `<body style="margin:0;background:#16181d"><pre style="margin:0;padding:16px;color:#e3e6ea;width:max-content;font:12px/1.3 'DejaVu Sans Mono',monospace">${coloured}</pre></body>`
}

const STYLES = new Map([
  ['1', 'font-weight:bold'],
  ['2', 'opacity:.55'],
  ['36', 'color:#56c7d6'],
])
