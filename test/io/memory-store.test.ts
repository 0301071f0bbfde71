import { memoryStore } from '../../src/io/memory-store.ts'
import { objectStoreConformance } from '../conformance/object-store.ts'

objectStoreConformance('the memory store', async () => {
  const store = memoryStore()
  return { store, again: () => store, close: async () => {} }
})
