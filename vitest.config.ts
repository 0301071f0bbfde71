import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const report = process.env['GRAUPEL_TEST_REPORT']

export default defineConfig({
  resolve: {
    alias: [
      { find: /^graupel$/, replacement: fileURLToPath(new URL('src/index.ts', import.meta.url)) },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/s3-last-words.ts', 'test/support/chromium-last-words.ts'],
    setupFiles: ['test/support/random.ts', 'test/support/poisoned-blocks.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
})
