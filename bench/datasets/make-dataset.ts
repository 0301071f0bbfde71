import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { connect, progressBar } from 'graupel'
import { DATABASE, type Dataset } from './dataset.ts'

/** Changes whenever the data do: folders made before are made anew. */
const EDITION = 1

const ROOT = new URL('../.data/', import.meta.url).pathname

/** Where the files of a dataset are: `TABLE.csv`, `TABLE.parquet`, `native.duckdb` and `lake/`. */
export function datasetFolder(dataset: Dataset, scale: number): string {
  return `${ROOT}${dataset.name}-${scale}/`
}

/** Makes the files of a dataset in every format, unless they are there; answers their folder. */
export async function makeDataset(dataset: Dataset, scale: number): Promise<string> {
  const folder = datasetFolder(dataset, scale)
  const done = `${folder}edition-${EDITION}`
  if (existsSync(done)) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  process.stderr.write(`making ${dataset.name} at scale ${scale}\n`)
  await makeWithDuckDB(dataset, scale, folder)
  await using lake = await connect(`${folder}lake`)
  const db = await lake.database(DATABASE, { create: true })
  for (const [name, { columns, clusterBy, partitionRows }] of Object.entries(dataset.tables)) {
    const table = await db.createTable(name, columns, {
      ...(clusterBy === undefined ? {} : { clusterBy }),
      ...(partitionRows === undefined ? {} : { partitionRows }),
    })
    await table.load(`${folder}${name}.csv`, { onProgress: progressBar(name) })
  }
  writeFileSync(done, '')
  return folder
}

async function makeWithDuckDB(dataset: Dataset, scale: number, folder: string): Promise<void> {
  const instance = await DuckDBInstance.create(`${folder}native.duckdb`, { threads: '2' })
  const duck = await instance.connect()
  try {
    for (const statement of dataset.statements(scale)) await duck.run(statement)
    for (const name of Object.keys(dataset.tables)) {
      await duck.run(`COPY ${name} TO '${folder}${name}.parquet' (FORMAT parquet)`)
      await duck.run(`COPY ${name} TO '${folder}${name}.csv' (HEADER)`)
    }
    await duck.run('CHECKPOINT')
  } finally {
    duck.closeSync()
    instance.closeSync()
  }
}
