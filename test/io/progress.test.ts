import { describe, expect, test } from 'vitest'
import { progressLine } from '../../src/io/progress.ts'

describe('progressLine', () => {
  test('says how much is done, and of how much where that is known', () => {
    const half = { phase: 'load', rows: 1_234_567, bytes: 1024 * 1024, totalBytes: 2 * 1024 * 1024 }
    expect(progressLine('orders', half, 2)).toBe(
      'orders load [##########..........] 50 % 1,234,567 rows, 1.0 MiB, 512.0 KiB/s',
    )
    expect(progressLine('', { phase: 'write', rows: 0, bytes: 12 }, 0)).toBe('write 0 rows, 12 B')
  })
})
