import { once } from 'node:events'
import type { Command } from 'commander'
import { type LakeOptions, lakeCommand, wholeNumber, withLake } from '../lake-command.ts'
import { jsonText, printLine } from '../output.ts'
import { startUi } from '../ui/ui-server.ts'

interface UiCommandOptions extends LakeOptions {
  readonly port: number
  readonly profiles?: string
}

/** `graupel ui`: pages about a lake in a browser of this machine. */
export function addUi(program: Command): void {
  lakeCommand(program, {
    name: 'ui',
    description: 'Serve pages about a lake to a browser of this machine, read only',
    examples: ['ui ./lake', 'ui s3://bucket/lake --port 8080 --profiles ./profiles'],
  })
    .option('--port <n>', 'port on 127.0.0.1; a free one when not given', wholeNumber, 0)
    .option('--profiles <folder>', 'where stored profiles of queries are, to be drawn')
    .action((url: string, options: UiCommandOptions) =>
      withLake(url, options, async (lake) => {
        const { port, profiles } = options
        const server = await startUi(lake, { port, profiles })
        printLine(
          options.json === true
            ? jsonText({ url: server.url })
            : `${server.url}\nWhoever has this address can look; end with Ctrl-C.`,
        )
        const ended = new AbortController()
        try {
          const signals = ['SIGINT', 'SIGTERM'].map((name) => once(process, name, ended))
          await Promise.race(signals)
        } finally {
          ended.abort()
          await server.close()
        }
      }),
    )
}
