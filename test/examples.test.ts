import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { tableFromIPC } from 'apache-arrow'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compile } from './types/compile.ts'

const TSX = pathToFileURL(resolve('node_modules/tsx/dist/loader.mjs')).href
const LIBRARY = resolve('src/index.ts')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'graupel-example-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a program in the temporary folder; answers what it printed. */
async function output(program: string): Promise<string> {
  const run = promisify(execFile)
  const { stdout, stderr } = await run(process.execPath, ['--import', TSX, program], {
    cwd: folder,
    timeout: 50_000,
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
  })
  expect(stderr).toBe('')
  return stdout
}

/** The first TypeScript block of a page. */
function firstProgram(page: string): string {
  const [, program] = /```ts\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8')) ?? []
  if (program === undefined) throw new Error(`${page} has no program`)
  return program
}

/** The rows of the `at`-th printed table, a list of cells each. */
function printedTable(text: string, at: number): string[][] {
  const table = text.split('┌')[at + 1]!.split('└')[0]!
  const lines = table.split('├')[1]!.split('\n').slice(1)
  return lines
    .filter((line) => line.startsWith('│'))
    .map((line) =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

/** The columns of the data set as plain lists. */
function flights(): { delay: number[]; time: number[] } {
  const table = tableFromIPC(
    readFileSync(resolve('node_modules/vega-datasets/data/flights-200k.arrow')),
  )
  const list = (name: string) => Array.from(table.getChild(name)!, Number)
  return { delay: list('delay'), time: list('time') }
}

describe('examples/quickstart.ts', () => {
  test('loads, asks, looks back and prunes as it says', async () => {
    const printed = await output(resolve('examples/quickstart.ts'))
    const { delay, time } = flights()
    expect(printed).toContain(`flights: ${delay.length} rows in 8 partitions, version 1`)
    const late = delay.filter((minutes, row) => time[row]! >= 22 && minutes > 60)
    const latest = late.sort((a, b) => b - a).slice(0, 5)
    expect(printedTable(printed, 0).map(([minutes]) => Number(minutes))).toEqual(latest)
    expect(printedTable(printed, 1).map(([state]) => state)).toEqual(['CA', 'TX', 'FL', 'IL', 'GA'])
    const worst = delay.reduce((a, b) => Math.max(a, b))
    expect(printed).toContain(`version 1: { flights: ${delay.length}n, worst: ${worst} }`)
    expect(printed).toContain(`version 2: { flights: ${delay.length + 1}n, worst: ${worst} }`)
    const evening = delay.filter((_, row) => time[row]! >= 22 && time[row]! <= 23)
    const [count, mean] = printedTable(printed, 2)[0]!
    expect(Number(count)).toBe(evening.length)
    expect(Number(mean)).toBeCloseTo(evening.reduce((a, b) => a + b) / evening.length, 9)
    const [, columns, read, all] = /columns (\d)\/3 {2}partitions (\d+)\/(\d+)/.exec(printed)!
    expect(Number(columns)).toBe(2)
    expect(Number(all)).toBe(9)
    expect(Number(read)).toBeLessThan(5)
    const data = join(folder, 'lake/demo/travel')
    expect(readdirSync(data)).toEqual(expect.arrayContaining(['airports', 'flights', 'routes']))
    for (const [, path] of printed.matchAll(/^ {2}(lake\/\S+\.csv)/gm)) {
      expect(existsSync(join(folder, path!)), path).toBe(true)
    }
  })
})

/** The records of a CSV file of the data sets that has no quotes. */
function records(name: string): Record<string, string>[] {
  const text = readFileSync(resolve('node_modules/vega-datasets/data', name), 'utf8')
  const [head, ...lines] = text.trim().split(/\r?\n/)
  const names = head!.split(',')
  return lines.map((line) => {
    const cells = line.split(',')
    return Object.fromEntries(names.map((name, at) => [name, cells[at]!]))
  })
}

test('examples/weather-notebook.ts tells what the file has, and leaves its pictures', async () => {
  const printed = await output(resolve('examples/weather-notebook.ts'))
  const days = records('seattle-weather.csv')
  const kinds = new Map<string, number>()
  for (const { weather } of days) kinds.set(weather!, (kinds.get(weather!) ?? 0) + 1)
  const shown = printedTable(printed, 0).map(([weather, count]) => [weather, Number(count)])
  expect(shown).toEqual([...kinds].sort(([, a], [, b]) => b - a))
  for (const [year, date, warmest] of printedTable(printed, 1)) {
    const of = days.filter((day) => day['date']!.startsWith(year!))
    expect(Number(warmest)).toBe(Math.max(...of.map((day) => Number(day['temp_max']))))
    expect(of.find((day) => day['date'] === date)?.['temp_max']).toBe(Number(warmest).toFixed(1))
  }
  const january = days.filter(({ date }) => date!.slice(5, 7) === '01')
  const of = (kind: string) => january.filter(({ weather }) => weather === kind).length
  expect(printed).toContain(`| 1 | ${of('sun')} | ${of('rain')} | ${of('snow')} |`)
  expect(readFileSync(join(folder, 'temperature.svg'), 'utf8')).toMatch(/^<svg /)
  expect(readFileSync(join(folder, 'kinds.svg'), 'utf8')).toMatch(/^<svg /)
  expect(readFileSync(join(folder, 'profile.html'), 'utf8')).toContain('class="plan"')
})

test('examples/stock-pipeline.ts brings every price in once, and does nothing when run again', async () => {
  const first = await output(resolve('examples/stock-pipeline.ts'))
  const prices = new Map<string, string[]>()
  for (const { symbol, price } of records('stocks.csv')) {
    prices.set(symbol!, [...(prices.get(symbol!) ?? []), price!])
  }
  const expected = [...prices]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, all]) => {
      return [symbol, `${all.length}`, Math.max(...all.map(Number)).toFixed(2)]
    })
  expect(printedTable(first, 0)).toEqual(expected)
  expect(first).toContain('summary: 5 inserted, 0 updated')
  expect(first.match(/ 1 updated/g)).toHaveLength(11)
  const again = await output(resolve('examples/stock-pipeline.ts'))
  expect(again).not.toMatch(/inserted|updated/)
  expect(printedTable(again, 0)).toEqual(expected)
  const version = /at version (\d+)/
  expect(version.exec(again)![1]).toBe(version.exec(first)![1])
})

test('examples/property-benchmark.ts proves its answers before it times them', async () => {
  process.env['RUNS'] = '25'
  const printed = await output(resolve('examples/property-benchmark.ts'))
  expect(printed).toMatch(/^25 random tables and questions: the answers are equal\n20000 rows, 21/)
  expect(printed.match(/ [\d.]+ ms$/gm)).toHaveLength(2)
})

describe('the program of docs/constraints.md', () => {
  const program = firstProgram('docs/constraints.md')

  test('passes the compiler', () => {
    expect(compile(program.replace("'graupel'", "'../../src/index.ts'")).errors).toEqual([])
  })

  test('runs, and is refused what the page says', async () => {
    const path = join(folder, 'constraints.mts')
    writeFileSync(path, program.replace("'graupel'", `'${pathToFileURL(LIBRARY)}'`))
    const printed = await output(path)
    expect(printed).toContain('INVALID {')
    expect(printed).toContain("constraint: 'unique(customer,reference)'")
    expect(printed).toContain("value: [ 'Ada', 'a-1' ]")
    expect(printed).toContain("primaryKey [ 'number' ] null")
    expect(printed).toContain("small [ 'amount' ] amount < 1000.00")
  })
})

describe('the first program of README.md', () => {
  const program = firstProgram('README.md')

  test('passes the compiler', () => {
    expect(compile(program.replace("'graupel'", "'../../src/index.ts'")).errors).toEqual([])
  })

  test('runs, and gives what plain JavaScript gives', async () => {
    const orders = Array.from({ length: 300 }, (_, i) => ({
      id: i,
      customer: `customer ${i % 17}`,
      cents: i % 11 === 0 ? null : (i * 7919) % 40_000,
      placedAt: new Date(Date.UTC(2025, 11, 1, i * 5)),
    }))
    for (const part of [0, 1, 2]) {
      const lines = orders
        .filter(({ id }) => id % 3 === part)
        .map(({ id, customer, cents, placedAt }) => {
          const amount = cents === null ? '' : (cents / 100).toFixed(2)
          return `${id},${customer},${amount},${placedAt.toISOString().slice(0, 19)}`
        })
      const text = ['id,customer,amount,placed_at', ...lines].join('\n')
      writeFileSync(join(folder, `orders-${part}.csv`), `${text}\n`)
    }
    const main = join(folder, 'main.mts')
    writeFileSync(main, program.replace("'graupel'", JSON.stringify(LIBRARY)))
    const printed = await output(main)
    const groups = new Map<string, { orders: number; cents: number }>()
    for (const { customer, cents, placedAt } of orders) {
      if (cents === null || cents <= 10_000 || placedAt < new Date('2026-01-01')) continue
      const group = groups.get(customer) ?? { orders: 0, cents: 0 }
      groups.set(customer, { orders: group.orders + 1, cents: group.cents + cents })
    }
    const best = [...groups]
      .sort(([, a], [, b]) => b.cents - a.cents)
      .slice(0, 10)
      .map(([name, group]) => [name, `${group.orders}`, (group.cents / 100).toFixed(2)])
    expect(best).toHaveLength(10)
    expect(printedTable(printed, 0)).toEqual(best)
    expect(printed).toContain('columns 3/4')
    const files = readdirSync(join(folder, 'lake/acme/sales/orders/customer'))
    expect(files.sort()).toEqual(['metadata.csv', 'partition1.csv'])
  })
})
