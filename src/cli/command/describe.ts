import type { Command } from 'commander'
import { constraintText } from '../constraint-text.ts'
import { type LakeOptions, lakeCommand, withLake } from '../lake-command.ts'
import { jsonText, printLine, printRecords } from '../output.ts'
import { openTable } from '../table-path.ts'

/** `graupel describe`: columns, constraints, rows and version of a table. */
export function addDescribe(program: Command): void {
  lakeCommand(program, {
    name: 'describe',
    description: 'Show the columns, constraints, rows and version of a table',
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
        const { version, constraints, identities } = table
        const columns = table.schema.fields.map(({ name, type, nullable }) => ({
          column: name,
          type,
          nullable,
          ...(identities.length === 0 ? {} : { identity: identities.includes(name) }),
        }))
        if (options.json === true) {
          printLine(jsonText({ table: path, version, rows, columns, constraints }, 2))
          return
        }
        printLine(`${path}: ${rows.toLocaleString('en-US')} rows, version ${version}`)
        await printRecords(lake, columns, { empty: 'no columns' })
        for (const constraint of constraints) printLine(constraintText(constraint))
      }),
    )
}
