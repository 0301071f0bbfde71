import type { Command } from 'commander'
import type { FieldInfo } from '../../frame/data-frame.ts'
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
          const { fields } = (await database.table(name)).schema
          const constant = freeName(name, taken)
          const rows = freeName(`${constant.charAt(0).toUpperCase()}${constant.slice(1)}Row`, taken)
          tables.push({ table: `${path}/${name}`, constant, rows, fields })
        }
        if (options.json === true) {
          printLine(jsonText(tables, 2))
          return
        }
        printLine("import { type Row, type SchemaOf, t } from 'graupel'")
        for (const { table, constant, rows, fields } of tables) {
          printLine(`\n/** ${JSON.stringify(table).slice(1, -1).replaceAll('*/', '* /')} */`)
          printLine(schemaText(constant, fields))
          printLine(`export interface ${rows} extends Row<SchemaOf<typeof ${constant}>> {}`)
        }
      }),
    )
}

function schemaText(constant: string, fields: readonly FieldInfo[]): string {
  const lines = fields.map(({ name, type, nullable }) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
    return `  ${key === '__proto__' ? "['__proto__']" : key}: ${typeCall(type)}${nullable ? '.nullable()' : ''},`
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
