import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, type DataFrame, fn, type Lake, type QueryProfile, t } from '../../src/index.ts'
import { startChromium } from '../support/chromium.ts'
import { keepPicture } from '../support/keep-picture.ts'

const HOSTILE = '</title><script>document.title="taken"</script>\'"&<img src=x onerror=alert(1)>'

let lake: Lake
let orders: DataFrame<any>
let query: DataFrame<any>
let profile: QueryProfile

beforeAll(async () => {
  lake = await connect('memory:', { cache: { columnBytes: '64MB' } })
  const db = await lake.database('test/profile', { create: true })
  const table = await db.createTable(
    'orders',
    { id: t.int32(), customer: t.utf8(), amount: t.decimal(9, 2) },
    { clusterBy: ['id'], partitionRows: 1000 },
  )
  await table.insert(
    Array.from({ length: 4000 }, (_, id) => ({ id, customer: `c${id % 50}`, amount: `${id}.25` })),
  )
  const customers = await db.createTable('customers', { customer: t.utf8(), [HOSTILE]: t.utf8() })
  await customers.insert([
    { customer: 'c1', [HOSTILE]: HOSTILE },
    { customer: 'c2', [HOSTILE]: 'b' },
  ])
  orders = table as DataFrame<any>
  query = orders
    .filter((o: any) => o.id.gte(2500))
    .join(customers as DataFrame<any>, { on: 'customer', how: 'inner' })
    .groupBy(HOSTILE)
    .agg((o: any) => ({ revenue: o.amount.sum(), [`${HOSTILE}2`]: fn.count() }))
    .sort(HOSTILE)
  profile = await query.profile()
})
afterAll(() => lake.close())

describe('profile', () => {
  it('tells rows, bytes and partitions of each step of a run', () => {
    expect(profile.rows).toBe(2)
    expect(profile.root.kind).toBe('sort')
    expect(profile.root.rows).toBe(2)
    const steps = stepsOf(profile.root)
    const scan = steps.find(({ description }) => description.includes('orders'))!
    expect(scan.rows).toBe(1500)
    expect(scan.partitions).toMatchObject({ total: 4, read: 2, columnsCached: 0 })
    expect(scan.partitions!.pruned).toEqual([{ reason: 'id >= 2500', partitions: 2 }])
    expect(profile.scannedBytes).toBe(steps.reduce((sum, step) => sum + step.scannedBytes, 0))
    expect(scan.scannedBytes).toBeGreaterThan(0)
  })

  it('counts time once: the steps together take no longer than the run', () => {
    const steps = stepsOf(profile.root)
    expect(steps.reduce((sum, { timeMs }) => sum + timeMs, 0)).toBeLessThanOrEqual(profile.timeMs)
    for (const { timeMs, totalMs } of steps) expect(timeMs).toBeLessThanOrEqual(totalMs)
  })

  it('counts columns that come from the cache, of which nothing is read', async () => {
    // The run above has read two of the four partitions whole.
    const sum = orders.agg((o: any) => ({ total: o.amount.mul(2).sum() }))
    const first = await sum.profile()
    const again = await sum.profile()
    expect(stepsOf(first.root).at(-1)!.partitions).toMatchObject({
      columnsDecoded: 2,
      columnsCached: 2,
    })
    expect(stepsOf(again.root).at(-1)!.partitions).toMatchObject({ columnsCached: 4 })
    expect([first.scannedBytes > 0, again.scannedBytes]).toEqual([true, 0])
  })

  it('says whether an equal query has left its answer', async () => {
    const count = orders.filter((o: any) => o.amount.gt(17))
    expect((await count.profile()).inCache).toBe(false)
    await count.toArray()
    expect((await count.profile()).inCache).toBe(true)
  })

  it('is data for JSON, and a line and its figures for each step as text', () => {
    expect(JSON.parse(JSON.stringify(profile))).toEqual(profile.toJSON())
    const lines = profile.text().split('\n')
    expect(lines).toHaveLength(1 + 2 * stepsOf(profile.root).length)
    expect(lines[0]).toMatch(/^2 rows {2}[\d.]+ ms {2}[\d.]+ kB read$/)
  })

  it('tells the bytes that a memory limit sends to files', async () => {
    await using tight = await connect('memory:', { memoryLimit: 20_000 })
    const rows = Array.from({ length: 20_000 }, (_, id) => ({ id: (id * 7919) % 20_000 }))
    const { root } = await tight.from(rows).sort('id').profile()
    expect(root.spilledBytes).toBeGreaterThan(0)
  })
})

const browser = await startChromium()
if (typeof browser === 'string') {
  console.error(`!!! THE PAGE OF A PROFILE WAS NOT TRIED IN A BROWSER: ${browser}`)
  it('may go without a browser only where CI is not set', () => {
    expect(process.env['CI'], browser).toBeUndefined()
  })
} else {
  describe('the page of a profile', () => {
    afterAll(() => browser.close())

    it('draws every step, loads nothing, runs nothing, and shows names as they are', async () => {
      const page = await browser.newPage({ viewport: { width: 1100, height: 1000 } })
      const requests: string[] = []
      const problems: string[] = []
      page.on('request', (request) => requests.push(request.url()))
      page.on('console', (message) => problems.push(message.text()))
      page.on('pageerror', (error) => problems.push(String(error)))
      page.on('dialog', (dialog) => problems.push(dialog.message()))
      await page.setContent(profile.html(), { waitUntil: 'load' })
      const steps = stepsOf(profile.root)
      expect(await page.locator('g.step').count()).toBe(steps.length)
      expect(await page.title()).toBe('Query profile')
      expect(await page.locator('script, img, link, iframe').count()).toBe(0)
      const titles = await page.locator('g.step > title').allTextContents()
      expect(titles.toSorted()).toEqual(steps.map(({ description }) => description).toSorted())
      const boxes = await page.locator('rect.box').evaluateAll((all) =>
        all.map((box) => {
          const { x, y, width, height } = box.getBoundingClientRect()
          return { x, y, width, height }
        }),
      )
      for (const [position, a] of boxes.entries()) {
        for (const b of boxes.slice(position + 1)) {
          const apart =
            a.x + a.width <= b.x ||
            b.x + b.width <= a.x ||
            a.y + a.height <= b.y ||
            b.y + b.height <= a.y
          expect(apart, 'steps do not lie on each other').toBe(true)
        }
      }
      const overflows = await page.locator('g.step').evaluateAll((all) =>
        all.map((step) => {
          const [box, ...texts] = [...step.querySelectorAll('rect.box, text')]
          const edge = box!.getBoundingClientRect().right
          return Math.max(...texts.map((text) => text.getBoundingClientRect().right)) - edge
        }),
      )
      expect(Math.max(...overflows), 'text stays in its box').toBeLessThanOrEqual(0)
      expect([requests.filter((url) => url !== 'about:blank'), problems]).toEqual([[], []])
      keepPicture('profile.png', await page.screenshot({ fullPage: true }))
      await page.close()
    })
  })
}

type Step = QueryProfile['root']

function stepsOf(step: Step): Step[] {
  return [step, ...step.inputs.flatMap(stepsOf)]
}
