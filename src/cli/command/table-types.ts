import type { Command } from 'commander'
import type { Table } from '../../frame/table.ts'
import type { Untyped } from '../../frame/type-tag.ts'
import { constraintText } from '../constraint-text.ts'
import { type LakeOptions, lakeCommand, withLake } from '../lake-command.ts'
import { jsonText, printLine } from '../output.ts'

/** `graupel types`: TypeScript for the tables of a database. */
export function addTypes(program: Command): void {
  lakeCommand(program, {
    name: 'types',
    description:
      'Print a TypeScript schema and an interface of its rows for each table of a database',
    examples: ['types ./lake acme/sales > tables.ts', 'types ./lake acme/sales --json'],
  })
    .argument('<database>', 'namespace/database')
    .action((url: string, path: string, options: LakeOptions) =>
      withLake(url, options, async (lake) => {
        const database = await lake.database(path)
        const taken = new Set(['t', 'Row', 'SchemaOf'])
        const tables = []
        for (const name of await database.tables()) {
          const table = await database.table(name)
          const { fields } = table.schema
          const constant = freeName(name, taken)
          const rows = freeName(`${constant.charAt(0).toUpperCase()}${constant.slice(1)}Row`, taken)
          const constraints = table.constraints.map(constraintText)
          const text = schemaText(constant, table)
          tables.push({ table: `${path}/${name}`, constant, rows, fields, constraints, text })
        }
        if (options.json === true) {
          printLine(
            jsonText(
              tables.map(({ text: _, ...of }) => of),
              2,
            ),
          )
          return
        }
        printLine("import { type Row, type SchemaOf, t } from 'graupel'")
        for (const { table, constant, rows, constraints, text } of tables) {
          printLine(`\n${commentText([table, ...constraints])}`)
          printLine(text)
          printLine(`export interface ${rows} extends Row<SchemaOf<typeof ${constant}>> {}`)
        }
      }),
    )
}

/** A comment of one line each: names and texts are data, and cannot end it. */
function commentText(lines: readonly string[]): string {
  const [first, ...rest] = lines.map((line) => {
    return JSON.stringify(line).slice(1, -1).replaceAll('\\"', '"').replaceAll('*/', '* /')
  })
  if (rest.length === 0) return `/** ${first} */`
  return ['/**', ...[first, ...rest].map((line) => ` * ${line}`), ' */'].join('\n')
}

function schemaText(
  constant: string,
  { schema, identities }: Pick<Table<Untyped>, 'schema' | 'identities'>,
): string {
  const lines = schema.fields.map(({ name, type, nullable }) => {
    const more = identities.includes(name) ? '.identity()' : nullable ? '.nullable()' : ''
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
    return `  ${key === '__proto__' ? "['__proto__']" : key}: ${typeCall(type)}${more},`
  })
  return [`export const ${constant} = {`, ...lines, '}'].join('\n')
}

/** `decimal(12,2)` as `t.decimal(12, 2)`. */
function typeCall(type: string): string {
  const [, name, parameters] = /^(\w+)(?:\((.*)\))?$/.exec(type) ?? []
  if (name === 'timestamp') return timestampCall(parameters)
  return `t.${name}(${(parameters ?? '').split(',').join(', ')})`
}

function timestampCall(parameters: string | undefined): string {
  if (parameters === undefined) return 't.timestamp()'
  const [unit, zone] = parameters.split(',')
  return `t.timestamp({ unit: '${unit}'${zone === undefined ? '' : `, zone: '${zone}'`} })`
}

/** A constant's name for a table, that no other one has. */
function freeName(table: string, taken: Set<string>): string {
  const plain = table.replace(/[^A-Za-z0-9_$]+/g, '_').replace(/^(?=\d)|^$/, '_')
  let name = RESERVED.has(plain) ? `${plain}_` : plain
  for (let count = 2; taken.has(name); count++) name = `${plain}_${count}`
  taken.add(name)
  return name
}

const RESERVED = new Set(
  `await break case catch class const continue debugger default delete do else enum export extends
  false finally for function if import in instanceof new null return super switch this throw true
  try typeof var void while with yield let static implements interface package private protected
  public arguments eval`.split(/\s+/),
)
