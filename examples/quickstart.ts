/**
 * The main job on real data: load an Arrow file and a CSV into column folders, ask them through
 * a lazy typed DataFrame, look back in time, and see how partitions are pruned.
 * Run it with `npm run quickstart`; the files stay in ./lake for you to open.
 */
import { readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { tableFromIPC } from 'apache-arrow'
import { connect, desc, fn, progressBar } from '../src/index.ts'

const require = createRequire(import.meta.url)
const data = join(dirname(require.resolve('vega-datasets/package.json')), 'data')

await rm('./lake', { recursive: true, force: true })
await using lake = await connect('./lake')
const db = await lake.database('demo/travel', { create: true })
