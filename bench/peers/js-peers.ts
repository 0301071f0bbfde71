import { createReadStream } from 'node:fs'
import { type fromCSV, loadCSV, op } from 'arquero'
import { parse } from 'csv-parse'
import type { Answer, Contender } from '../measure/contender.ts'

type Line = Readonly<Record<string, string>>

/** What arquero and a csv-parse pipeline do for a small row: read the row CSV, answer. */
const PIPELINES = new Map<string, readonly ((csv: string) => Promise<Answer>)[]>([
  ['q6-small', [arqueroQ6, csvParseQ6]],
  ['group-small', [arqueroGroup, csvParseGroup]],
])

/** The pipelines in plain JavaScript that know the row of that name. */
export function jsContenders(row: string, folder: string): Contender[] {
  const csv = `${folder}lineitem.csv`
  return (PIPELINES.get(row) ?? []).map((run, position) => ({
    name: position === 0 ? 'arquero, row CSV' : 'csv-parse, row CSV',
    run: () => run(csv),
  }))
}

async function arqueroQ6(csv: string): Promise<Answer> {
  const table = (await loadCSV(csv, {})) as ReturnType<typeof fromCSV>
  const sums = table
    .params({ from: new Date('1994-01-01'), to: new Date('1995-01-01') })
    .filter(
      (d: any, $: any) =>
        d.l_shipdate >= $.from &&
        d.l_shipdate < $.to &&
        d.l_discount >= 0.0499 &&
        d.l_discount <= 0.0701 &&
        d.l_quantity < 24,
    )
    .rollup({ revenue: (d: any) => op.sum((d.l_extendedprice * d.l_discount) as any) })
  return [[sums.array('revenue')[0] as number]]
}

async function arqueroGroup(csv: string): Promise<Answer> {
  const table = (await loadCSV(csv, {})) as ReturnType<typeof fromCSV>
  const groups = table
    .groupby('l_shipmode')
    .rollup({ quantity: (d: any) => op.sum(d.l_quantity) })
    .orderby('l_shipmode')
  return (groups.objects() as { l_shipmode: string; quantity: number }[]).map((group) => [
    group.l_shipmode,
    group.quantity,
  ])
}

async function* lines(csv: string): AsyncGenerator<Line> {
  yield* createReadStream(csv).pipe(parse({ columns: true })) as AsyncIterable<Line>
}

async function csvParseQ6(csv: string): Promise<Answer> {
  let revenue = 0
  for await (const line of lines(csv)) {
    const discount = Number(line['l_discount'])
    const day = line['l_shipdate']!
    const isInRange = day >= '1994-01-01' && day < '1995-01-01'
    if (!isInRange || discount < 0.0499 || discount > 0.0701) continue
    if (Number(line['l_quantity']) < 24) revenue += Number(line['l_extendedprice']) * discount
  }
  return [[revenue]]
}

async function csvParseGroup(csv: string): Promise<Answer> {
  const sums = new Map<string, number>()
  for await (const line of lines(csv)) {
    const mode = line['l_shipmode']!
    sums.set(mode, (sums.get(mode) ?? 0) + Number(line['l_quantity']))
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1))
}
