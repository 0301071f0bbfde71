import { writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { invalid } from '../../error.ts'
import type { AnyFrame } from '../../frame/data-frame.ts'
import type { Database } from '../../frame/database.ts'
import { progressBar } from '../../io/progress.ts'
import { type LakeOptions, lakeCommand, wholeNumber, withLake } from '../lake-command.ts'
import { jsonText, printFrame, printLine } from '../output.ts'
import { type QueryScope, queryOf } from '../query-source.ts'

interface QueryCommandOptions extends LakeOptions {
  readonly database?: string
  readonly rows: number
  readonly explain?: boolean
  readonly out?: string
  readonly profile?: string
}

const EXAMPLES = [
  `query ./lake -d acme/sales "(await table('orders')).groupBy('status').agg(() => ({ n: fn.count() }))"`,
  'query ./lake ./report.ts -d acme/sales --out report.csv',
  'query ./lake ./report.ts -d acme/sales --profile ./profiles/report.json',
]

/** `graupel query`: runs a query given as an expression or in a file. */
export function addQuery(program: Command): void {
  lakeCommand(program, {
    name: 'query',
    description: 'Run a query: an expression, or a .js, .mjs or .ts file',
    examples: EXAMPLES,
  })
    .argument(
      '<query>',
      'JavaScript that gives a frame, or the path of a file whose default export does',
    )
    .option('-d, --database <path>', 'namespace/database that `db` and `table` mean')
    .addOption(new Option('-n, --rows <count>', 'rows to show').argParser(wholeNumber).default(50))
    .option('--explain', 'show how the query will be run, and do not run it')
    .option('--out <file>', 'write all rows to a CSV file')
    .option(
      '--profile <file>',
      'run it, tell what each step did, and write that as JSON, for `ui --profiles`',
    )
    .addHelpText(
      'after',
      `
In an expression stand lake, db, table(name), col, lit, fn, when, asc, desc and t. A file exports the
same as a function: export default async ({ table }) => (await table('orders')).limit(3)`,
    )
    .action((url: string, query: string, options: QueryCommandOptions) =>
      withLake(url, options, async (lake) => {
        const { database } = options
        const db = database === undefined ? undefined : await lake.database(database)
        const result = await (await queryOf(query))(scopeOf(lake, db))
        if (!isFrame(result)) printLine(options.json === true ? jsonText(result) : shown(result))
        else await printResult(result, options)
      }),
    )
}

function scopeOf(lake: QueryScope['lake'], db: Database | undefined): QueryScope {
  const needed = () => {
    if (db !== undefined) return db
    throw invalid('the query asks for a table of no database; say --database namespace/database')
  }
  return { lake, db, table: async (name) => needed().table(name) }
}

function isFrame(value: unknown): value is AnyFrame {
  return typeof value === 'object' && value !== null && 'groupBy' in value && 'explain' in value
}

async function printResult(frame: AnyFrame, options: QueryCommandOptions): Promise<void> {
  const { explain, out, profile, json, rows } = options
  if (explain === true) {
    printLine(await frame.explain({ format: json === true ? 'json' : 'tree' }))
  } else if (profile !== undefined) {
    const found = await frame.profile({ onProgress: progressBar('query') })
    const text = jsonText(found, 2)
    await writeFile(profile, text)
    printLine(json === true ? text : found.text())
  } else if (out !== undefined) {
    const result = await frame.toCSV(out, { onProgress: progressBar(out) })
    printLine(json === true ? jsonText(result) : `${out}: ${result.rows} rows`)
  } else await printFrame(frame, { json, rows, onProgress: progressBar('query') })
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : jsonText(value, 2)
