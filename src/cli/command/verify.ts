import type { Command } from 'commander'
import type { Lake } from '../../frame/lake.ts'
import { progressBar } from '../../io/progress.ts'
import { FoundProblems } from '../found-problems.ts'
import { type LakeOptions, lakeCommand, withLake } from '../lake-command.ts'
import { jsonText, printLine } from '../output.ts'
import { openTable } from '../table-path.ts'

/** `graupel verify`: reads everything that tables have and proves it. */
export function addVerify(program: Command): void {
  lakeCommand(program, {
    name: 'verify',
    description: 'Read all that a table has and prove it; exit code 3 on problems',
    examples: ['verify ./lake', 'verify ./lake acme/sales/orders --json'],
  })
    .argument('[path]', 'namespace/database/table, or namespace/database for all its tables')
    .action((url: string, path: string | undefined, options: LakeOptions) =>
      withLake(url, options, async (lake) => {
        const tables = await tablesAt(lake, path)
        const found: { table: string; key: string; message: string }[] = []
        for (const table of tables) {
          const opened = await openTable(lake, table)
          const problems = await opened.verify({ onProgress: progressBar(table) })
          found.push(...problems.map(({ key, message }) => ({ table, key, message })))
          if (options.json === true) continue
          printLine(`${table}: ${problems.length === 0 ? 'all is well' : ''}`.trimEnd())
          for (const { key, message } of problems) printLine(`  ${key}: ${message}`)
        }
        if (options.json === true)
          printLine(jsonText({ tables: tables.length, problems: found }, 2))
        if (found.length > 0) throw new FoundProblems(`${found.length} problems were found`)
      }),
    )
}

async function tablesAt(lake: Lake, path: string | undefined): Promise<string[]> {
  if (path?.split('/').length === 2) return tablesOf(lake, path)
  if (path !== undefined) return [path]
  const tables: string[] = []
  for (const database of await lake.databases()) tables.push(...(await tablesOf(lake, database)))
  return tables
}

async function tablesOf(lake: Lake, database: string): Promise<string[]> {
  const names = await (await lake.database(database)).tables()
  return names.map((name) => `${database}/${name}`)
}
