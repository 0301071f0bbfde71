import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { defineConfig, type Options } from 'tsup'

const INDEX = resolve('src/index.ts')
/** Entries of a process that has loaded the index, or is about to. */
const BESIDE_INDEX = [
  'src/testing/index.ts',
  'src/plot/index.ts',
  'src/remote/index.ts',
  'src/cli/main.ts',
]

type EsbuildPlugin = NonNullable<Options['esbuildPlugins']>[number]

/**
 * Tells esbuild that who loads a lazy room, or an entry beside the index, has the index too. Without it what they share
 * with the index is cut into a file for each set of rooms, and `import 'graupel'` loads 25 files where three do.
 */
const roomsOfIndex: EsbuildPlugin = {
  name: 'rooms-of-index',
  setup(build) {
    const rooms = new Set(BESIDE_INDEX.map((path) => resolve(path)))
    build.onResolve({ filter: /^\.{1,2}\// }, ({ kind, path, resolveDir }) => {
      if (kind === 'dynamic-import') rooms.add(resolve(resolveDir, path))
      return undefined
    })
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      if (!rooms.has(path)) return undefined
      const text = await readFile(path, 'utf8')
      return { contents: `${text}\nimport ${JSON.stringify(INDEX)}\n`, loader: 'ts' }
    })
  },
}

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'testing/index': 'src/testing/index.ts',
    'plot/index': 'src/plot/index.ts',
    'remote/index': 'src/remote/index.ts',
    'cli/main': 'src/cli/main.ts',
    'partition-worker': 'src/exec/threads/partition-worker.ts',
  },
  format: 'esm',
  target: 'node20',
  platform: 'node',
  splitting: true,
  sourcemap: true,
  clean: true,
  // Most of the time that `import 'graupel'` takes goes into names and blanks. Source maps are beside it.
  minify: true,
  esbuildPlugins: [roomsOfIndex],
  esbuildOptions: (options) => {
    options.logOverride = { 'ignored-bare-import': 'silent' }
  },
})
