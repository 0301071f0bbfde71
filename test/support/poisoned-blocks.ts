import { poisonBlocks } from '../../src/kernel/wasm/blocks.ts'

// In every test, so that no operator can keep a batch that was only lent to it and go unnoticed.
poisonBlocks()
