import { type Batch, batchBytes } from '../arrow/batch.ts'
import type { Schema } from '../arrow/schema.ts'
import type { LoadedContents } from '../catalog/load-ledger.ts'
import type { StagedLoad } from '../catalog/staged-change.ts'
import { GraupelError, invalid } from '../error.ts'
import type { LoadCrew } from '../exec/load-crew.ts'
import { sha256 } from '../io/checksum.ts'
import {
  type BucketAccess,
  type ImportFile,
  type ImportSource,
  STREAM_NAME,
} from '../io/import/import-file.ts'
import { importFiles } from '../io/import/import-files.ts'
import {
  type ErrorRule,
  errorRule,
  REJECTS_KEPT,
  type Reject,
  type Rejected,
} from '../io/import/rejects.ts'
import type { GivenRows } from './constraint/given-rows.ts'
import type { WriteGuard } from './constraint/write-guard.ts'
import { FileRows } from './file-rows.ts'
import type { FileOptions, FileReport } from './load-type.ts'

/** Bytes of rows of a file that is tried before it is loaded; what is larger is read twice. */
const HELD_BYTES_MAX = 64 << 20

/** What keeps the constraints of the table. */
export type RowGate = Pick<WriteGuard, 'taken' | 'mark' | 'giveBack'>

/** What a load works with. */
export interface LoadMeans extends BucketAccess {
  /** Other threads; none unless told. */
  readonly crew?: LoadCrew | undefined
}

interface FileState {
  readonly file: ImportFile
  /** Known once it has been read to its end. */
  sha256: string | undefined
  /** Whether its content was found to be loaded, by this load or by others meanwhile. */
  isDouble: boolean
  /** A stream cannot be read again. */
  isSpent: boolean
  report: FileReport
}

/** The rows of files for one table, and what became of each file. */
export class FileLoad {
  readonly #states: readonly FileState[]
  readonly #options: FileOptions
  readonly #rule: ErrorRule
  readonly #rows: FileRows
  readonly #totalBytes: number | undefined
  #rejected: Rejected = { count: 0, errors: [] }
  #bytesRead = 0
  #rowsRead = 0

