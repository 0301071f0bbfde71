import { clip, invalid } from '../../error.ts'
import type { ProfileJson, ProfileStep } from '../../frame/query-profile.ts'

/** A plan that is deeper was made by nobody who wanted to look at it. */
const DEPTH_MAX = 200

const FIGURES = ['rows', 'batches', 'bytes', 'timeMs', 'totalMs', 'scannedBytes', 'spilledBytes']

/** `value`, when it is what `frame.profile()` gives as JSON. Throws INVALID naming `file`. */
export function storedProfile(value: unknown, file: string): ProfileJson {
  const isOne =
    isRecord(value) &&
    hasNumbers(value, ['rows', 'timeMs', 'scannedBytes']) &&
    isStep(value['root'], 0)
  if (isOne) return value as unknown as ProfileJson
  throw invalid(`"${clip(file)}" is no profile of a query`, { file })
}

function isStep(value: unknown, depth: number): value is ProfileStep {
  if (!isRecord(value) || depth > DEPTH_MAX || !hasNumbers(value, FIGURES)) return false
  const { kind, description, partitions, inputs } = value
  return (
    typeof kind === 'string' &&
    typeof description === 'string' &&
    (partitions === null || isPartitions(partitions)) &&
    Array.isArray(inputs) &&
    inputs.every((input) => isStep(input, depth + 1))
  )
}

function isPartitions(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { pruned } = value
  return (
    hasNumbers(value, ['total', 'read', 'columnsCached', 'columnsDecoded']) &&
    Array.isArray(pruned) &&
    pruned.every(
      (of) => isRecord(of) && typeof of['reason'] === 'string' && hasNumbers(of, ['partitions']),
    )
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function hasNumbers(value: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'number')
}
