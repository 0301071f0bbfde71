import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { WASM_MODULE } from '../../../src/kernel/wasm/module.generated.ts'
import { freeSlot, SLOT_SIZE, switchWasm, takeSlot } from '../../../src/kernel/wasm/slots.ts'
import { EXPORTED, HELD_IN } from './held-kernels.ts'

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

test('every kernel that the module exports is held to its twin by a test on random chunks', () => {
  expect(Object.keys(HELD_IN).sort()).toEqual([...EXPORTED].sort())
  for (const file of new Set(Object.values(HELD_IN))) {
    const text = readFileSync(`test/kernel/wasm/${file}.test.ts`, 'utf8')
    expect(text).toContain(`reachesKernelsOf('${file}')`)
  }
})

test('slots are apart, are had again once given back, and none is given while switched off', () => {
  const slots = new Set<number>()
  for (let slot = takeSlot(); slot !== 0; slot = takeSlot()) slots.add(slot)
  const ordered = [...slots].sort((a, b) => a - b)
  expect(ordered.length).toBeGreaterThanOrEqual(32)
  for (const [i, slot] of ordered.slice(1).entries()) {
    expect(slot - ordered[i]!).toBeGreaterThanOrEqual(SLOT_SIZE + 64)
  }
  for (const slot of ordered) freeSlot(slot)
  switchWasm('off')
  expect(takeSlot()).toBe(0)
  switchWasm('on')
  const again = takeSlot()
  expect(slots.has(again)).toBe(true)
  freeSlot(again)
})
