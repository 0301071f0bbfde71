import { type Command, Option } from 'commander'
import type { Database } from '../../frame/database.ts'
import type { FileReport } from '../../frame/load-type.ts'
import type { LoadFormat } from '../../io/import/import-format.ts'
import type { OnError } from '../../io/import/rejects.ts'
import { progressBar } from '../../io/progress.ts'
import { type LakeOptions, lakeCommand, withLake } from '../lake-command.ts'
import { jsonText, printLine } from '../output.ts'
import { tablePath } from '../table-path.ts'

interface LoadCommandOptions extends LakeOptions {
  readonly create?: boolean
  readonly clusterBy?: string[]
  readonly delimiter?: string
  readonly format?: LoadFormat
  readonly force?: boolean
  readonly onError: OnError
}

/** `graupel load`: files into a table. */
export function addLoad(program: Command): void {
  lakeCommand(program, {
    name: 'load',
    description: 'Load files into a table, in one commit, each content once',
    examples: [
      'load ./lake acme/sales/orders orders.csv --create --cluster-by placed_at',
      "load ./lake acme/sales/orders './orders-*.csv' --on-error continue",
    ],
  })
    .argument('<table>', 'namespace/database/table')
    .argument('<files...>', 'paths, globs, https: or s3: URLs of CSV, JSON lines, Arrow or Parquet')
    .option('--create', 'make the table, with the columns that the first file has')
    .option('--cluster-by <columns...>', 'with --create: columns that loads are sorted by')
    .option('--delimiter <character>', 'what stands between fields of CSV')
    .addOption(
      new Option('--format <format>', 'what the files are, whatever their names').choices([
        ...['csv', 'ndjson', 'arrow', 'parquet'],
      ]),
    )
    .option('--force', 'load files again whose content has been loaded')
    .option(
      '--on-error <what>',
      'what a wrong row does: abort, continue, skipFile, skipFile:5 or skipFile:5%',
      'abort',
    )
    .action((url: string, path: string, files: string[], options: LoadCommandOptions) =>
      withLake(url, options, async (lake) => {
        const { database, table } = tablePath(path)
        const found = await lake.database(database, { create: options.create === true })
        const loaded = await loadFiles(found, table, files, options)
        if (options.json === true) printLine(jsonText(loaded))
        else printLine(`${path}: ${summaryOf(loaded)}, version ${loaded.version}`)
      }),
    )
}

interface Loaded {
  readonly version: number
  readonly rows: number
  readonly rejected: number
  readonly files: readonly FileReport[]
}

async function loadFiles(
  database: Database,
  name: string,
  files: readonly string[],
  options: LoadCommandOptions,
): Promise<Loaded> {
  const { delimiter, format, clusterBy, onError, force } = options
  const how = {
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(format === undefined ? {} : { format }),
    onProgress: progressBar(name),
  }
  const isNew = options.create === true && !(await database.tables()).includes(name)
  const table = isNew
    ? await database.createTableFrom(name, files[0]!, {
        ...how,
        ...(clusterBy === undefined ? {} : { clusterBy }),
      })
    : await database.table(name)
  const first = isNew ? await table.count() : 0
  const rest = isNew ? files.slice(1) : files
  if (rest.length === 0) return { version: table.version, rows: first, rejected: 0, files: [] }
  const result = await table.load(rest, { ...how, onError, force: force === true })
  const { version, rows, rowsRejected: rejected } = result
  return { version, rows: first + rows, rejected, files: result.files }
}

function summaryOf({ rows, rejected, files }: Loaded): string {
  const count = (status: FileReport['status']) => files.filter((of) => of.status === status).length
  const told = [
    [rejected, 'rejected'],
    [
      count('alreadyLoaded'),
      count('alreadyLoaded') === 1 ? 'file loaded before' : 'files loaded before',
    ],
    [count('skipped'), 'skipped'],
    [count('failed'), 'failed'],
  ] as const
  const more = told.filter(([number]) => number > 0).map(([number, what]) => `, ${number} ${what}`)
  return `${rows} rows loaded${more.join('')}`
}
