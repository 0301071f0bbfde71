import { type Command, InvalidArgumentError, Option } from 'commander'
import { progressBar } from '../../io/progress.ts'
import { type LakeOptions, lakeCommand, wholeNumber, withLake } from '../lake-command.ts'
import { measureTable } from '../measure-table.ts'
import { jsonText, printLine, printRecords } from '../output.ts'
import { openTable } from '../table-path.ts'

/** `graupel bench`: how fast this machine reads a table. */
export function addBench(program: Command): void {
  lakeCommand(program, {
    name: 'bench',
    description: 'Time a scan, a filter and an aggregation of a table, without caches',
    examples: [
      'bench ./lake acme/sales/orders',
      'bench s3://bucket/lake acme/sales/orders --rounds 7 --threads 4 --json',
    ],
  })
    .argument('<table>', 'namespace/database/table')
    .addOption(
      new Option('--rounds <n>', 'how often each is timed, after once that does not count')
        .argParser(positiveNumber)
        .default(3),
    )
    .action((url: string, path: string, options: LakeOptions & { readonly rounds: number }) =>
      withLake(
        url,
        options,
        async (lake) => {
          const { rounds, json } = options
          const table = await openTable(lake, path)
          const found = await measureTable(table, { rounds, onProgress: progressBar(path) })
          if (json === true) {
            printLine(jsonText({ table: path, version: table.version, rounds, queries: found }, 2))
            return
          }
          const rounded = found.map((of) => ({
            ...of,
            ms: Number(of.ms.toFixed(1)),
            mbPerSecond: Math.round(of.mbPerSecond),
          }))
          await printRecords(lake, rounded, { empty: 'nothing was measured' })
        },
        { cache: false },
      ),
    )
}

function positiveNumber(text: string): number {
  const value = wholeNumber(text)
  if (value < 1) throw new InvalidArgumentError('It has to be at least 1.')
  return value
}
