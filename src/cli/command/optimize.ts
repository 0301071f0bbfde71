import type { Command } from 'commander'
import { progressBar } from '../../io/progress.ts'
import { type LakeOptions, lakeCommand, withLake } from '../lake-command.ts'
import { jsonText, printLine } from '../output.ts'
import { openTable } from '../table-path.ts'

interface OptimizeCommandOptions extends LakeOptions {
  readonly bytesMax?: string
  readonly columns?: string[]
  readonly dryRun?: boolean
}

/** `graupel optimize`: gives the rows of a table to better partitions. */
export function addOptimize(program: Command): void {
  lakeCommand(program, {
    name: 'optimize',
    description: 'Join small partitions, and sort those that overlap anew',
    examples: [
      'optimize ./lake acme/sales/orders --bytes-max 2GB',
      'optimize ./lake acme/sales/orders --dry-run',
    ],
  })
    .argument('<table>', 'namespace/database/table')
    .option('--bytes-max <size>', 'how much to rewrite at most, e.g. 2GB; the worst comes first')
    .option('--columns <names...>', 'columns to sort by, those that the table is clustered by')
    .option('--dry-run', 'change nothing, and tell how well partitions are told apart')
    .action((url: string, path: string, options: OptimizeCommandOptions) =>
      withLake(url, options, async (lake) => {
        const { bytesMax, columns, dryRun, json } = options
        const table = await openTable(lake, path)
        if (dryRun === true) {
          const found = await table.clusteringInformation(columns)
          if (json === true) printLine(jsonText(found, 2))
          else {
            const { clusterByKeys, totalPartitionCount, averageDepth } = found
            const by = `by ${clusterByKeys.join(', ')}`
            printLine(`${totalPartitionCount} partitions, average depth ${averageDepth} ${by}`)
          }
          return
        }
        const result = await table.optimize({
          bytesMax,
          columns,
          onProgress: progressBar(path),
        })
        if (json === true) {
          printLine(jsonText(result, 2))
          return
        }
        const { partitionsRemoved, partitionsAdded, rows, version } = result
        const moved = `${partitionsRemoved} partitions became ${partitionsAdded}`
        printLine(`${moved}, ${rows} rows rewritten, version ${version}`)
      }),
    )
}
