import { Command, CommanderError } from 'commander'
import { GraupelError } from '../error.ts'
import { addBench } from './command/bench.ts'
import { addDescribe } from './command/describe.ts'
import { addDiff } from './command/diff.ts'
import { addDoctor } from './command/doctor.ts'
import { addHistory } from './command/history.ts'
import { addLoad } from './command/load.ts'
import { addLs } from './command/ls.ts'
import { addOptimize } from './command/optimize.ts'
import { addQuery } from './command/query.ts'
import { addTypes } from './command/table-types.ts'
import { addUi } from './command/ui.ts'
import { addVacuum } from './command/vacuum.ts'
import { addVerify } from './command/verify.ts'
import { FoundProblems } from './found-problems.ts'
import { jsonText } from './output.ts'

const EXAMPLES = `
Examples:
  graupel load ./lake acme/sales/orders orders.csv --create
  graupel ls ./lake acme/sales
  graupel query ./lake -d acme/sales "(await table('orders')).limit(5)"
  graupel verify s3://bucket/lake

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done and problems were found.`

/**
 * Runs one command line, without the program's name. Answers go to standard output, errors to
 * standard error.
 *
 * @returns The exit code: 0 done, 1 failed, 2 wrong usage, 3 done and problems were found.
 */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = cli()
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`${errorText(error, { json: args.includes('--json') })}\n`)
    return error instanceof FoundProblems ? 3 : 1
  }
}

function cli(): Command {
  const program = new Command('graupel')
    .description('Tables of plain CSV column files, on a disk or a bucket')
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(text),
      writeErr: (text) => process.stderr.write(text),
    })
  for (const add of [addLs, addDescribe, addLoad, addQuery, addHistory, addDiff, addVacuum])
    add(program)
  for (const add of [addOptimize, addVerify, addTypes, addDoctor, addBench, addUi]) add(program)
  return program
}

function errorText(error: unknown, { json }: { readonly json: boolean }): string {
  if (!(error instanceof Error)) return `error: ${error}`
  const code = error instanceof GraupelError ? error.code : undefined
  const facts = error instanceof GraupelError ? error.facts : undefined
  if (json) return jsonText({ error: { code, message: error.message, facts } })
  if (code !== undefined) return `error ${code}: ${error.message}`
  return error instanceof FoundProblems ? error.message : `error: ${error.stack ?? error.message}`
}
