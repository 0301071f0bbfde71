import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { switchWasm, wasmKernels } from '../../../src/kernel/wasm/kernels.ts'
import { WASM_MODULE } from '../../../src/kernel/wasm/module.generated.ts'

test('the module is what assembly/ compiles to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'graupel-wasm-'))
  try {
    const file = join(folder, 'module.ts')
    execFileSync(process.execPath, ['scripts/build-wasm.mjs', file])
    expect(readFileSync(file, 'utf8')).toBe(
      readFileSync('src/kernel/wasm/module.generated.ts', 'utf8'),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the module is small enough to compile in some milliseconds', () => {
  expect(Buffer.from(WASM_MODULE, 'base64').length).toBeLessThan(32_000)
})

test('kernels can be switched off and on again', () => {
  expect(wasmKernels()).not.toBeNull()
  switchWasm('off')
  expect(wasmKernels()).toBeNull()
  switchWasm('on')
  expect(wasmKernels()).not.toBeNull()
})
