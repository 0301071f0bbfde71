import type { Command } from 'commander'
import { progressBar } from '../../io/progress.ts'
import { type LakeOptions, lakeCommand, withLake } from '../lake-command.ts'
import { jsonText, printLine } from '../output.ts'
import { openTable } from '../table-path.ts'

interface VacuumCommandOptions extends LakeOptions {
  readonly retain: string
  readonly dryRun?: boolean
}

/** `graupel vacuum`: gives up old versions of a table, or what dropped tables of a database left. */
export function addVacuum(program: Command): void {
  lakeCommand(program, {
    name: 'vacuum',
    description: 'Give up old versions of a table, or what was dropped from a database',
    examples: [
      'vacuum ./lake acme/sales/orders --retain 7d --dry-run',
      'vacuum ./lake acme/sales --retain 30d',
    ],
  })
    .argument('<path>', 'namespace/database/table, or namespace/database')
    .requiredOption(
      '--retain <time>',
      'how far back versions, or dropped tables, stay, e.g. 7d or 12h',
    )
    .option('--dry-run', 'remove nothing, and list what would be')
    .action((url: string, path: string, options: VacuumCommandOptions) =>
      withLake(url, options, async (lake) => {
        const { retain, dryRun, json } = options
        const isDatabase = path.split('/').length === 2
        const result = isDatabase
          ? await (await lake.database(path)).vacuum({ retain, dryRun })
          : await (await openTable(lake, path)).vacuum({
              retain,
              dryRun,
              onProgress: progressBar(path),
            })
        if (json === true) {
          printLine(jsonText(result, 2))
          return
        }
        for (const key of result.keys) printLine(key)
        const { files, bytes } = result
        const left =
          'tables' in result
            ? `dropped tables: ${result.tables.join(', ') || 'none'}`
            : `readable from version ${result.retainedFrom}`
        const did = dryRun === true ? 'would be removed' : 'removed'
        printLine(`${files} files of ${bytes} bytes ${did}, ${left}`)
      }),
    )
}
