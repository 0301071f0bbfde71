import type { Utf8Vector, Vector } from '../../arrow/vector.ts'
import { corrupt } from '../../error.ts'
import { copyEvenLines, copyLines, findLines, findRecords } from '../../kernel/find-lines.ts'
import { wasmGatherEven } from '../../kernel/wasm/gather-lines.ts'
import { type ByteWindow, LineBuffer } from './byte-window.ts'
import type {
  ColumnFile,
  ColumnReader,
  MatchQuery,
  RangeAnswer,
  RangeQuery,
} from './column-reader.ts'
import { gatherWanted, type WantedLines } from './gather-wanted.ts'
import { leapLines } from './leap-lines.ts'
import { type LineClaims, lineFault } from './line-fault.ts'
import { LineSelection, meetRows, selectMatchingTexts } from './line-selection.ts'
import { numberDecoder } from './number-decoder.ts'
import { NumberDecoder } from './number-run-decoder.ts'
import { MARK_ROWS, MarkGatherer, type RowMarks } from './row-marks.ts'
import { mayQuote, type RunDecoder } from './run-decoder.ts'
import { isTextual, TextRunDecoder, textDecoder } from './text-decoder.ts'

const BLOCK = 16_384
/** Line ends found and used up within one step, which never waits: so all readers share them. */
const lineEnds = new Int32Array(BLOCK)
const cursor = new Int32Array(4)
const NO_ROWS = new Uint32Array(0)
/** With fewer than one line in so many wanted, counting lines beats finding each. */
const SPARSE = 12

export interface ReaderOptions {
  readonly trusted: boolean
  /** Where rows of a trusted file stand, if that is known. */
  readonly marks: RowMarks | null
  /** Called once the file has been found right, or its marks have been found. */
  readonly onVerified: (marks: RowMarks | null) => void
}

/**
 * Reads a column file through a window of bytes. Work is cut into steps that use up what is in
 * the window and answer whether they are complete; between steps the window is filled.
 */
export class CsvColumnReader implements ColumnReader {
  readonly #file: ColumnFile
  readonly #window: ByteWindow
  readonly #decoder: RunDecoder
  /** Read whole and found right before: what the statistics say of the bytes can be relied on. */
  readonly #trusted: boolean
  /** Where rows stand that can be leapt to; null when they have still to be found. */
  readonly #marks: RowMarks | null
  readonly #gatherer: MarkGatherer
  readonly #onVerified: ReaderOptions['onVerified']
  /** Bytes of a line where all are equally long. */
  readonly #stride: number | null
  readonly #quoted: boolean
  readonly #claims: LineClaims
  #scratch: LineBuffer | null = null
  #row = 0
  #skipped = false

