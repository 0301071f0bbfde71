import { describe, it } from 'vitest'
import { localStore } from '../../src/io/local-store.ts'
import { memoryStore } from '../../src/io/memory-store.ts'
import { runs } from '../support/random.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { equalsItsModel } from './table-model.ts'

describe('a table is equal to its model after every step', () => {
  it('in memory', async () => {
    const run = equalsItsModel(async () => ({ store: memoryStore(), close: async () => {} }))
    await run(runs(60))
  }, 120_000)

  it('on a local disk', async () => {
    const run = equalsItsModel(async () => {
      const folder = await temporaryFolder()
      return { store: localStore(folder.path), close: () => folder.remove() }
    })
    await run(runs(4))
  }, 120_000)
})
