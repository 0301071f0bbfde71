import type { LikeProgram } from '../like.ts'
import { wasmKernels } from './kernels.ts'
import { LITERAL_MAX } from './slots.ts'

/** Records that are looked at in one call at most. */
const ROWS_MAX = 65_536
const NEWLINE = 10
const QUOTE = 34

/** A literal to look for in the bytes of a file's lines. */
export interface LineSearch {
  readonly literal: Uint8Array
  /** Indices in it of its two bytes that texts have most seldom; the same if it is one byte. */
  readonly rare: number
  readonly rarer: number
  /** 1 if a text has to begin with it; `atEnd` 1 if it has to end with it. */
  readonly atStart: 0 | 1
  readonly atEnd: 0 | 1
  /** The rest of the pattern, for records that hold the literal; null when there is none. */
  readonly program: LikeProgram | null
}

/** From common to seldom in texts of any language written in Latin letters. */
const COMMON = ' etaoinsrhldcumfpgwybvkxjqz'

/** How seldom `byte` is. Of characters that are not ASCII, the first byte is common. */
function rarity(byte: number): number {
  return byte >= 0xc0 ? 0 : (COMMON.indexOf(String.fromCharCode(byte)) + 99) % 99
}

/**
 * What to look for so that `program` matches; null where the bytes of a line do not tell: no
 * literal, a newline or quote in it, or one that stands in `\N`, too.
 */
export function lineSearch(program: LikeProgram): LineSearch | null {
  const { kind, literal } = program
  const size = literal.length
  if (size === 0 || size > LITERAL_MAX) return null
  if (literal.includes(NEWLINE) || literal.includes(QUOTE)) return null
  const [rarer = 0, rare = rarer] = [...literal.keys()].sort(
    (a, b) => rarity(literal[b]!) - rarity(literal[a]!),
  )
  const search: LineSearch = {
    literal,
    rare,
    rarer,
    atStart: kind === 'equals' || kind === 'prefix' ? 1 : 0,
    atEnd: kind === 'equals' || kind === 'suffix' ? 1 : 0,
    program: kind === 'general' ? program : null,
  }
  return '\\N'.includes(Buffer.from(literal).toString('latin1')) ? null : search
}

/**
 * Finds the records of a text file that hold a literal, until `rows` are passed or one is not whole.
 * Bytes stand in the kernels' memory.
 *
 * @param address Position of byte 0 in that memory.
 * @param from Position of record `row`, `to` the end of what is there.
 * @param out Receives the rows, ascending, from index `found` on.
 * @param at Receives the positions of their records from index 0 on, if `search` has a program.
 * @param cursor `[0]` receives the position of the first record that was not passed, `[1]` its row,
 *   `[2]` 1 if it stopped at or shortly before a record that no writer of ours wrote.
 * @returns How many were found, with those before.
 */
export function wasmSelectLines(
  search: LineSearch,
  address: number,
  from: number,
  to: number,
  row: number,
  rows: number,
  out: Uint32Array,
  found: number,
  at: Uint32Array,
  cursor: Int32Array,
): number {
  const { run, places, bytes, ints } = wasmKernels()!
  const { LITERAL, SELECTED, WANTED, CURSOR } = places
  const { literal, rare, rarer, atStart, atEnd, program } = search
  bytes.set(literal, LITERAL)
  const size = literal.length
  const most = Math.min(rows - row, ROWS_MAX, program === null ? ROWS_MAX : at.length)
  const [start, end] = [address + from, address + to]
  const places2 = program === null ? 0 : WANTED
  const count = run.selectLines(
    start,
    end,
    row,
    most,
    LITERAL,
    size,
    rare,
    rarer,
    atStart,
    atEnd,
    SELECTED,
    places2,
  )
  const first = SELECTED >> 2
  out.set(ints.subarray(first, first + count), found)
  for (let i = 0; places2 !== 0 && i < count; i++) at[i] = ints[(WANTED >> 2) + i]! - address
  cursor[0] = ints[CURSOR >> 2]! - address
  cursor[1] = row + ints[(CURSOR >> 2) + 1]!
  cursor[2] = ints[(CURSOR >> 2) + 2]!
  return found + count
}
