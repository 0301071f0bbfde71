import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Progress, progressLine, progressOf, stepProgress } from '../../src/io/progress.ts'

describe('progressLine', () => {
  test('says how much is done, and of how much where that is known', () => {
    const half = { phase: 'load', rows: 1_234_567, bytes: 1024 * 1024, totalBytes: 2 * 1024 * 1024 }
    expect(progressLine('orders', half, 2)).toBe(
      'orders load [##########..........] 50 % 1,234,567 rows, 1.0 MiB, 512.0 KiB/s',
    )
    expect(progressLine('', { phase: 'write', rows: 0, bytes: 12 }, 0)).toBe('write 0 rows, 12 B')
  })
  test('says partitions and the time that is left where they are known', () => {
    const at = { phase: 'scan', rows: 10, bytes: 50, totalBytes: 200 }
    const parts = { partitions: 3, totalPartitions: 12, secondsLeft: 75.2 }
    expect(progressLine('', { ...at, ...parts }, 0)).toBe(
      'scan [#####...............] 25 % 10 rows, 3/12 partitions, 50 B, 1 min 16 s left',
    )
    const far = { phase: 'x', rows: 0, bytes: 0, partitions: 1, totalPartitions: 2 }
    expect(progressLine('', { ...far, secondsLeft: 7260 }, 0)).toContain('50 % 0 rows, 1/2')
    expect(progressLine('', { ...far, secondsLeft: 7260 }, 0)).toContain('2 h 1 min left')
  })
})

describe('progressOf', () => {
  afterEach(() => vi.useRealTimers())

  test('reckons the time that is left by what has passed, and not before there is a pace', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const told: Progress[] = []
    const tell = progressOf('load', (progress) => told.push(progress))
    const at = (bytes: number) => ({ phase: 'load', rows: 1, bytes, totalBytes: 100 })
    tell(at(1))
    vi.setSystemTime(Date.now() + 2000)
    tell(at(25))
    tell({ phase: 'load', rows: 1, bytes: 25 })
    tell({ ...at(100), phase: 'done' })
    expect(told.map(({ secondsLeft }) => secondsLeft)).toEqual([undefined, 6, undefined, undefined])
  })

  test('the step of an action does not say that all is done', () => {
    const phases: string[] = []
    const tell = stepProgress(({ phase }) => phases.push(phase))!
    tell({ phase: 'scan', rows: 0, bytes: 0 })
    tell({ phase: 'done', rows: 0, bytes: 0 })
    expect(phases).toEqual(['scan'])
    expect(stepProgress(undefined)).toBeUndefined()
  })
})
