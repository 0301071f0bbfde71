import type { Command } from 'commander'
import type { Lake } from '../../frame/lake.ts'
import { type LakeOptions, lakeCommand, withLake } from '../lake-command.ts'
import { jsonText, printLine } from '../output.ts'

/** `graupel ls`: the databases of a lake, or the tables and views of a database. */
export function addLs(program: Command): void {
  lakeCommand(program, {
    name: 'ls',
    description: 'List the databases of a lake, or the tables and views of a database',
    examples: ['ls ./lake', 'ls ./lake acme/sales'],
  })
    .argument('[database]', 'namespace/database')
    .action((url: string, database: string | undefined, options: LakeOptions) =>
      withLake(url, options, async (lake) => {
        const names = await namesIn(lake, database)
        if (options.json === true) printLine(jsonText(names))
        else if (names.length > 0) for (const name of names) printLine(name)
        else process.stderr.write(`there is nothing in ${database ?? url}\n`)
      }),
    )
}

async function namesIn(lake: Lake, database: string | undefined): Promise<string[]> {
  if (database === undefined) return lake.databases()
  const of = await lake.database(database)
  return [...(await of.tables()), ...(await of.views()).map((name) => `${name} (view)`)]
}