  constructor(file: ColumnFile, window: ByteWindow, options: ReaderOptions) {
    const { type, statistics } = file
    const { width, plain } = statistics.hints
    this.#file = file
    this.#window = window
    this.#trusted = options.trusted
    this.#marks = options.marks
    this.#gatherer = new MarkGatherer(statistics.rows)
    this.#onVerified = options.onVerified
    this.#quoted = mayQuote(type) && !plain
    this.#stride = width === null || this.#quoted ? null : width + 1
    this.#decoder = isTextual(type) ? textDecoder(file, options) : numberDecoder(file)
    this.#claims = {
      stride: this.#stride,
      printable: !isTextual(type),
      unquoted: mayQuote(type) && !this.#quoted,
      nullless: mayQuote(type) && !this.#quoted && statistics.nulls === 0,
    }
  }

  get bytesRead(): number {
    return this.#window.bytesRead
  }

  /** Passes over the header line; the reader is usable then. */
  open(): void | Promise<void> {
    const window = this.#window
    const step = () => {
      const { bytes, start, end } = window
      if (findRecords(bytes, start, end, lineEnds, 1) === 0) return false
      window.start = lineEnds[0]! + 1
      return true
    }
    return this.#drive(step, () => this.#advance(0))
  }

  read(rowCount: number): Vector | Promise<Vector> {
    this.#expect(rowCount)
    this.#decoder.begin(rowCount, this.#row, this.#bytesOf(rowCount))
    return this.#drive(this.#decodeStep(rowCount), () => {
      const vector = this.#decoder.finish()
      this.#advance(rowCount)
      return vector
    })
  }

  selectInRange(
    rowCount: number,
    rows: Uint32Array | null,
    count: number,
    query: RangeQuery,
  ): RangeAnswer | Promise<RangeAnswer> {
    this.#expect(rowCount)
    const decoder = this.#decoder
    if (!(decoder instanceof NumberDecoder)) throw new Error('a range of values without order')
    const row = this.#row
    if (rows === null) {
      decoder.beginSelection(rowCount, row, null, query)
      return this.#drive(this.#decodeStep(rowCount), () => {
        const found = decoder.finishSelection()
        this.#advance(rowCount)
        return found
      })
    }
    decoder.beginSelection(count, row, rows, query)
    return this.#drive(this.#stepTo(rowCount, rows, count), () => {
      this.#decodeScratch(count)
      const found = decoder.finishSelection()
      this.#skipped = true
      this.#advance(rowCount)
      return found
    })
  }

  selectMatching(
    rowCount: number,
    rows: Uint32Array | null,
    count: number,
    { program, out }: MatchQuery,
  ): number | Promise<number> {
    const decoder = this.#decoder
    if (!(decoder instanceof TextRunDecoder)) throw new Error('a pattern for what is no text')
    if (rows !== null && count * SPARSE < rowCount) {
      const some = this.readSelected(rowCount, rows, count)
      const select = (texts: Vector) => selectMatchingTexts(texts as Utf8Vector, program, out)
      return some instanceof Promise ? some.then(select) : select(some)
    }
    this.#expect(rowCount)
    const run = { firstRow: this.#row, rows: rowCount, bytes: this.#bytesOf(rowCount) }
    const found = rows === null ? out : new Uint32Array(rowCount)
    const selection = new LineSelection(decoder, run, program, found)
    const window = this.#window
    const step = () => {
      const { start } = window
      const before = selection.row
      const complete = rowCount === 0 || selection.step(window)
      this.#verify(start, window.start, selection.row - before)
      return complete
    }
    return this.#drive(step, () => {
      const matching = selection.finish()
      if (selection.skipped) this.#skipped = true
      this.#advance(rowCount)
      return rows === null ? matching : meetRows(rows, count, found, matching, out)
    })
  }

  readSelected(rowCount: number, rows: Uint32Array, count: number): Vector | Promise<Vector> {
    if (count === rowCount) return this.read(rowCount)
    this.#expect(rowCount)
    this.#decoder.begin(count, this.#row, this.#bytesOf(count), rows)
    return this.#drive(this.#stepTo(rowCount, rows, count), () => {
      this.#decodeScratch(count)
      const vector = this.#decoder.finish()
      this.#skipped = true
      this.#advance(rowCount)
      return vector
    })
  }

  skip(rowCount: number): void | Promise<void> {
    this.#expect(rowCount)
    const left = this.#trusted ? this.#leap(rowCount) : rowCount
    const passed = () => {
      this.#skipped = true
      this.#advance(left)
    }
    return left === 0 ? passed() : this.#drive(this.#stepTo(left, NO_ROWS, 0), passed)
  }

  close(): void {
    this.#window.close()
    this.#scratch?.release()
    this.#scratch = null
  }

  /** Decodes and checks the next `rowCount` lines. */
  #decodeStep(rowCount: number): () => boolean {
    const decoder = this.#decoder
    const window = this.#window
    return () => {
      const { start } = window
      const before = decoder.row
      const complete = rowCount === 0 || decoder.decode(window)
      this.#verify(start, window.start, decoder.row - before)
      return complete
    }
  }

  /** Finds the ends of the next `rowCount` lines and copies the selected ones to the scratch. */
  #scanStep(rowCount: number, rows: Uint32Array, count: number): () => boolean {
    const window = this.#window
    const scratch = this.#emptyScratch(count)
    let passed = 0
    let selected = 0
    return () => {
      while (passed < rowCount) {
        const { bytes, words, start, end } = window
        if (window.address !== 0 && scratch.address !== 0 && !this.#quoted) {
          selected += this.#gather(scratch, rows, { selected, count, passed, rowCount })
          passed = cursor[1]!
          if (passed === rowCount) return true
          if (cursor[3] === 0) return false
          this.#makeRoom(scratch)
          continue
        }
        const limit = Math.min(BLOCK, rowCount - passed)
        const found = this.#quoted
          ? findRecords(bytes, start, end, lineEnds, limit)
          : findLines(bytes, words, start, end, lineEnds, limit)
        if (found === 0) return false
        const next = lineEnds[found - 1]! + 1
        this.#verify(start, next, found)
        let last = selected
        while (last < count && rows[last]! < passed + found) last++
        if (last > selected) {
          const needed = scratch.end + next - start
          if (needed > scratch.capacity) scratch.grow(needed * 2)
          const target = scratch.bytes
          const at = scratch.end
          scratch.end = copyLines(bytes, start, lineEnds, rows, selected, last, passed, target, at)
          selected = last
        }
        passed += found
        window.start = next
      }
      return true
    }
  }

  /** Decodes what fills the scratch; only for a line that is longer than that is it to grow. */
  #makeRoom(scratch: LineBuffer): void {
    if (scratch.end === 0) scratch.grow(scratch.capacity * 2)
    this.#decoder.decode(scratch)
    scratch.start = 0
    scratch.end = 0
  }

  /** Does so by WebAssembly for all that is in the window; answers how many lines were copied. */
  #gather(scratch: LineBuffer, rows: Uint32Array, wanted: WantedLines): number {
    const { start } = this.#window
    const copied = gatherWanted(this.#window, scratch, rows, wanted, cursor)
    this.#verify(start, this.#window.start, cursor[1]! - wanted.passed)
    return copied
  }

  /** The same where the places of lines are known. */
  #seekStep(rowCount: number, rows: Uint32Array, count: number, stride: number): () => boolean {
    const window = this.#window
    const scratch = this.#emptyScratch(count)
    const base = window.position
    if (count * stride > scratch.capacity) scratch.grow(count * stride)
    let selected = 0
    return () => {
      while (selected < count) {
        const row = rows[selected]!
        window.seek(base + row * stride)
        const { view, start, end } = window
        const beyond = row + Math.floor((end - start) / stride)
        if (beyond === row) return false
        let last = selected
        while (last < count && rows[last]! < beyond) last++
        const { view: target, end: at } = scratch
        if (window.address !== 0 && scratch.address !== 0) {
          const [from, to] = [window.address + start, scratch.address + at]
          wasmGatherEven(from, stride, row, rows, selected, last, to)
          scratch.end = at + (last - selected) * stride
        } else {
          scratch.end = copyEvenLines(view, start, stride, rows, selected, last, row, target, at)
        }
        selected = last
      }
      window.seek(base + rowCount * stride)
      return true
    }
  }

  /** The best way to the `count` wanted of the next `rowCount` lines. */
  #stepTo(rowCount: number, rows: Uint32Array, count: number): () => boolean {
    if (!this.#trusted || this.#quoted) return this.#scanStep(rowCount, rows, count)
    if (this.#stride !== null) return this.#seekStep(rowCount, rows, count, this.#stride)
    if (this.#window.address !== 0) return this.#scanStep(rowCount, rows, count)
    return count * SPARSE < rowCount && !isTextual(this.#file.type)
      ? leapLines(this.#window, this.#emptyScratch(count), rowCount, rows, count)
      : this.#scanStep(rowCount, rows, count)
  }

  #emptyScratch(count: number): LineBuffer {
    this.#scratch ??= new LineBuffer(count === 0 ? 0 : 4096)
    this.#scratch.start = 0
    this.#scratch.end = 0
    return this.#scratch
  }

  #decodeScratch(count: number): void {
    if (count > 0 && !this.#decoder.decode(this.#scratch!)) {
      throw new Error(`${count} lines were copied, ${this.#decoder.row} are there`)
    }
  }

  /** Checks what the hints say of `rows` lines in `bytes[from .. to)` of the window. */
  #verify(from: number, to: number, rows: number): void {
    if (this.#trusted || rows === 0) return
    const found = lineFault(this.#window, from, to, rows, this.#claims)
    if (found !== undefined) throw this.#wrong(found)
  }

  /** Goes on behind rows of a trusted file, or nearer to their end; answers how many are left to pass. */
  #leap(rowCount: number): number {
    const { rows, bytes } = this.#file.statistics
    const target = this.#row + rowCount
    const mark = target === rows ? rows : Math.floor(target / MARK_ROWS) * MARK_ROWS
    const position = mark === rows ? bytes : this.#marks?.[mark / MARK_ROWS]
    if (mark <= this.#row || position === undefined) return rowCount
    this.#window.seek(position)
    this.#row = mark
    return target - mark
  }

  /** Notes that `rowCount` rows are done, and checks the file as a whole after the last. */
  #advance(rowCount: number): void {
    this.#row += rowCount
    const { rows, nulls, bytes, crc32 } = this.#file.statistics
    if (this.#marks === null) this.#gatherer.note(this.#row, this.#window.position)
    if (this.#row < rows) return
    if (this.#window.position !== bytes) {
      throw this.#wrong(`has ${bytes - this.#window.position} bytes after its last row`)
    }
    if (!this.#skipped && this.#decoder.nulls !== nulls) {
      throw this.#wrong(`has ${this.#decoder.nulls} nulls, its statistics say ${nulls}`)
    }
    const { marks } = this.#gatherer
    if (!this.#trusted && this.#window.crc !== crc32) {
      throw this.#wrong(`has the CRC-32 ${this.#window.crc}, its statistics say ${crc32}`)
    }
    if (!this.#trusted || marks !== null) this.#onVerified(marks)
  }

  #wrong(found: string): Error {
    const { key, name } = this.#file
    const line = this.#row + 2
    return corrupt(`"${key}": column "${name}": the file ${found}; nothing can be read from it`, {
      file: key,
      column: name,
      line,
    })
  }

  #expect(rowCount: number): void {
    const left = this.#file.statistics.rows - this.#row
    if (rowCount > left) {
      throw new Error(`${rowCount} rows asked of "${this.#file.key}", which has ${left} left`)
    }
  }

  /** About what the next rows take, for text. */
  #bytesOf(rowCount: number): number {
    const { rows, bytes } = this.#file.statistics
    const left = bytes - this.#window.position
    return rowCount >= rows - this.#row
      ? left
      : Math.min(left, Math.ceil((bytes / rows) * rowCount * 1.1) + 64)
  }

  #drive<T>(step: () => boolean, done: () => T): T | Promise<T> {
    while (!step()) {
      const filled = this.#window.fill()
      if (filled instanceof Promise) return this.#driveOn(filled, step, done)
    }
    return done()
  }

  async #driveOn<T>(filled: Promise<void>, step: () => boolean, done: () => T): Promise<T> {
    await filled
    while (!step()) await this.#window.fill()
    return done()
  }
}
