import { type Command, Option } from 'commander'
import type { Database } from '../../frame/database.ts'
import { progressBar } from '../../io/progress.ts'
import { type LakeOptions, lakeCommand, withLake } from '../lake-command.ts'
import { jsonText, printLine } from '../output.ts'
import { tablePath } from '../table-path.ts'

interface LoadCommandOptions extends LakeOptions {
  readonly create?: boolean
  readonly clusterBy?: string[]
  readonly delimiter?: string
  readonly onError: 'abort' | 'skip'
}

/** `graupel load`: CSV files into a table. */
export function addLoad(program: Command): void {
  lakeCommand(program, {
    name: 'load',
    description: 'Load CSV files into a table, each file in one commit',
    examples: [
      'load ./lake acme/sales/orders orders.csv --create --cluster-by placed_at',
      "load ./lake acme/sales/orders './orders-*.csv' --on-error skip",
    ],
  })
    .argument('<table>', 'namespace/database/table')
    .argument('<files...>', 'paths or globs of CSV files with a header')
    .option('--create', 'make the table, with the columns that the first file has')
    .option('--cluster-by <columns...>', 'with --create: columns that loads are sorted by')
    .option('--delimiter <character>', 'what stands between fields')
    .addOption(
      new Option('--on-error <what>', 'what a wrong row does')
        .choices(['abort', 'skip'])
        .default('abort'),
    )
    .action((url: string, path: string, files: string[], options: LoadCommandOptions) =>
      withLake(url, options, async (lake) => {
        const { database, table } = tablePath(path)
        const found = await lake.database(database, { create: options.create === true })
        const loaded = await loadFiles(found, table, files, options)
        if (options.json === true) printLine(jsonText(loaded))
        else {
          const { rows, rejected, version } = loaded
          const left = rejected === 0 ? '' : `, ${rejected} rejected`
          printLine(`${path}: ${rows} rows loaded${left}, version ${version}`)
        }
      }),
    )
}

async function loadFiles(
  database: Database,
  name: string,
  files: readonly string[],
  options: LoadCommandOptions,
): Promise<{ version: number; rows: number; rejected: number }> {
  const { delimiter, clusterBy, onError } = options
  const format = {
    ...(delimiter === undefined ? {} : { delimiter }),
    onProgress: progressBar(name),
  }
  const isNew = options.create === true && !(await database.tables()).includes(name)
  const table = isNew
    ? await database.createTableFrom(name, files[0]!, {
        ...format,
        ...(clusterBy === undefined ? {} : { clusterBy }),
      })
    : await database.table(name)
  const loaded = { version: table.version, rows: isNew ? await table.count() : 0, rejected: 0 }
  for (const file of isNew ? files.slice(1) : files) {
    const before = loaded.rejected
    const { rows, version } = await table.load(file, {
      ...format,
      onError,
      onReject: ({ count }) => {
        loaded.rejected = before + count
      },
    })
    loaded.rows += rows
    loaded.version = version
  }
  return loaded
}
