import type { Command } from 'commander'
import type { AnyFrame } from '../../frame/data-frame.ts'
import type { Lake } from '../../frame/lake.ts'
import { constraintText } from '../constraint-text.ts'
import { type LakeOptions, lakeCommand, withLake } from '../lake-command.ts'
import { jsonText, printLine, printRecords } from '../output.ts'
import { openTable, tablePath } from '../table-path.ts'

/** `graupel describe`: columns, constraints, rows and version of a table, or columns of a view. */
export function addDescribe(program: Command): void {
  lakeCommand(program, {
    name: 'describe',
    description:
      'Show the columns, constraints, rows and version of a table, or the columns of a view',
    examples: [
      'describe ./lake acme/sales/orders',
      'describe s3://bucket/lake acme/sales/orders --json',
    ],
  })
    .argument('<table>', 'namespace/database/table')
    .action((url: string, path: string, options: LakeOptions) =>
      withLake(url, options, async (lake) => {
        const view = await viewAt(lake, path)
        if (view !== undefined) return describeView(lake, path, view, options)
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

async function viewAt(lake: Lake, path: string): Promise<AnyFrame | undefined> {
  const { database, table } = tablePath(path)
  const of = await lake.database(database)
  return (await of.views()).includes(table) ? of.view(table) : undefined
}

async function describeView(
  lake: Lake,
  path: string,
  view: AnyFrame,
  { json }: LakeOptions,
): Promise<void> {
  const columns = view.schema.fields.map(({ name, type, nullable }) => {
    return { column: name, type, nullable }
  })
  if (json === true) return printLine(jsonText({ view: path, columns }, 2))
  printLine(`${path}: a view`)
  await printRecords(lake, columns, { empty: 'no columns' })
}
