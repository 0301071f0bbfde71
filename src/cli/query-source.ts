import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { invalid } from '../error.ts'
import { t } from '../frame/column-type.ts'
import type { Database } from '../frame/database.ts'
import { col, fn, lit } from '../frame/expr-builders.ts'
import type { Lake } from '../frame/lake.ts'
import { asc, desc } from '../frame/sort-key.ts'
import type { Table } from '../frame/table.ts'
import type { Untyped } from '../frame/type-tag.ts'
import { when } from '../frame/when.ts'

/** What a query given on the command line can use. */
export interface QueryScope {
  readonly lake: Lake
  readonly db: Database | undefined
  readonly table: (name: string) => Promise<Table<Untyped>>
}

type Query = (scope: QueryScope) => unknown

const BUILDERS = { col, lit, fn, when, asc, desc, t }
const FILE = /\.[cm]?[jt]s$/

/**
 * The query in `source`: the path of a module whose default export is a frame or a function of the
 * scope, or an expression, which is the user's own code as that of `node -e` is. Throws INVALID for
 * a file that is not there or exports none, and for text that is no JavaScript.
 */
export async function queryOf(source: string): Promise<Query> {
  return FILE.test(source.trim()) && !source.includes('(')
    ? queryOfFile(source.trim())
    : queryOfExpression(source)
}

async function queryOfExpression(text: string): Promise<Query> {
  const names = ['lake', 'db', 'table', ...Object.keys(BUILDERS)].join(', ')
  const code = `export default async ({ ${names} }) => (\n${text}\n)`
  let query: Query
  try {
    query = (await import(`data:text/javascript,${encodeURIComponent(code)}`)).default
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw invalid(`the query is no JavaScript expression: ${error.message}`, { query: text })
  }
  return (scope) => query({ ...BUILDERS, ...scope } as QueryScope)
}

async function queryOfFile(path: string): Promise<Query> {
  const file = resolve(path)
  if (!existsSync(file)) throw invalid(`there is no file "${path}"`, { file: path })
  const { default: found } = await importModule(file)
  if (found === undefined) {
    throw invalid(`"${path}" has no default export; export a frame, or a function that gives one`, {
      file: path,
    })
  }
  if (typeof found !== 'function') return () => found
  return (scope) => found({ ...BUILDERS, ...scope })
}

/** Imports a module; TypeScript by the `tsx` of the project in which the command runs. */
async function importModule(file: string): Promise<{ default?: unknown }> {
  const url = pathToFileURL(file).href
  if (!/ts$/.test(file)) return import(url)
  let tsx: string
  try {
    tsx = createRequire(pathToFileURL(resolve('package.json'))).resolve('tsx/esm/api')
  } catch {
    throw invalid(`"${file}" is TypeScript; install tsx to run it, or give a .mjs file`, { file })
  }
  const { tsImport } = await import(pathToFileURL(tsx).href)
  return tsImport(url, import.meta.url)
}
