import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = new URL('../../', import.meta.url)

export default defineConfig({
  root: fileURLToPath(root),
  resolve: {
    alias: [{ find: /^graupel$/, replacement: fileURLToPath(new URL('src/index.ts', root)) }],
  },
  test: {
    include: ['test/remote/*.remote.ts'],
    setupFiles: ['test/support/random.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 1,
  },
})
