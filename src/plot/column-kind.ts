import { clip, invalid, nameNotFound } from '../error.ts'
import type { AnyFrame } from '../frame/data-frame.ts'

/** How a column is laid out along an axis. */
export type ColumnKind = 'number' | 'time' | 'category'

/**
 * The kind of the column `name`. Throws NOT_FOUND with the nearest name, and INVALID for a type that
 * has no place on an axis; `where` names the plot.
 */
export function columnKind(frame: AnyFrame, name: unknown, where: string): ColumnKind {
  if (typeof name !== 'string') {
    throw invalid(`${where}: expected the name of a column, got ${typeof name}`)
  }
  const { type } = fieldOf(frame, name)
  if (/^(u?int|float|decimal)/.test(type)) return 'number'
  if (/^(date|timestamp)/.test(type)) return 'time'
  if (/^(utf8|bool)/.test(type)) return 'category'
  throw invalid(`${where}: column "${clip(name)}" of type ${type} has no place on an axis`, {
    column: name,
    type,
  })
}

/** The column `name`. Throws NOT_FOUND. */
export function fieldOf(frame: AnyFrame, name: string): AnyFrame['schema']['fields'][number] {
  const { fields } = frame.schema
  const field = fields.find((candidate) => candidate.name === name)
  if (field !== undefined) return field
  throw nameNotFound(
    'column',
    name,
    fields.map((candidate) => candidate.name),
  )
}

/** A value of a row as a plot takes it: times as dates, texts without what no SVG may hold. */
export function plotValue(value: unknown, kind: ColumnKind): number | Date | string | null {
  if (value === null) return null
  if (kind === 'number') return Number(value)
  if (kind === 'category') return plotText(String(value))
  const text = String(value)
  return new Date(/^[^T]*$|Z$/.test(text) ? text : `${text}Z`)
}

/** `text` without the characters that XML has no way to say, clipped. */
export function plotText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
  return clip(text.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/g, '\ufffd'))
}
