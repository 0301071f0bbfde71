import { type Command, Option } from 'commander'
import type { Moment } from '../../catalog/model/moment.ts'
import { progressBar } from '../../io/progress.ts'
import { type LakeOptions, lakeCommand, wholeNumber, withLake } from '../lake-command.ts'
import { momentArgument } from '../moment-argument.ts'
import { jsonText, printLine } from '../output.ts'
import { columnChangeText, tableDiff } from '../table-diff.ts'
import { openTable } from '../table-path.ts'

interface DiffCommandOptions extends LakeOptions {
  readonly from: Moment
  readonly to?: Moment
  readonly rows: number
}

/** `graupel diff`: what differs between two versions of a table. */
export function addDiff(program: Command): void {
  const MOMENT = 'a version, -24h, tag:name or a time'
  lakeCommand(program, {
    name: 'diff',
    description: 'Show how columns and rows of a table differ between two versions',
    examples: [
      'diff ./lake acme/sales/orders --from 3',
      'diff ./lake acme/sales/orders --from tag:audit --to 2026-01-31 --json',
      'diff ./lake acme/sales/orders --from -24h --rows 100',
    ],
  })
    .argument('<table>', 'namespace/database/table')
    .addOption(
      new Option('--from <moment>', MOMENT).argParser(momentArgument).makeOptionMandatory(),
    )
    .addOption(
      new Option('--to <moment>', `${MOMENT}; the newest when not given`).argParser(momentArgument),
    )
    .addOption(new Option('-n, --rows <count>', 'rows to show').argParser(wholeNumber).default(20))
    .action((url: string, path: string, { from, to, rows, json, ...options }: DiffCommandOptions) =>
      withLake(url, options, async (lake) => {
        const table = await openTable(lake, path)
        const diff = await tableDiff(table, { from, to }, { onProgress: progressBar(path) })
        const { changes, ...figures } = diff
        if (json === true) {
          const shown = await changes.limit(rows).toArray({ temporal: 'iso' })
          printLine(jsonText({ table: path, ...figures, changes: shown }, 2))
          return
        }
        printLine(`${path}: version ${diff.from} to ${diff.to}`)
        for (const change of diff.columns) printLine(`  ${columnChangeText(change)}`)
        const { inserted, deleted, updated } = diff
        printLine(`${inserted} rows inserted, ${deleted} deleted, ${updated} updated`)
        if (rows > 0 && inserted + deleted + updated > 0) await changes.show(rows)
      }),
    )
}
