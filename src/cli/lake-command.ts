import { type Command, InvalidArgumentError, Option } from 'commander'
import { connect } from '../frame/connect.ts'
import type { ConnectOptions, Lake } from '../frame/lake.ts'
import type { OutputOptions } from './output.ts'

/** What every command of a lake can be told. */
export interface LakeOptions
  extends Pick<ConnectOptions, 'region' | 'endpoint' | 'quotedEtags' | 'threads' | 'memoryLimit'>,
    OutputOptions {}

/** What help says of a command. */
export interface LakeCommandText {
  readonly name: string
  readonly description: string
  readonly examples: readonly string[]
}

/** A number from the command line. Throws commander's error for a wrong argument. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('It has to be a whole number.')
  }
  return value
}

/**
 * A command that works on the lake at its first argument, with the options that all of them have.
 * The help ends with `examples`: what follows the program's name on a command line.
 */
export function lakeCommand(
  program: Command,
  { name, description, examples }: LakeCommandText,
): Command {
  return program
    .command(name)
    .description(description)
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  graupel ${line}`).join('\n')}`)
    .argument('<url>', 'the lake: a folder, or s3://bucket/prefix')
    .addOption(new Option('--json', 'answer JSON').helpGroup('Lake:'))
    .addOption(new Option('--region <name>', 'region of the bucket').helpGroup('Lake:'))
    .addOption(
      new Option('--endpoint <url>', 'endpoint of a store other than AWS').helpGroup('Lake:'),
    )
    .addOption(
      new Option('--quoted-etags', 'for stores that want ETags in quotes').helpGroup('Lake:'),
    )
    .addOption(
      new Option('--threads <n>', 'threads that a query may use')
        .argParser(wholeNumber)
        .helpGroup('Lake:'),
    )
    .addOption(
      new Option('--memory-limit <size>', 'memory that a query may hold, e.g. 2GB').helpGroup(
        'Lake:',
      ),
    )
}

/** Runs `work` on the lake at `url`, and closes it. */
export async function withLake(
  url: string,
  options: LakeOptions,
  work: (lake: Lake) => Promise<void>,
  more: Pick<ConnectOptions, 'cache'> = {},
): Promise<void> {
  const lake = await connect(url, { ...connectOptions(options), ...more })
  try {
    await work(lake)
  } finally {
    await lake.close()
  }
}

/** The options of `connect` among those of a command. */
export function connectOptions({
  region,
  endpoint,
  quotedEtags,
  threads,
  memoryLimit,
}: LakeOptions): ConnectOptions {
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(quotedEtags === undefined ? {} : { quotedEtags }),
    ...(threads === undefined ? {} : { threads }),
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
  }
}
