import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Lake, t } from '../../src/index.ts'
import { bar, heatmap, histogram, line, scatter } from '../../src/plot/index.ts'
import { startChromium } from '../support/chromium.ts'
import { countedFrame } from '../support/counted-frame.ts'
import { keepPicture } from '../support/keep-picture.ts'

const ROWS = 5000
const COLUMNS = {
  delay: t.int32().nullable(),
  price: t.decimal(12, 2),
  speed: t.float64(),
  day: t.date(),
  at: t.timestamp(),
  city: t.utf8(),
  value: t.int64(),
}
const HOSTILE = '<script>alert(1)</script>&"\u0000'

let lake: Lake
let browser: Browser | string
beforeAll(async () => {
  lake = await connect('memory:')
  browser = await startChromium()
})
afterAll(async () => {
  await lake.close()
  if (typeof browser !== 'string') await browser.close()
})

const flights = () =>
  lake.from(
    Array.from({ length: ROWS }, (_, i) => ({
      delay: i % 50 === 0 ? null : (i * 7919) % 200,
      price: ((i * 31) % 977) / 100,
      speed:
        i % 100 === 0 ? (i % 200 === 0 ? Number.NaN : Number.POSITIVE_INFINITY) : Math.sin(i) * 40,
      day: new Date(Date.UTC(2026, 0, 1 + (i % 300))),
      at: new Date(Date.UTC(2026, 0, 1, 0, i)),
      city: i % 500 === 0 ? HOSTILE : `city ${i % 7}`,
      value: BigInt(i),
    })),
    COLUMNS,
  )

/** Draws an SVG in the browser as an image, and answers the shapes in it. */
async function drawn(svg: string): Promise<{ shapes: number; texts: string[]; png: Buffer }> {
  if (typeof browser === 'string') throw new Error(browser)
  const page = await browser.newPage({ viewport: { width: 700, height: 460 } })
  try {
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      return dialog.dismiss()
    })
    // As XML, which refuses what is not well-formed.
    await page.goto(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`)
    const found = await page.evaluate(`({
      root: document.documentElement.nodeName,
      errors: document.querySelectorAll('parsererror, script').length,
      shapes: document.querySelectorAll('g > rect, g > circle, g > path').length,
      texts: [...document.querySelectorAll('text')].map((text) => text.textContent),
      seen: [...document.querySelectorAll('g > rect')].every((rect) => rect.getBBox().height >= 0),
    })`)
    const { root, errors, seen, ...rest } = found as {
      root: string
      errors: number
      seen: boolean
      shapes: number
      texts: string[]
    }
    expect({ root, errors, seen, dialogs }).toEqual({
      root: 'svg',
      errors: 0,
      seen: true,
      dialogs: [],
    })
    return { ...rest, png: await page.screenshot() }
  } finally {
    await page.close()
  }
}

const rects = (svg: string): number => svg.match(/<rect /g)?.length ?? 0

describe('what is aggregated moves only what is drawn', () => {
  test.each(['delay', 'price', 'speed', 'value', 'day', 'at'] as const)(
    'a histogram of %s moves its bins and one row of extremes',
    async (x) => {
      const { frame, moved } = countedFrame(flights())
      const svg = await histogram(frame, { x, bins: 20 })
      expect(rects(svg)).toBeGreaterThanOrEqual(8)
      expect(rects(svg)).toBeLessThanOrEqual(90)
      expect(moved()).toBe(rects(svg) + 1)
    },
  )

  test('a heatmap moves its fields and one row of extremes', async () => {
    const { frame, moved } = countedFrame(flights())
    const svg = await heatmap(frame, { x: 'delay', y: 'price', bins: 10 })
    expect(rects(svg)).toBe(100)
    expect(moved()).toBe(101)
  })

  test('a bar chart moves its bars, and one more to know of others', async () => {
    const { frame, moved } = countedFrame(flights())
    const svg = await bar(frame, { x: 'city', y: 'value', top: 3 })
    expect(rects(svg)).toBe(3)
    expect(moved()).toBe(4)
    expect(svg).toContain('city (top 3)')
  })
})

test('the bins of a histogram together count every row that has a value', async () => {
  const svg = await histogram(lake.from({ x: Array.from({ length: 100 }, (_, i) => i / 10) }), {
    x: 'x',
    bins: 10,
    height: 1000,
  })
  const heights = [...svg.matchAll(/<rect [^>]*height="([\d.]+)"/g)].map(([, height]) =>
    Number(height),
  )
  expect(heights).toHaveLength(10)
  expect(new Set(heights.map((height) => Math.round(height))).size).toBe(1)
})

test.each([
  ['one value', [5, 5, 5], 1],
  ['a negative range', [-1e9, -5e8, 0], 3],
  ['nothing but null', [null], 0],
  ['no rows', [], 0],
])('a histogram of %s is a plot', async (_, values, bins) => {
  const frame = lake.from({ x: values }, { x: t.float64().nullable() })
  expect(rects(await histogram(frame, { x: 'x', bins: 2 }))).toBe(bins)
})

test.each([
  ['INVALID', 'text in a histogram', () => histogram(flights(), { x: 'city' })],
  ['NOT_FOUND', 'a column that is not there', () => bar(flights(), { x: 'citi' as never })],
  ['INVALID', 'an unknown option', () => bar(flights(), { x: 'city', colour: 1 } as never)],
  ['INVALID', 'a sum of texts', () => line(flights(), { x: 'day', y: 'city', aggregate: 'sum' })],
  [
    'LIMIT',
    'more points than may be',
    () => scatter(flights(), { x: 'delay', y: 'price', points: 9 }),
  ],
])('%s: %s', async (code, _, call) => {
  await expect(call()).rejects.toMatchObject({ code })
})

describe('in a browser', () => {
  test('may go without one only where CI is not set', () => {
    if (typeof browser === 'string') expect(process.env['CI'], browser).toBeUndefined()
  })

  test('every plot is drawn, and what names say is text', async () => {
    if (typeof browser === 'string') return
    const all = flights()
    const few = flights().filter((o) => o.value.lt(400))
    const plots = {
      histogram: await histogram(all, { x: 'delay', title: `Delays ${HOSTILE}` }),
      times: await histogram(all, { x: 'day', title: 'Flights by week' }),
      bar: await bar(all, { x: 'city', y: 'price', aggregate: 'mean', title: 'Mean price' }),
      line: await line(all, { x: 'day', y: 'price', series: 'city', every: 'month' }),
      scatter: await scatter(few, { x: 'delay', y: 'price', series: 'city' }),
      heatmap: await heatmap(all, { x: 'delay', y: 'price' }),
      grid: await heatmap(all, { x: 'day', y: 'city', value: 'price' }),
    }
    for (const [name, svg] of Object.entries(plots)) {
      const { shapes, texts, png } = await drawn(svg)
      expect(shapes, name).toBeGreaterThan(7)
      expect(texts.length, name).toBeGreaterThan(3)
      expect(png.length).toBeGreaterThan(3000)
      keepPicture(`plot-of-test-${name}.png`, png)
    }
    const { texts } = await drawn(plots.bar)
    expect(texts.some((text) => text.includes('<script>alert(1)</script>&"'))).toBe(true)
  })
})
