import type { Command } from 'commander'
import { type LakeOptions, lakeCommand, withLake } from '../lake-command.ts'
import { printRecords } from '../output.ts'
import { openTable } from '../table-path.ts'

/** `graupel history`: the commits of a table. */
export function addHistory(program: Command): void {
  lakeCommand(program, {
    name: 'history',
    description: 'Show what was committed to a table, newest first',
    examples: [
      'history ./lake acme/sales/orders',
      "history ./lake acme/sales/orders --json | jq '.[0].version'",
    ],
  })
    .argument('<table>', 'namespace/database/table')
    .action((url: string, path: string, options: LakeOptions) =>
      withLake(url, options, async (lake) => {
        const entries = await (await openTable(lake, path)).history()
        await printRecords(
          lake,
          entries.map((entry) => ({ ...entry })),
          { json: options.json, empty: 'nothing was committed yet' },
        )
      }),
    )
}
