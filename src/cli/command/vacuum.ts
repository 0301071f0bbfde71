import type { Command } from 'commander'
import { progressBar } from '../../io/progress.ts'
import { type LakeOptions, lakeCommand, withLake } from '../lake-command.ts'
import { jsonText, printLine } from '../output.ts'
import { openTable } from '../table-path.ts'

interface VacuumCommandOptions extends LakeOptions {
  readonly retain: string
  readonly dryRun?: boolean
}

/** `graupel vacuum`: gives up old versions of a table and removes files that nothing needs. */
export function addVacuum(program: Command): void {
  lakeCommand(program, {
    name: 'vacuum',
    description: 'Give up old versions of a table, and remove what only they need',
    examples: [
      'vacuum ./lake acme/sales/orders --retain 7d --dry-run',
      'vacuum ./lake acme/sales/orders --retain 7d',
    ],
  })
    .argument('<table>', 'namespace/database/table')
    .requiredOption('--retain <time>', 'how far back versions stay readable, e.g. 7d or 12h')
    .option('--dry-run', 'remove nothing, and list what would be')
    .action((url: string, path: string, options: VacuumCommandOptions) =>
      withLake(url, options, async (lake) => {
        const { retain, dryRun, json } = options
        const result = await (await openTable(lake, path)).vacuum({
          retain,
          dryRun,
          onProgress: progressBar(path),
        })
        if (json === true) {
          printLine(jsonText(result, 2))
          return
        }
        for (const key of result.keys) printLine(key)
        const { files, bytes, retainedFrom } = result
        const did = dryRun === true ? 'would be removed' : 'removed'
        printLine(`${files} files of ${bytes} bytes ${did}, readable from version ${retainedFrom}`)
      }),
    )
}
