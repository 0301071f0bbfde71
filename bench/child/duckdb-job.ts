/** SQL in a process of its own: its arguments are statements, the last one's rows are the answer. */
import { DuckDBInstance } from '@duckdb/node-api'
import { printReport } from './process-report.ts'

const statements = process.argv.slice(2)
const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
const duck = await instance.connect()
for (const statement of statements.slice(0, -1)) await duck.run(statement)
const reader = await duck.runAndReadAll(statements.at(-1)!)
printReport(reader.getRowsJson())
