import { defineConfig } from 'tsup'

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
})
