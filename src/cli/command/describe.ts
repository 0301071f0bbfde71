import type { Command } from 'commander'
import { type LakeOptions, lakeCommand, withLake } from '../lake-command.ts'
import { jsonText, printLine, printRecords } from '../output.ts'
import { openTable } from '../table-path.ts'

/** `graupel describe`: columns, rows and version of a table. */
export function addDescribe(program: Command): void {
  lakeCommand(program, {
    name: 'describe',
    description: 'Show the columns, rows and version of a table',
    examples: [
      'describe ./lake acme/sales/orders',
      'describe s3://bucket/lake acme/sales/orders --json',
    ],
  })
    .argument('<table>', 'namespace/database/table')
    .action((url: string, path: string, options: LakeOptions) =>
      withLake(url, options, async (lake) => {
        const table = await openTable(lake, path)
        const rows = await table.count()
        const columns = table.schema.fields.map(({ name, type, nullable }) => ({
          column: name,
          type,
          nullable,
        }))
        const { version } = table
        if (options.json === true) {
          printLine(jsonText({ table: path, version, rows, columns }, 2))
          return
        }
        printLine(`${path}: ${rows.toLocaleString('en-US')} rows, version ${version}`)
        await printRecords(lake, columns, { empty: 'no columns' })
      }),
    )
}
