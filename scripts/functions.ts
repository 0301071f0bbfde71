// Writes docs/functions.md: every method of expressions and every `fn`, from their declarations.
//   npx tsx scripts/functions.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { connect, desc, fn, lit, t } from '../src/index.ts'
import { AGGREGATE_NAMES } from '../src/plan/function.ts'
import { EXAMPLES } from './function-examples.ts'
import { markdownTable } from './markdown-table.ts'

export interface Method {
  /** As it is called: `o.x.round`, `o.x.str.lower`, `fn.count`. */
  readonly call: string
  readonly key: string
  readonly parameters: string
  readonly result: string
  readonly line: string
}

const parsed = (path: string) =>
  ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true)

const INTERFACES = [
  ['Expr', 'o.x.', ''],
  ['TextMethods', 'o.x.str.', 'str.'],
  ['TimeMethods', 'o.x.dt.', 'dt.'],
  ['JsonMethods', 'o.x.json.', 'json.'],
  ['ListMethods', 'o.x.list.', 'list.'],
  ['StructMethods', 'o.x.struct.', 'struct.'],
] as const

/** Every method, overloads once, as the source declares them. */
export function declaredMethods(): readonly Method[] {
  const methods: Method[] = []
  const add = (prefix: string, key: string, node: ts.Node, of: ts.SignatureDeclaration) => {
    const name = (node as ts.NamedDeclaration).name?.getText() ?? ''
    if (methods.some((method) => method.key === key + name)) return
    methods.push({
      call: prefix + name,
      key: key + name,
      parameters: parametersOf(of),
      result: resultOf(of.type?.getText() ?? ''),
      line: lineOf(node),
    })
  }
  const exprs = parsed('src/frame/expr.ts')
  for (const [wanted, prefix, key] of INTERFACES) {
    const of = exprs.statements.find(
      (node): node is ts.InterfaceDeclaration =>
        ts.isInterfaceDeclaration(node) && node.name.text === wanted,
    )
    for (const member of of?.members ?? []) {
      if (ts.isMethodSignature(member)) add(prefix, key, member, member)
    }
  }
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isArrowFunction(node.initializer)) {
      add('fn.', 'fn.', node, node.initializer)
    } else ts.forEachChild(node, visit)
  }
  visit(parsed('src/frame/expr-builders.ts'))
  return methods
}

function parametersOf({ parameters }: ts.SignatureDeclaration): string {
  const texts = parameters
    .filter(({ name }) => name.getText() !== 'this')
    .map(({ name, questionToken, initializer, dotDotDotToken }) => {
      const optional = questionToken !== undefined || initializer !== undefined
      return `${dotDotDotToken === undefined ? '' : '...'}${name.getText()}${optional ? '?' : ''}`
    })
  return texts.join(', ')
}

const WORDS = new Map([
  ['Arithmetic', 'number'],
  ['NumericOf', 'number'],
  ['SumOf', 'number?'],
  ['CaseOf', 'the common type'],
  ['CoalesceOf', 'the common type'],
  ['ExtremeOf', 'the common type'],
  ['ElementOf', 'the type of its values'],
  ['MembersOf<T>[K]', 'the type of the member'],
])

/** The type of the result in plain words; `?` where it may be null although nothing else is. */
function resultOf(text: string): string {
  const inner = /^Expr<(.*)>$/s.exec(text.replaceAll(/\s+/g, ' '))?.[1] ?? text
  const [, head = inner, rest = ''] = /^(\w+)<(.*)>$/.exec(inner) ?? []
  const word = WORDS.get(head)
  if (word !== undefined) return word
  const last = rest.replace(/^[^<]*, /, '').trim()
  if (head === 'Null') return `${resultOf(rest)}?`
  if (head === 'Nullable') return `${resultOf(rest)}?`
  if (head === 'StrictOver' || head === 'Strict') return resultOf(last)
  if (rest === 'C') return 'the type asked for'
  if (head === 'T' || head === 'Base') return 'its own type'
  return head === 'DateType' ? 'date' : head.toLowerCase()
}

function lineOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node)
  const text = comment === undefined ? '' : ts.getTextOfJSDocComment(comment.comment)
  return (text ?? '').replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')
}

const AGGREGATES = new Set<string>([...AGGREGATE_NAMES, 'countIf', 'fn.count'])
const WINDOWS = new Set(
  `lag lead runId nth ratioToReport over fn.rank fn.denseRank fn.rowNumber fn.percentRank fn.cumeDist
  fn.ntile`.split(/\s+/),
)