  private constructor(
    target: Schema,
    files: readonly ImportFile[],
    options: FileOptions & LoadMeans,
  ) {
    this.#options = options
    this.#rule = errorRule(options.onError)
    this.#states = files.map((file) => {
      return { file, sha256: undefined, isDouble: false, isSpent: false, report: reportOf(file) }
    })
    this.#totalBytes = files.reduce<number | undefined>(
      (sum, { byteLength }) =>
        sum === undefined || byteLength === undefined ? undefined : sum + byteLength,
      0,
    )
    const readBlocks = options.crew?.reader(this.#totalBytes)
    this.#rows = new FileRows(target, { ...options, readBlocks })
  }

  /** Finds the files. Throws NOT_FOUND for none, INVALID for options that cannot be, UNAVAILABLE. */
  static async open(
    source: ImportSource,
    target: Schema,
    options: FileOptions & LoadMeans,
  ): Promise<FileLoad> {
    errorRule(options.onError)
    if (target.fields.length === 0) throw invalid('the table has no columns to load')
    return new FileLoad(target, await importFiles(source, options), options)
  }

  get rejected(): Rejected {
    return this.#rejected
  }

  get reports(): readonly FileReport[] {
    return this.#states.map(({ report }) => report)
  }

  /** Files whose rows were given, for the table's ledger. */
  get loads(): readonly StagedLoad[] {
    const how = this.#options.force === true ? 'again' : 'once'
    return this.#states.flatMap(({ file, sha256, report: { status, rows, bytes } }) =>
      status !== 'loaded' || sha256 === undefined
        ? []
        : [{ sha256, bytes, rows, url: file.name.toWellFormed(), how } as const],
    )
  }

  /**
   * The rows of all files that are to be loaded. May be asked for again after `without`.
   *
   * @param known The contents that count as loaded.
   * @param gate What takes rows, or tells that it cannot; a new one each time.
   */
  batches(known: LoadedContents, gate: RowGate): AsyncGenerator<Batch> {
    const rule = this.#rule
    if (rule.kind === 'skipFile') {
      return this.#files(known, (state) => this.#tried(state, rule, gate))
    }
    return gate.taken(
      this.#files(known, (state) => this.#read(state, (error) => this.#reject(state, error))),
    )
  }

  async *#files<T>(
    known: LoadedContents,
    read: (state: FileState) => AsyncGenerator<T>,
  ): AsyncGenerator<T> {
    this.#rejected = { count: 0, errors: [] }
    this.#bytesRead = this.#rowsRead = 0
    const contents = new Map(this.#options.force === true ? [] : known)
    for (const state of this.#states) {
      state.report = reportOf(state.file)
      if (state.isDouble || (await this.#isLoaded(state, contents))) {
        state.report = { ...state.report, status: 'alreadyLoaded' }
        this.#bytesRead += state.file.byteLength ?? 0
        continue
      }
      yield* read(state)
      this.#note(state, contents)
    }
    this.#tell('done')
  }

  /**
   * Whether the rows may be asked for again, without the files that others have loaded first: those that
   * the error is about. False for any other error.
   */
  without(error: unknown): boolean {
    const found = error instanceof GraupelError ? error.facts['loadedMeanwhile'] : undefined
    if (!Array.isArray(found)) return false
    for (const state of this.#states) if (found.includes(state.sha256)) state.isDouble = true
    return this.#states.every(({ isDouble, isSpent }) => isDouble || !isSpent)
  }

  /** Tells that nothing was committed, since the application had done so before. */
  repeated(): void {
    for (const state of this.#states) {
      const { status } = state.report
      if (status === 'loaded') state.report = { ...state.report, status: 'alreadyLoaded', rows: 0 }
    }
  }

  /** Reads a file whose length is that of some content that is loaded, to see whether it is that. */
  async #isLoaded(state: FileState, contents: LoadedContents): Promise<boolean> {
    const { file } = state
    const { byteLength, stream } = file
    if (stream !== undefined || byteLength === undefined) return false
    if (![...contents.values()].includes(byteLength)) return false
    const hash = sha256()
    for await (const chunk of file.chunks()) hash.update(chunk)
    state.sha256 = hash.hex()
    return contents.has(state.sha256)
  }

  async *#read(state: FileState, reject: Reject): AsyncGenerator<GivenRows> {
    const { file } = state
    const { name } = file
    state.isSpent = file.stream !== undefined
    const hash = name === STREAM_NAME ? undefined : sha256()
    let bytes = 0
    const tap = (chunk: Uint8Array) => {
      hash?.update(chunk)
      bytes += chunk.length
      this.#bytesRead += chunk.length
    }
    const rejectRead: Reject = (error) => {
      reject(error)
      const { report } = state
      state.report = { ...report, rows: report.rows - 1 }
    }
    for await (const { batch, lineOf } of this.#rows.read(file, { reject, tap })) {
      const { rows } = state.report
      state.report = { ...state.report, rows: rows + batch.length }
      this.#rowsRead += batch.length
      this.#tell('load')
      yield { batch, file: name, lineOf, reject: rejectRead }
    }
    // Rows as objects have no bytes to go by.
    state.sha256 = bytes === 0 && file.stream !== undefined ? undefined : hash?.hex()
    state.report = { ...state.report, bytes }
  }

  /** Loads a file after it was tried: as a whole or not at all. */
  async *#tried(state: FileState, rule: ErrorRule, gate: RowGate): AsyncGenerator<Batch> {
    const wrong: Rejected = { count: 0, errors: [] }
    gate.mark()
    const held = await this.#held(state, { rule, wrong, gate })
    if (!Array.isArray(held)) gate.giveBack()
    this.#countWrong(state, wrong)
    if (held === 'left out') return
    if (held !== 'too large') {
      yield* held
      return
    }
    const { sha256, report } = state
    state.report = { ...report, rows: 0 }
    yield* gate.taken(this.#read(state, () => {}))
    if (state.sha256 === sha256) return
    const { name } = state.file
    throw new GraupelError('CONFLICT', `"${name}" has changed while it was loaded: load again`, {
      file: name,
    })
  }

  async #held(
    state: FileState,
    { rule, wrong, gate }: { rule: ErrorRule; wrong: Rejected; gate: RowGate },
  ): Promise<Batch[] | 'left out' | 'too large'> {
    const batches: Batch[] = []
    let size = 0
    const rowsBefore = this.#rowsRead
    const full = new Error('too many wrong rows')
    const limit = 'rows' in rule ? rule.rows : Number.POSITIVE_INFINITY
    const reject: Reject = (error) => {
      wrong.count++
      if (wrong.errors.length < REJECTS_KEPT) wrong.errors.push(error)
      if (wrong.count >= limit) throw full
    }
    const leftOut = (status: 'skipped' | 'failed', reason: string | null) => {
      state.report = { ...state.report, status, reason, rows: 0 }
      this.#rowsRead = rowsBefore
      return 'left out' as const
    }
    try {
      for await (const batch of gate.taken(this.#read(state, reject))) {
        size += batchBytes(batch)
        if (size <= HELD_BYTES_MAX) batches.push(batch)
        else if (state.isSpent) throw tooLargeStream(state.file)
        else batches.length = 0
      }
    } catch (error) {
      if (error === full) return leftOut('skipped', null)
      const isFile = error instanceof GraupelError && error.code === 'INVALID'
      if (isFile) return leftOut('failed', error.message)
      throw error
    }
    const share = (100 * wrong.count) / (wrong.count + state.report.rows)
    if ('percent' in rule && share > rule.percent) return leftOut('skipped', null)
    if (size <= HELD_BYTES_MAX) return batches
    this.#rowsRead = rowsBefore
    this.#bytesRead -= state.report.bytes
    return 'too large'
  }

  #reject(state: FileState, error: GraupelError): void {
    if (this.#rule.kind === 'abort') throw error
    this.#countWrong(state, { count: 1, errors: [error] })
  }

  #countWrong(state: FileState, { count, errors }: Rejected): void {
    if (count === 0) return
    const { report } = state
    state.report = { ...report, rejected: report.rejected + count }
    this.#rejected.count += count
    const room = REJECTS_KEPT - this.#rejected.errors.length
    this.#rejected.errors.push(...errors.slice(0, room))
    this.#options.onReject?.(this.#rejected)
  }

  /** Takes note of a file that was read; CONFLICT when its content shows to be loaded only now. */
  #note(state: FileState, contents: Map<string, number>): void {
    const { sha256, report, file } = state
    if (report.status !== 'loaded' || sha256 === undefined || this.#options.force === true) return
    if (contents.has(sha256)) {
      state.isDouble = true
      throw new GraupelError('CONFLICT', `"${file.name}" has been loaded before`, {
        file: file.name,
        loadedMeanwhile: [],
      })
    }
    contents.set(sha256, report.bytes)
  }

  #tell(phase: string): void {
    const total = this.#totalBytes === undefined ? {} : { totalBytes: this.#totalBytes }
    this.#options.onProgress?.({ phase, rows: this.#rowsRead, bytes: this.#bytesRead, ...total })
  }
}

function reportOf({ name }: ImportFile): FileReport {
  return { file: name, status: 'loaded', rows: 0, rejected: 0, bytes: 0, reason: null }
}

function tooLargeStream({ name }: ImportFile): GraupelError {
  return new GraupelError(
    'LIMIT',
    `"${name}" is a stream of more than ${HELD_BYTES_MAX} bytes, which cannot be left out as a whole: load it from a file`,
    { file: name },
  )
}
