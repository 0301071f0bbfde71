import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const here = fileURLToPath(new URL('.', import.meta.url))
const parsed = new Map<string, ts.SourceFile | undefined>()

/** A source text compiled beside this file, as if it were a file of its own. */
export interface Compiled {
  readonly checker: ts.TypeChecker
  readonly file: ts.SourceFile
  /** Messages of the text's own errors. */
  readonly errors: readonly string[]
  /** Type instantiations that checking the text took: what `--extendedDiagnostics` counts. */
  readonly instantiations: number
}

/** Compiles `text`, which imports the library from `../../src/index.ts`. */
export function compile(text: string): Compiled {
  const path = `${here}fixture-in-memory.ts`
  const { config } = ts.readConfigFile(`${here}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, here)
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = (name) => name === path || fileExists(name)
  host.readFile = (name) => (name === path ? text : readFile(name))
  host.getSourceFile = (name, ...rest) => {
    if (name === path) return ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true)
    if (!parsed.has(name)) parsed.set(name, getSourceFile.call(host, name, ...rest))
    return parsed.get(name)
  }
  const program = ts.createProgram([path], { ...options, noUnusedLocals: false }, host)
  const file = program.getSourceFile(path)!
  const errors = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
  const counted = program as unknown as { getInstantiationCount(): number }
  return {
    checker: program.getTypeChecker(),
    file,
    errors: errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    instantiations: counted.getInstantiationCount(),
  }
}

/** The type of the variable `name` as an editor shows it. */
export function hoverOf({ checker, file }: Compiled, name: string): string {
  const symbol = checker.getSymbolsInScope(file, ts.SymbolFlags.Variable)
  const found = symbol.find((candidate) => candidate.name === name)
  if (found === undefined) throw new Error(`no variable ${name} in the text`)
  const type = checker.getTypeOfSymbolAtLocation(found, file)
  return checker.typeToString(
    type,
    file,
    ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope,
  )
}