function sectionOf({ key }: Method): string {
  if (AGGREGATES.has(key)) return 'Aggregates'
  if (WINDOWS.has(key)) return 'Windows'
  if (key.startsWith('str.')) return 'Text: `.str`'
  if (key.startsWith('dt.')) return 'Dates and times: `.dt`'
  if (key.startsWith('json.')) return 'JSON: `.json`'
  if (key.startsWith('list.')) return 'Lists: `.list`'
  if (key.startsWith('struct.')) return 'Structs: `.struct`'
  return key.startsWith('fn.') ? 'Of no column: `fn`' : 'Numbers, comparisons and conditions'
}

const COLUMNS = {
  n: t.int32(),
  m: t.int32(),
  x: t.float64(),
  price: t.decimal(9, 2),
  name: t.utf8(),
  ok: t.bool(),
  day: t.date(),
  at: t.timestamp(),
  doc: t.json(),
  tags: t.list(t.utf8()),
  path: t.list(t.float64()),
  home: t.struct({ city: t.utf8() }),
  gone: t.int32().nullable(),
}

const ROWS = [
  [12, 18, 7.25, '19.90', 'Graupel falls', true, '2026-03-29', '2026-03-29 14:30:15.250'],
  [1, 18, 1.5, '5.00', 'Ada', true, '2026-01-02', '2026-01-02 09:00:00'],
  [3, 7, 2, '7.50', 'Eve', false, '2026-02-03', '2026-02-03 10:00:00'],
  [4, 7, 3.25, '8.25', 'Bob', true, '2026-03-04', '2026-03-04 11:00:00'],
] as const

/** What each example gives: of the first row, or of all rows for an aggregate. */
async function exampleValues(): Promise<ReadonlyMap<string, string>> {
  await using lake = await connect('memory:')
  const names = Object.keys(COLUMNS)
  const rows = ROWS.map((row) => {
    const nested = {
      doc: { n: 5, ok: true, tags: ['ice', 'white'] },
      tags: ['ice'],
      path: [3, 4],
      home: { city: 'Ulm' },
    }
    return { ...Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])), ...nested }
  })
  const frame = lake.from(rows as never, COLUMNS)
  const values = new Map<string, string>()
  for (const method of declaredMethods()) {
    const code = EXAMPLES[method.key]
    if (code === undefined) continue
    const build = new Function('o', 'fn', 'lit', 't', 'desc', `return ${code}`)
    const output = (o: unknown) => ({ value: build(o, fn, lit, t, desc) })
    const one = sectionOf(method) === 'Aggregates' ? frame.agg(output) : frame.select(output)
    const [row] = await one.toArray({ temporal: 'iso' })
    values.set(method.key, shown(row?.value))
  }
  return values
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}

/** The text of docs/functions.md. */
export async function functionsText(): Promise<string> {
  const methods = declaredMethods()
  const values = await exampleValues()
  const sections = [...new Set(methods.map(sectionOf))].map((section) => {
    const rows = methods
      .filter((method) => sectionOf(method) === section)
      .map(({ call, key, parameters, result, line }) => {
        const code = EXAMPLES[key]
        const example = code === undefined ? '' : `\`${code}\` → \`${values.get(key)}\``
        return [`\`${call}(${parameters})\``, result, line, example]
      })
    return `## ${section}\n\n${markdownTable([['', 'gives', '', 'example'], ...rows])}\n`
  })
  return `# Functions

Made by \`scripts/functions.ts\` from the declarations; a test compares the two, compiles every example and runs it. ${methods.length}
functions. Null goes through every one unless its line says otherwise; \`?\` stands behind a type that may be null all the same.
The examples are over rows whose first is \`n\` 12, \`m\` 18, \`x\` 7.25, \`price\` 19.90, \`name\` 'Graupel falls', \`ok\` true,
\`day\` 2026-03-29, \`at\` 2026-03-29 14:30:15.25, \`doc\` \`{ n: 5, ok: true, tags: ['ice', 'white'] }\`, \`tags\` \`['ice']\`, \`path\` \`[3, 4]\`,
\`home\` \`{ city: 'Ulm' }\` and \`gone\` null; aggregates are
over three more, with \`n\` 1, 3 and 4. [coverage.md](coverage.md) has them beside Snowpark's.

${sections.join('\n')}`
}

const target = fileURLToPath(new URL('../docs/functions.md', import.meta.url))
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await functionsText())
