import type { Command } from 'commander'
import { probeStore } from '../../io/probe-store.ts'
import { FoundProblems } from '../found-problems.ts'
import { connectOptions, type LakeOptions, lakeCommand } from '../lake-command.ts'
import { jsonText, printLine } from '../output.ts'

/** `graupel doctor`: tries whether a store does what writers rely on. */
export function addDoctor(program: Command): void {
  lakeCommand(program, {
    name: 'doctor',
    description:
      'Try whether a store may be written to by many processes; exit code 3 when it may not',
    examples: ['doctor s3://bucket/lake', 'doctor ./lake --json'],
  }).action(async (url: string, options: LakeOptions) => {
    const { threads: _, memoryLimit: __, ...bucket } = connectOptions(options)
    const report = await probeStore(url, bucket)
    if (options.json === true) printLine(jsonText(report, 2))
    else for (const line of report.lines) printLine(line)
    if (!report.isSafe) throw new FoundProblems('the store does not keep what writers rely on')
  })
}
